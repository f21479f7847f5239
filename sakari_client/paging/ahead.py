"""Pages fetched ahead of the reader, several at a time, and handed over in the reader's order."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from typing import Protocol

from sakari_client.paging.page import Page

FetchPage = Callable[[int, int], Page]
"""Gets the page at an offset, with a limit. Called from several threads."""


class Workers(Protocol):
    """Whoever fetches the pages."""

    def submit(self, fetch: Callable[[], Page], /) -> Future[Page]:
        """Have a page fetched, soon."""

    def close(self) -> None:
        """Take no more work."""


class Threads:
    """A few threads that do not keep the process alive.

    The standard library's executor joins its threads when the interpreter ends, so that a process
    that met a fatal error would linger through the retries of requests nobody waits for.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._started = self._unfinished = 0
        self._lock = threading.Lock()
        self._jobs: SimpleQueue[tuple[Future[Page], Callable[[], Page]] | None] = SimpleQueue()

    def submit(self, fetch: Callable[[], Page]) -> Future[Page]:
        """Have a page fetched as soon as a thread is free."""
        future: Future[Page] = Future()
        with self._lock:
            self._unfinished += 1
            # A thread costs memory; no more than are needed are started.
            starts = self._started < min(self._size, self._unfinished)
            self._started += starts
        self._jobs.put((future, fetch))
        if starts:
            threading.Thread(target=self._work, name="sakari-page", daemon=True).start()
        return future

    def close(self) -> None:
        """Let each thread end when it is done with what it does."""
        for _ in range(self._started):
            self._jobs.put(None)

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            future, fetch = job
            if future.set_running_or_notify_cancel():
                try:
                    future.set_result(fetch())
                except BaseException as error:  # noqa: BLE001 - raised again where it is waited for
                    future.set_exception(error)
            # A thread that waits for work holds no page.
            del job, future, fetch
            with self._lock:
                self._unfinished -= 1


class PagesAhead:
    """A few pages under way or waiting: never more than `width`, and half as many.

    So many may be under way at the same time; the others are there when those that wait for their
    turn to be read came all at once.

    Attributes:
        early: rows by which pages are asked for earlier than they need to begin.
        tried_before: whether the page that was taken last had been put back before.
    """

    def __init__(
        self, fetch: FetchPage, limit: int, width: Callable[[], int], workers: Workers
    ) -> None:
        self._fetch = fetch
        self._limit = limit
        self._width = width
        self._workers = workers
        self._pages: dict[int, Future[Page]] = {}
        self._put_back: set[int] = set()
        self.early = 0
        self.tried_before = False

    def close(self) -> None:
        """Forget all pages; requests under way end by themselves."""
        for future in self._pages.values():
            future.cancel()
        self._pages.clear()
        self._put_back.clear()

    def take(self, offset: int, stride: int) -> Page:
        """The page that covers an offset: one that was fetched ahead, else a new one.

        Raises:
            SakariError: the page could not be fetched.
        """
        start = self._covering(offset, stride)
        future = None if start is None else self._pages.pop(start)
        for behind in [other for other in self._pages if other + stride <= offset]:
            self._pages.pop(behind).cancel()
        self.tried_before = start in self._put_back
        self._put_back &= self._pages.keys()
        if future is None:
            return self._fetch(max(0, offset - self.early), self._limit)
        return future.result()

    def _covering(self, offset: int, stride: int) -> int | None:
        """Where the page begins that covers an offset; None where there is none."""
        return max((at for at in self._pages if at <= offset < at + stride), default=None)

    def _start(self, offset: int) -> Future[Page]:
        return self._workers.submit(lambda: self._fetch(offset, self._limit))

    def keep(self, page: Page) -> None:
        """Put a page back that does not join on yet."""
        if page.rows:
            self._put_back.add(page.offset)
            self._pages[page.offset] = Future()
            self._pages[page.offset].set_result(page)

    def look_ahead(self, offset: int, stride: int, end: int | None) -> None:
        """Start fetching the pages from an offset on, each `stride` rows after the last.

        Args:
            offset: where the reader goes next.
            stride: rows by which a full page advances at most.
            end: the server's count of the list, so that nothing is asked for past it.
        """
        width = self._width()
        if width == 1:
            return
        most = width + width // 2
        while len(self._pages) < most and (end is None or offset < end):
            start = self._covering(offset, stride)
            if start is None:
                start = max(0, offset - self.early)
                self._pages[start] = self._start(start)
            offset = start + stride
