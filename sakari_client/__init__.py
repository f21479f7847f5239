"""A client of the Sakari SMS API, usable without Singer."""

from __future__ import annotations

from sakari_client import events
from sakari_client.client import SakariClient, token_source
from sakari_client.config import ClientConfig
from sakari_client.errors import SakariError
from sakari_client.version import VERSION

__all__ = ["ClientConfig", "SakariClient", "SakariError", "events", "token_source"]
__version__ = VERSION
