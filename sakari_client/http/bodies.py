"""What requests carry: bytes, and what kind they are."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from urllib3.fields import RequestField
from urllib3.filepost import encode_multipart_formdata

from sakari_client.errors import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Mapping

_LONGEST_INTEGER = 4_000
"""Digits; Python writes no integer of more than 4,300."""


@dataclass(frozen=True)
class Body:
    """The body of a request.

    Attributes:
        content: the bytes, all of them, as a request may have to be sent again.
        content_type: as in the header of that name.
    """

    content: bytes
    content_type: str


def as_json(value: Any, operation: str) -> Body:
    """JSON; dates as ISO 8601, decimal numbers as numbers.

    Raises:
        InvalidInputError: JSON cannot hold the value.
    """
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False, default=_plain)
        return Body(text.encode(), "application/json")
    except UnicodeEncodeError:
        problem = "holds half a character (a lone surrogate)."
    except RecursionError:
        problem = "is nested too deeply."
    except ValueError:
        problem = "holds NaN, infinity, a huge number, or itself; leave it out, or give null."
    except TypeError as error:
        problem = f"cannot be written as JSON ({error})."
    raise InvalidInputError("the record", problem, operation=operation)


def _plain(value: Any) -> Any:
    """What `json` cannot write by itself."""
    if isinstance(value, Decimal):
        # A small text, such as 1E+999999999, may stand for more digits than there is memory.
        if not value.is_finite() or value.adjusted() > _LONGEST_INTEGER:
            raise ValueError
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    raise TypeError(f"of type {type(value).__name__}")


def as_form(fields: Mapping[str, str]) -> Body:
    """Fields as an HTML form sends them."""
    return Body(urlencode(fields).encode(), "application/x-www-form-urlencoded")


def as_csv(text: str) -> Body:
    """Rows of comma-separated values."""
    return Body(text.encode(), "text/csv; charset=utf-8")


def as_bytes(content: bytes) -> Body:
    """A file, and nothing about it."""
    return Body(content, "application/octet-stream")


def as_upload(field: str, name: str, content: bytes) -> Body:
    """A file as an HTML form sends it, with its name, from which its type is guessed."""
    part = RequestField.from_tuples(field, (name, content))
    return Body(*encode_multipart_formdata([part]))
