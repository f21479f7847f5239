"""A client of the Sakari SMS API, usable without Singer."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from sakari_client.version import VERSION

if TYPE_CHECKING:
    from sakari_client import events
    from sakari_client.client import SakariClient, token_source
    from sakari_client.config import ClientConfig
    from sakari_client.errors import SakariError

__all__ = ["ClientConfig", "SakariClient", "SakariError", "events", "token_source"]
__version__ = VERSION

_WHERE = {
    "ClientConfig": "config",
    "SakariClient": "client",
    "SakariError": "errors",
    "token_source": "client",
}
"""The module that each name is in."""


def __getattr__(name: str) -> Any:
    """Import what is asked for only then: the command begins at once, and can be stopped."""
    if name == "events":
        return import_module("sakari_client.events")
    if name in _WHERE:
        return getattr(import_module(f"sakari_client.{_WHERE[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
