"""The emulator on a port of this machine, from inside a Python process."""

from __future__ import annotations

import socket
import threading
import time
import traceback
from typing import TYPE_CHECKING, Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect

from sakari_emulator import answers, api, control, events, tokens
from sakari_emulator.account import EVENT_TYPES
from sakari_emulator.connections import Connection
from sakari_emulator.emulator import Emulator, LoggedRequest
from sakari_emulator.generate import Sizes
from sakari_emulator.switches import Switches

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from types import TracebackType

    from starlette.requests import Request
    from starlette.responses import Response
    from typing_extensions import Self

    from sakari_emulator.account import Account
    from sakari_emulator.courier import Delivery
    from sakari_emulator.rows import Json

_BACKLOG = 512
_PATIENCE = 10.0


class _Uvicorn(uvicorn.Server):
    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Break off what is still open: a hanging answer must not hold up the stop."""
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        await super().shutdown(sockets)


class EmulatorServer:
    """The emulator in a thread of its own; use it as a context manager.

    Attributes:
        client_id: The client id it accepts; `client_secret` and `account_id` likewise.
        emulator: The state behind it.

    Example:
        with EmulatorServer(contacts=10, order="oldest") as server:
            requests.post(server.url + "/oauth2/token", ...)
    """

    client_id = tokens.CLIENT_ID
    client_secret = tokens.CLIENT_SECRET
    account_id = tokens.ACCOUNT_ID

    def __init__(  # noqa: PLR0913 - one argument for each resource
        self,
        *,
        contacts: int = Sizes.contacts,
        messages: int = Sizes.messages,
        templates: int = Sizes.templates,
        campaigns: int = Sizes.campaigns,
        conversations: int = Sizes.conversations,
        webhooks: int = Sizes.webhooks,
        calls: int = Sizes.calls,
        links: int = Sizes.links,
        forms: int = Sizes.forms,
        seed: int = 1,
        host: str = "127.0.0.1",
        port: int = 0,
        clock: Callable[[], float] = time.time,
        **switches: Any,
    ) -> None:
        """Make up the rows and take the port.

        Args:
            contacts: Rows to begin with; and so on for each resource.
            messages: Likewise.
            templates: Likewise.
            campaigns: Likewise.
            conversations: Likewise.
            webhooks: Likewise.
            calls: Likewise.
            links: Likewise.
            forms: Likewise.
            seed: What the rows are made up from.
            host: Address to listen on.
            port: 0 for any free one.
            clock: Seconds since 1970.
            switches: See `Switches`.

        Raises:
            SwitchError: A switch or its value does not exist.
            OSError: The port cannot be had.
        """
        sizes = Sizes(
            contacts, messages, templates, campaigns, conversations, webhooks, calls, links, forms
        )
        self.emulator = Emulator(sizes, seed, Switches().changed(switches), clock)
        self._host = host
        self._socket = _listen(host, port)
        self.url = f"http://{_in_url(host)}:{self._socket.getsockname()[1]}"
        self._server = _Uvicorn(_config(self.emulator))
        self._thread = threading.Thread(target=self._run, name="sakari-emulator", daemon=True)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Begin to answer; returns once it does."""
        self._thread.start()
        deadline = time.monotonic() + _PATIENCE
        while not self._server.started:
            if not self._thread.is_alive() or time.monotonic() > deadline:
                raise RuntimeError("the emulator did not start")
            time.sleep(0.002)
        self.emulator.courier.start()

    def stop(self) -> None:
        """Stop, closing every connection."""
        self._server.should_exit = self._server.force_exit = True
        if self._thread.is_alive():
            self._thread.join(_PATIENCE)
        self.emulator.courier.stop()
        self._socket.close()

    def _run(self) -> None:
        self._server.run(sockets=[self._socket])

    def switch(self, **switches: Any) -> None:
        """Change some switches from the next request on.

        Raises:
            SwitchError: A switch or its value does not exist.
        """
        self.emulator.switches = self.emulator.switches.changed(switches)

    def reset(self) -> None:
        """Rows, switches, tokens, counters and logs as they were at the start."""
        self.emulator.reset()

    def receive(self, mobile: str, message: str) -> Json:
        """Let somebody text the account; returns the message as the API shows it.

        Raises:
            ApiError: The number cannot be one.
        """
        return self.emulator.receive(mobile, message)

    def subscribe(self, url: str, event_types: Sequence[str] = EVENT_TYPES) -> None:
        """Have events posted to a URL; only one of this machine ever gets any."""
        events.subscribe(self.account, url, event_types)

    def tick(self) -> None:
        """Let everything happen that is due by the clock, and be told to webhooks."""
        self.emulator.tick()
        self.emulator.courier.release()

    @property
    def deliveries(self) -> list[Delivery]:
        """What became of the deliveries to webhooks so far; without bodies."""
        return list(self.emulator.courier.deliveries)

    @property
    def skipped_deliveries(self) -> int:
        """How many deliveries were not made because their URL is not of this machine."""
        return self.emulator.courier.skipped

    def wait_for_deliveries(self, timeout: float = 5) -> list[Delivery]:
        """Like `tick`, then the deliveries once all that were due are made.

        Args:
            timeout: Seconds.

        Raises:
            TimeoutError: Some were not made by then.
        """
        self.emulator.tick()
        return self.emulator.courier.wait(timeout)

    @property
    def requests(self) -> list[LoggedRequest]:
        """The requests so far, control requests left out; without bodies."""
        return list(self.emulator.log)

    @property
    def token_requests(self) -> int:
        """How many tokens were asked for."""
        return sum(1 for entry in self.emulator.log if entry.path == "/oauth2/token")

    @property
    def account(self) -> Account:
        """The rows, for a test that changes them."""
        return self.emulator.account

    def ids(self, stream: str) -> list[str]:
        """The ids now in the account, in the order of the list."""
        return self.emulator.ids(stream)


def create_app(emulator: Emulator) -> Starlette:
    """The ASGI application: the control endpoint, then the API, which takes all other paths."""
    return Starlette(
        routes=[*control.routes(emulator), *api.routes(emulator)],
        exception_handlers={Exception: _own_mistake},
    )


def _own_mistake(_: Request, error: Exception) -> Response:
    """A fault nobody asked for: uvicorn is kept quiet, so it has to be shown here."""
    if not isinstance(error, ClientDisconnect):  # who is gone gets no answer anyhow
        traceback.print_exception(type(error), error, error.__traceback__)
    return answers.failure(500, "json")


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=_BACKLOG)


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _ticking(emulator: Emulator) -> Callable[[], Awaitable[None]]:
    async def tick() -> None:
        emulator.tick()

    return tick


def _config(emulator: Emulator) -> uvicorn.Config:
    return uvicorn.Config(
        create_app(emulator),
        loop="asyncio",
        http=Connection,
        ws="none",
        lifespan="off",
        interface="asgi3",
        log_config=None,
        log_level="critical",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=75,
        # Once a second, so that webhooks hear of what is due though nobody asks.
        callback_notify=_ticking(emulator),
        timeout_notify=0,
    )
