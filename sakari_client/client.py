"""The client's one public face."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sakari_client.config import ClientConfig
from sakari_client.http.transport import Hook, Stopping, Transport
from sakari_client.resources.account import Account
from sakari_client.resources.campaigns import Campaigns
from sakari_client.resources.contacts import Contacts
from sakari_client.resources.conversations import Conversations
from sakari_client.resources.files import Files
from sakari_client.resources.messages import Messages
from sakari_client.resources.newer import Calls, Forms, Links
from sakari_client.resources.templates import Templates
from sakari_client.resources.webhooks import Webhooks

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

    from sakari_client.auth import TokenSource
    from sakari_client.clock import Clock


def token_source(config: ClientConfig, *, clock: Clock | None = None) -> TokenSource:
    """Access tokens alone (`POST /oauth2/token`), for whoever speaks to Sakari by other means."""
    return Transport(config, clock=clock).auth


class SakariClient:
    """A Sakari account. Safe to use from any number of threads.

    ```python
    with SakariClient(ClientConfig("client id", "client secret", "account id")) as sakari:
        for contact in sakari.contacts.list({"tags": "vip"}):
            print(contact["id"])
    ```
    """

    def __init__(
        self,
        config: ClientConfig,
        *,
        clock: Clock | None = None,
        on_try: Hook | None = None,
        stopping: Stopping | None = None,
    ) -> None:
        """Make a client; nothing is sent yet.

        Args:
            config: the settings.
            clock: time, sleep and chance; for tests.
            on_try: called after every HTTP request, for metrics.
            stopping: whether the program is to stop, as an event's `is_set`: then requests that
                wait for a try end with `StoppedError`.
        """
        self._transport = Transport(config, clock=clock, on_try=on_try, stopping=stopping)
        self.config = config
        self.auth = self._transport.auth
        self.contacts = Contacts(self._transport)
        self.messages = Messages(self._transport)
        self.templates = Templates(self._transport)
        self.campaigns = Campaigns(self._transport)
        self.conversations = Conversations(self._transport)
        self.webhooks = Webhooks(self._transport)
        self.files = Files(self._transport)
        self.calls = Calls(self._transport)
        self.links = Links(self._transport)
        self.forms = Forms(self._transport)
        self.account = Account(self._transport)

    @classmethod
    def from_settings(
        cls,
        settings: Mapping[str, Any],
        *,
        clock: Clock | None = None,
        on_try: Hook | None = None,
        stopping: Stopping | None = None,
    ) -> SakariClient:
        """Make a client from a plugin's settings.

        Raises:
            ConfigError: a setting is missing or wrong; the error names it.
        """
        config = ClientConfig.from_settings(settings)
        return cls(config, clock=clock, on_try=on_try, stopping=stopping)

    def server_time(self) -> float:
        """The server's time by its latest answer, in seconds since the epoch; ours before one."""
        return self._transport.server_time()

    def close(self) -> None:
        """Close all connections."""
        self._transport.close()

    def __enter__(self) -> SakariClient:  # noqa: PYI034 - Self needs Python 3.11
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
