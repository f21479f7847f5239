"""Reading the bodies of requests."""

from __future__ import annotations

from typing import Any

import msgspec

from sakari_emulator.errors import bad_request


def json_object(body: bytes) -> dict[str, Any]:
    """A request body that has to be one JSON object.

    Raises:
        ApiError: 400, it is none.
    """
    value = json_value(body)
    if not isinstance(value, dict):
        raise bad_request("the body must be a JSON object")
    return value


def json_value(body: bytes) -> Any:
    """A request body that has to be JSON.

    Raises:
        ApiError: 400, it is not.
    """
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise bad_request("the body is not JSON") from None


def of_kind(body: dict[str, Any], name: str, kind: type) -> Any:
    """The property of that name, which has to be there, and of that kind or null.

    Raises:
        ApiError: 400, it is of another kind.
    """
    value = body[name]
    if value is not None and not isinstance(value, kind):
        raise bad_request(f"{name} is of the wrong kind")
    return value


def objects(values: list[Any], what: str) -> list[dict[str, Any]]:
    """The values, which have to be JSON objects.

    Raises:
        ApiError: 400, one of them is none.
    """
    if not all(isinstance(value, dict) for value in values):
        raise bad_request(f"{what} must be an object")
    return values
