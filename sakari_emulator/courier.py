"""Carries events to webhooks on this machine, in a thread of its own, one after the other."""

from __future__ import annotations

import ipaddress
import socket
import threading
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sakari_emulator.switches import every

if TYPE_CHECKING:
    from collections.abc import Callable

    from sakari_emulator.switches import Switches

_TIMEOUT = 3.0
_TRIES = 2
_PATIENCE = 1.0
_SUCCESS = range(200, 300)
_JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True)
class Delivery:
    """What became of one delivery; its body is not kept.

    Attributes:
        event_type: Such as "message-status".
        url: Where it went.
        status: HTTP status of the last try, or None if there was no answer.
        error: What went wrong instead, such as "ConnectionRefusedError".
        tries: 1, or 2 if the first one failed: no answer, or none of the 2xx.
    """

    event_type: str
    url: str
    status: int | None
    error: str | None
    tries: int


@dataclass(frozen=True)
class _Parcel:
    event_type: str
    url: str
    body: bytes


class Courier:
    """Delivers whatever is sent through it, while it is started.

    Attributes:
        deliveries: Those finished, in the order in which they went out.
        skipped: How many were not for this machine, and so never went out.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._stopping = False
        self._busy = False
        self._connection: HTTPConnection | None = None
        self._thread = threading.Thread(target=self._run, name="sakari-webhooks", daemon=True)
        self.clear()

    def clear(self) -> None:
        """Forget what waits, and all that was counted; what is on its way is not noted any more."""
        with self._changed:
            self._waiting: deque[_Parcel] = deque()
            self._held: _Parcel | None = None
            self._sent = 0
            self.deliveries: list[Delivery] = []
            self.skipped = 0
            self._changed.notify_all()

    def start(self) -> None:
        """Begin to deliver."""
        self._thread.start()

    def stop(self) -> None:
        """Stop, breaking off a delivery that is on its way; those that wait are lost."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
            connection = self._connection
        open_socket: socket.socket | None = connection.sock if connection else None
        if open_socket is not None:
            with suppress(OSError):
                open_socket.shutdown(socket.SHUT_RDWR)
        if self._thread.is_alive():
            self._thread.join(_PATIENCE)

    def send(
        self, event_type: str, url: str, make: Callable[[], bytes | None], switches: Switches
    ) -> None:
        """Have a body posted to a URL, soon.

        Args:
            event_type: For the log.
            url: One that is not of this machine is skipped.
            make: Gives the body, or None for nothing to post; only called where it is needed.
            switches: Repetition and order.
        """
        with self._changed:
            if not _is_here(url):
                self.skipped += 1
                return
            body = make()
            if body is None:
                return
            self._sent += 1
            parcel = _Parcel(event_type, url, body)
            for _ in range(2 if every(switches.webhook_repeat, self._sent) else 1):
                self._queue(parcel, shuffle=switches.webhook_shuffle)
            self._changed.notify_all()

    def _queue(self, parcel: _Parcel, *, shuffle: bool) -> None:
        """Put a parcel in the queue; when shuffling, every other one waits for the next."""
        held, self._held = self._held, None
        if held is None and shuffle:
            self._held = parcel
        elif held is None:
            self._waiting.append(parcel)
        else:
            self._waiting.extend((parcel, held) if shuffle else (held, parcel))

    def release(self) -> None:
        """Let go of a delivery that was held back to come after the next one."""
        with self._changed:
            if self._held is not None:
                self._waiting.append(self._held)
                self._held = None
                self._changed.notify_all()

    def wait(self, timeout: float) -> list[Delivery]:
        """The deliveries once none is waiting or on its way.

        Args:
            timeout: Seconds.

        Raises:
            TimeoutError: Some still were.
        """
        self.release()
        with self._changed:
            idle = self._changed.wait_for(lambda: not (self._waiting or self._busy), timeout)
            if not idle:
                raise TimeoutError(f"webhooks were not delivered within {timeout} s")
            return list(self.deliveries)

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._stopping)
                if self._stopping:
                    return
                parcel, log = self._waiting.popleft(), self.deliveries
                self._busy = True
            delivery = self._deliver(parcel)
            with self._changed:
                log.append(delivery)
                self._busy = False
                self._changed.notify_all()

    def _deliver(self, parcel: _Parcel) -> Delivery:
        status: int | None = None
        error: str | None = None
        tries = 0
        while tries < _TRIES and not self._stopping:
            tries += 1
            status = error = None
            try:
                status = self._post(parcel)
            # ValueError is what http.client makes of a path that no request line can hold.
            except (OSError, HTTPException, ValueError) as failure:
                error = type(failure).__name__
            if status in _SUCCESS:
                break
        return Delivery(parcel.event_type, parcel.url, status, error, tries)

    def _post(self, parcel: _Parcel) -> int:
        """Post a parcel; http.client neither asks for a proxy nor follows a redirect."""
        parts = urlsplit(parcel.url)
        connection = HTTPConnection(parts.hostname or "", parts.port, timeout=_TIMEOUT)
        self._connection = connection
        try:
            target = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
            connection.request("POST", target, parcel.body, _JSON)
            return connection.getresponse().status
        finally:
            self._connection = None
            connection.close()


def _is_here(url: str) -> bool:
    """Whether a URL is plain HTTP to this machine, by its name or its address."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
        if parts.scheme != "http" or not host:
            return False
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
