"""Conversations: read, and closed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from sakari_client.client import SakariClient
from sakari_client.errors import NotFoundError
from tests.odd_server import answer, odd_server

if TYPE_CHECKING:
    import socket

    from sakari_emulator.server import EmulatorServer


def test_a_conversation_is_closed_and_can_be_closed_again(
    emulator: EmulatorServer, settings: dict[str, Any]
) -> None:
    emulator.switch(closed_form="boolean")
    with SakariClient.from_settings(settings) as sakari:
        wanted = next(one for one in sakari.conversations.list() if one["closed"] is False)
        for _ in range(2):
            assert sakari.conversations.close(wanted["id"])["closed"] is True
        assert sakari.conversations.get(wanted["id"])["closed"] is True


def test_one_that_is_not_there_is_said(settings: dict[str, Any]) -> None:
    with SakariClient.from_settings(settings) as sakari:
        for method in (sakari.conversations.get, sakari.conversations.close):
            with pytest.raises(NotFoundError, match="CONV-001"):
                method("64b0c0ffee0000000000ffff")


@pytest.mark.parametrize("closing", [answer(b"", "204 No Content"), answer(b'{"success": true}')])
def test_an_answer_without_the_conversation_has_it_read(closing: bytes) -> None:
    def serve(connection: socket.socket, head: bytes) -> None:
        read = answer(b'{"success": true, "data": {"id": "c", "closed": true}}')
        connection.sendall(closing if head.startswith(b"PUT") else read)

    config = {"client_id": "i", "client_secret": "s", "account_id": "a"}
    with odd_server(serve) as server:
        with SakariClient.from_settings({**config, "api_url": server.url}) as sakari:
            assert sakari.conversations.close("c") == {"id": "c", "closed": True}
    assert server.heads[-2].startswith("PUT /v1/accounts/a/conversations/c/close ")
