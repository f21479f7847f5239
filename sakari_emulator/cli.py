"""`sakari-emulator`: the emulator from a shell, until it is told to stop."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from sakari_emulator import tokens
from sakari_emulator.generate import Sizes
from sakari_emulator.server import EmulatorServer
from sakari_emulator.switches import Spec, SwitchError, describe

if TYPE_CHECKING:
    from collections.abc import Sequence

PORT = 8998
_LAST_PORT = 65535
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run until SIGINT or SIGTERM.

    Args:
        arguments: Those of the command line, by default.

    Returns:
        The exit status: 0 after a signal, 1 if the port is taken, 2 for a wrong option.
    """
    options = vars(_parser().parse_args(arguments))
    host, port = options["host"], options["port"]
    if host not in _LOOPBACK:
        _say(sys.stderr, f"warning: {host} can be reached from other machines")
    try:
        server = EmulatorServer(**options)
    except SwitchError as error:
        _say(sys.stderr, f"sakari-emulator: {error}")
        return 2
    except OSError as error:
        _say(sys.stderr, f"sakari-emulator: cannot listen on {host}:{port}: {_reason(error)}")
        return 1
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    with server:
        _introduce(server)
        stopped.wait()
    return 0


def _reason(error: OSError) -> str:
    # Python adds the address in brackets, which the line has already.
    return (error.strerror or str(error)).partition(" (")[0]


def _introduce(server: EmulatorServer) -> None:
    _say(sys.stdout, f"sakari-emulator listening on {server.url}")
    _say(sys.stdout, f"TAP_SAKARI_API_URL={server.url}")
    _say(sys.stdout, f"TAP_SAKARI_CLIENT_ID={tokens.CLIENT_ID}")
    _say(sys.stdout, f"TAP_SAKARI_CLIENT_SECRET={tokens.CLIENT_SECRET}")
    _say(sys.stdout, f"TAP_SAKARI_ACCOUNT_ID={tokens.ACCOUNT_ID}")


def _say(stream: Any, line: str) -> None:
    stream.write(line + "\n")
    stream.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="sakari-emulator",
        description="A local, stateful stand-in for the Sakari SMS API. No account, no cost.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=_port, default=PORT, help="port; 0 for any free one")
    parser.add_argument("--seed", type=int, default=1, help="what the rows are made up from")
    for size in fields(Sizes):
        parser.add_argument(f"--{size.name}", type=_count, default=size.default, help="rows of it")
    groups: dict[str, Any] = {}
    for spec in describe():
        group = groups.get(spec.group) or parser.add_argument_group(spec.group)
        groups[spec.group] = group
        _add(group, spec)
    return parser


def _add(group: Any, spec: Spec) -> None:
    text = spec.text.replace("%", "%%")
    if spec.choices:
        group.add_argument(
            spec.option,
            type=type(spec.default),
            choices=spec.choices,
            default=spec.default,
            help=text,
        )
    elif isinstance(spec.default, bool):
        action = argparse.BooleanOptionalAction
        group.add_argument(spec.option, action=action, default=spec.default, help=text)
    else:
        group.add_argument(spec.option, type=int, metavar="N", default=spec.default, help=text)


def _port(text: str) -> int:
    port = _count(text)
    if port > _LAST_PORT:
        raise argparse.ArgumentTypeError(f"must be from 0 to {_LAST_PORT}")
    return port


def _count(text: str) -> int:
    if not (text.isascii() and text.isdecimal()):
        raise argparse.ArgumentTypeError("must be a whole number, 0 or more")
    return int(text)
