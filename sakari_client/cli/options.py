"""What options hold: phone numbers, attributes, contacts."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

import click

from sakari_client import phone
from sakari_client.events import EVENT_TYPES
from sakari_client.resources import recipients

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sakari_client.resources.base import Record


def number(value: str, country: str | None = None, otherwise: str = "") -> str:
    """A phone number and nothing else, which becomes E.164. Never repeated in an error.

    Args:
        value: as it was typed.
        country: whose it is.
        otherwise: what else there is to do, where it is none.
    """
    found = recipients.number(value, country)
    if found is None:
        raise click.BadParameter(
            f"this cannot be a phone number; give it with + and the country code{otherwise}."
        )
    if len(phone.readings({"mobile": {"number": value, "country": country}})) > 1:
        raise click.BadParameter(
            "this may begin with the country code, or may not; give it with + and that code."
        )
    return found


def number_here(value: str, country: str | None) -> str:
    """A phone number as of `number`, which `--country` may tell the country of."""
    if country is None:
        return number(value, otherwise=", or give its --country")
    if phone.region(country) is None:
        raise click.BadParameter(
            "there is no such country; give two letters, as US.", param_hint="'--country'"
        )
    return number(value, country)


def text_given(value: str) -> str:
    """A text that is not empty, as one of a shell's unset variables would be."""
    if not recipients.is_text(value):
        raise click.BadParameter("it is empty.")
    return value


def id_given(value: str) -> str:
    """An id, without blanks that came along."""
    return text_given(value).strip()


def event(value: str) -> str:
    """The name of an event that can be subscribed to."""
    if value in EVENT_TYPES:
        return value
    nearest = difflib.get_close_matches(value, EVENT_TYPES, n=1, cutoff=0)
    raise click.BadParameter(f"there is no such event; the nearest is {nearest[0]}.")


def attribute(value: str) -> tuple[str, str]:
    """`NAME=VALUE`."""
    name, equals, content = value.partition("=")
    if not (name and equals):
        raise click.BadParameter("give it as NAME=VALUE.")
    return name, content


def mobile(e164: str) -> Record:
    """A number as the API has it, with its country where that is certain."""
    country = phone.country_of(e164)
    return {"number": e164, **({"country": country} if country else {})}


def contact(
    e164: str | None,
    texts: dict[str, str | None],
    tags: Iterable[str],
    attributes: Iterable[tuple[str, str]],
) -> Record:
    """A contact, or changes of one, with only what was given."""
    given: Record = {
        "mobile": mobile(e164) if e164 else None,
        **texts,
        "tags": [{"tag": tag, "visible": True} for tag in tags] or None,
        "attributes": dict(attributes) or None,
    }
    return {name: value for name, value in given.items() if value is not None}
