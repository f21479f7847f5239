"""What each path answers: one module per resource, each with its table `ENDPOINTS`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sakari_emulator.endpoints import (
    campaigns,
    contacts,
    conversations,
    files,
    messages,
    reads,
    templates,
    webhooks,
)

if TYPE_CHECKING:
    from sakari_emulator.endpoints.call import Endpoint

_OF_ACCOUNT = (
    *reads.ENDPOINTS,
    *contacts.ENDPOINTS,
    *messages.ENDPOINTS,
    *conversations.ENDPOINTS,
    *templates.ENDPOINTS,
    *campaigns.ENDPOINTS,
    *webhooks.ENDPOINTS,
)

ENDPOINTS: tuple[tuple[str, str, Endpoint], ...] = (
    *((method, "/v1/accounts/{account}" + path, serve) for method, path, serve in _OF_ACCOUNT),
    *files.ENDPOINTS,
)
"""Method, path and function of every operation that needs a token."""
