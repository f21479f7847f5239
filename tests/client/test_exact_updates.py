"""An update writes back what it read; so it does not, where that was not exactly what is there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from sakari_client.client import SakariClient
from sakari_client.errors import InvalidInputError
from tests.client.reach import odd
from tests.odd_server import answer, odd_server

if TYPE_CHECKING:
    import socket


def updated(value: bytes, change: dict[str, Any]) -> list[str]:
    """Update a contact who has a value as an attribute; gives the methods of the requests."""
    record = b'{"success": true, "data": {"id": "1", "firstName": "Ada", "attributes": {"a": %s}}}'

    def serve(connection: socket.socket, _head: bytes) -> None:
        connection.sendall(answer(record % value))

    with odd_server(serve) as server:
        try:
            SakariClient(odd(server.url).config).contacts.update("1", change)
        finally:
            methods = [head.split()[0] for head in server.heads if "/contacts" in head]
    return methods


@pytest.mark.parametrize(
    "value",
    [
        b"1e400",
        b"NaN",
        b"0.12345678901234567890123",
        b"1e-99999999999999999999",
        b'"\\ud83d"',
        b'"\xff"',
        b'"\\u0000"',
        b"[" * 150 + b"]" * 150,
        b"[" * 5000 + b"]" * 5000,
        b"9" * 5000,
    ],
    ids=lambda value: str(value[:10]),
)
def test_what_cannot_be_written_back_exactly_is_not_written(value: bytes) -> None:
    with pytest.raises(InvalidInputError, match="cannot be written back exactly"):
        updated(value, {"firstName": "Augusta"})
    assert updated(value, {"firstName": "Ada"}) == ["GET"]  # nothing changes


@pytest.mark.parametrize(
    "value",
    [
        b"0.1",
        b"1.10",
        b"1e5",
        b"-0.0",
        b"18446744073709551616",
        b'"\\ud83d\\ude00 \\\\u0000"',
        b"[[]]",
    ],
)
def test_what_can_be_is(value: bytes) -> None:
    assert updated(value, {"firstName": "Augusta"}) == ["GET", "PUT"]


@pytest.mark.parametrize(
    ("name", "meant"), [("frstName", "firstName"), ("lastname", "lastName"), ("tag", "tags")]
)
def test_a_slip_in_the_name_of_a_field_is_refused(name: str, meant: str) -> None:
    with pytest.raises(InvalidInputError, match=f"{name} is no field .* mean {meant}\\?"):
        updated(b"1", {name: "Ada"})


def test_a_field_that_is_not_known_here_is_written() -> None:
    assert updated(b"1", {"somethingNew": "Ada"}) == ["GET", "PUT"]
