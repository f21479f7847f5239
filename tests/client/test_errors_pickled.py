"""Errors go from process to process: pickled and copied, they are what they were."""

from __future__ import annotations

import copy
import pickle
from typing import TYPE_CHECKING

import pytest

from sakari_client import errors

if TYPE_CHECKING:
    from collections.abc import Iterator

SERVER = errors.ServerError("failed", operation="POST /messages", status=500, server_message="Oh.")
OWN = {
    errors.ConfigError: errors.ConfigError("api_url", "is wrong."),
    errors.InvalidInputError: errors.InvalidInputError("mobile", "is empty.", operation="POST /x"),
    errors.AmbiguousError: errors.AmbiguousError(SERVER, "the number"),
    errors.SeveralFoundError: errors.SeveralFoundError("GET /contacts", ["1", "2"]),
    errors.InvalidEventError: errors.InvalidEventError("type", "is missing."),
}
"""Of each class that is made from something else than a message and the usual attributes."""


def all_kinds(kind: type[errors.SakariError] = errors.SakariError) -> Iterator[type]:
    if kind.__module__ == errors.__name__:
        yield kind
    for inner in kind.__subclasses__():
        yield from all_kinds(inner)


@pytest.mark.parametrize("how", ["pickle", "copy"])
@pytest.mark.parametrize("kind", list(all_kinds()), ids=lambda kind: kind.__name__)
def test_an_error_survives(kind: type[errors.SakariError], how: str) -> None:
    error = OWN.get(kind) or kind(
        "it failed", operation="GET /x", status=418, code="A-1", request_id="r", retry_after=1.5
    )
    again = pickle.loads(pickle.dumps(error)) if how == "pickle" else copy.copy(error)  # noqa: S301
    assert type(again) is kind
    assert str(again) == str(error)
    assert vars(again) == vars(error)
    assert again.failure is error.failure


def test_what_led_to_it_survives_where_it_can() -> None:
    again = pickle.loads(pickle.dumps(OWN[errors.AmbiguousError]))  # noqa: S301
    assert isinstance(again.__cause__, errors.ServerError)
    assert vars(again.__cause__) == vars(SERVER)
    error = errors.ServerError("failed")
    error.__cause__ = OSError(open)
    assert pickle.loads(pickle.dumps(error)).__cause__ is None  # noqa: S301
