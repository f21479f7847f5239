"""Asking before something is done that cannot be undone."""

from __future__ import annotations

import sys

import click

from sakari_client.cli.ended import Code, Ended


def confirm(question: str, *, yes: bool, otherwise: str) -> None:
    """Ask a person, on stderr; `input` would write to stdout, which is for data.

    Args:
        question: to be answered with yes or no.
        yes: whether it was answered beforehand.
        otherwise: what did not happen if the answer is no.

    Raises:
        Ended: the answer is no, or there is nobody to ask.
    """
    if yes:
        return
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise Ended(
            Code.WRONG_USE, f"there is no terminal to ask at; give --yes to go ahead. {otherwise}"
        )
    click.echo(f"{question} [y/N] ", err=True, nl=False)
    if sys.stdin.readline().strip().lower() not in {"y", "yes"}:
        raise Ended(Code.REFUSED, otherwise)
