"""A run: records come in, are written in batches, and states go out once they are true."""

from __future__ import annotations

from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from singer_sdk.exceptions import MissingKeyPropertiesError

from sakari_client.errors import StoppedError
from sakari_client.plural import many
from target_sakari.loading.checkpoint import Checkpoint
from target_sakari.loading.farewell import Farewell
from target_sakari.loading.patience import Patience
from target_sakari.loading.progress import Progress
from target_sakari.loading.request_count import RequestCount
from target_sakari.loading.state_output import write_state
from target_sakari.loading.summary import REJECTED, Summary, in_words
from target_sakari.loading.threshold import Threshold
from target_sakari.loading.told import Told
from target_sakari.loading.whole import Whole
from target_sakari.reasons import Reason
from target_sakari.routes import KINDS, Item, Kind, Route
from target_sakari.run import Run, Writer

if TYPE_CHECKING:
    import logging
    from collections.abc import Callable, Mapping
    from typing import Any

    from sakari_client.client import SakariClient
    from sakari_client.clock import Clock
    from sakari_client.http.transport import Hook, Try
    from target_sakari.lines import Stop
    from target_sakari.loading.checkpoint import State
    from target_sakari.loading.received import Received
    from target_sakari.outcome import Outcome, Row
    from target_sakari.send_settings import SendSettings
    from target_sakari.settings import LoadSettings


class TooManyRejectedError(Exception):
    """More records were rejected than the settings allow."""


class KeysMissingError(TooManyRejectedError, MissingKeyPropertiesError):
    """They all lack their keys: the SDK's own error, which ends its targets at the first one."""


class LostOutcomeError(Exception):
    """A writer came to its end without telling what became of all its records."""


class MakeWriters(Protocol):
    """Makes a writer for each kind of record."""

    def __call__(self, run: Run) -> Mapping[Kind, Writer]:
        """Make the writers of a run."""


@dataclass(frozen=True)
class Outside:
    """What a run reaches the world by.

    Attributes:
        connect: makes the client, whose every request is told to what it is given.
        make_writers: makes the writers.
        stop: whether a signal asked the run to end.
        clock: tells the time.
        logger: of the target.
        sending: the settings of sends.
    """

    connect: Callable[[Hook], SakariClient]
    make_writers: MakeWriters
    stop: Stop
    clock: Clock
    logger: logging.Logger
    sending: SendSettings


@dataclass
class _Entry:
    """A record of the batch.

    Attributes:
        received: as it came in.
        item: what is to be written; None where it never comes to that.
        outcome: what became of it, as soon as that is known.
    """

    received: Received
    item: Item | None = None
    outcome: Outcome | None = None


class Loader:
    """Writes records in batches.

    Whatever ends a run, what is known by then is told, and the state goes out that is true by then.

    Attributes:
        whole: whether the input brought everything; is to be told of all RECORD messages.
    """

    def __init__(self, settings: LoadSettings, outside: Outside) -> None:
        """Begin a run; nothing is sent yet.

        Raises:
            ConfigError: a file cannot be written.
        """
        self._settings = settings
        self._outside = outside
        self._told = Told(settings, outside.sending.deferred_path)
        self._kept_back = False
        self._threshold = Threshold(settings.max_rejected, settings.max_rejected_percent)
        self._passed: str | None = None
        self._summary = Summary()
        self._checkpoint = Checkpoint()
        self._batch: dict[int, _Entry] = {}
        self._patience = Patience(settings, outside.sending.limits, outside.clock)
        self._began = outside.clock.monotonic()
        self._progress = Progress(outside.logger, outside.clock)
        self._routes: dict[tuple[str, str], Route] = {}
        self.whole = Whole()
        self._requests = RequestCount()
        self._closed = False
        self._run = self._make_run()
        self._writers = outside.make_writers(self._run)

    def _make_run(self) -> Run:
        client = self._outside.connect(self._note)
        return Run(
            client=client,
            stopping=self._stopping,
            dry_run=self._settings.dry_run,
            sending=self._outside.sending,
            write_method=self._settings.write_method,
            workers=client.config.concurrency,
            duplicate=lambda item: self._summary.add_duplicate(
                self._batch[item.position].received.stream
            ),
        )

    def _note(self, request: Try) -> None:
        self._requests(request)
        self._run.attempts(request)

    # What comes in

    def add_route(self, stream: str, route: Route) -> None:
        """A stream came that goes into Sakari, perhaps under another name by stream maps."""
        self._routes[stream, route.stream] = route
        if self._patience.add_route(route):
            self._outside.logger.info(
                "%s: as the run has a limit, all of the input is read before the first text goes "
                "out.", stream,
            )  # fmt: skip

    def add_record(self, received: Received, route: Route, record: Mapping[str, Any]) -> None:
        """A record came that is to be written.

        Raises:
            SakariError: writing the batch showed that something is wrong with the whole run.
            TooManyRejectedError: too many records were rejected.
        """
        position = self._checkpoint.add_record()
        self._add(position, _Entry(received, Item(position, route, record, received.read_at)))

    def add_outcome(self, received: Received, outcome: Outcome) -> None:
        """A record came whose outcome is clear already.

        Raises:
            SakariError: as of `add_record`.
            TooManyRejectedError: likewise.
        """
        self.whole.unread += outcome.outcome in REJECTED
        self._add(self._checkpoint.add_record(), _Entry(received, outcome=outcome))

    def add_state(self, state: State) -> None:
        """A state came."""
        self.whole.add_state()
        self._checkpoint.add_state(state)
        self._patience.start()

    def _add(self, position: int, entry: _Entry) -> None:
        self._batch[position] = entry
        self._summary.add_record(entry.received.stream)
        self._patience.start()
        if self._patience.is_over(len(self._batch)):
            self.flush()

    # Time

    def seconds_left(self) -> float | None:
        """Until the batch is to be written, though no more comes in; None where there is none."""
        return self._patience.seconds_left()

    def tick(self) -> None:
        """Write the batch if it has waited long enough.

        Raises:
            SakariError: as of `add_record`.
            TooManyRejectedError: likewise.
        """
        if self.seconds_left() == 0:
            self.flush()

    # Writing

    def _stopping(self) -> bool:
        return self._passed is not None or self._outside.stop.asked()

    def flush(self) -> None:
        """Write the batch, tell what became of it, and have the state out that is true then.

        Raises:
            SakariError: as of `add_record`.
            TooManyRejectedError: likewise.
        """
        self._patience.end()
        try:
            self._write_batch()
        finally:
            self._settle_batch()
        if self._passed is not None:
            keys = self._summary.reasons().keys() == {Reason.KEY_MISSING}
            raise (KeysMissingError if keys else TooManyRejectedError)(self._excess(self._passed))

    def _write_batch(self) -> None:
        items: dict[Kind, list[Item]] = {kind: [] for kind in KINDS}
        for entry in self._batch.values():
            if entry.item is not None:
                items[entry.item.route.to].append(entry.item)
            elif entry.outcome is not None:
                self._count(entry.received.stream, entry.outcome)
        for kind, of_kind in items.items():
            if of_kind and not self._stopping():
                with suppress(StoppedError):  # as asked to: what has no outcome was not written
                    self._writers[kind].write(of_kind, self._tell)
        lost = sum(entry.outcome is None for entry in self._batch.values())
        if lost and not self._stopping():
            raise LostOutcomeError(f"{many(lost, 'record')} got no outcome.")

    def _tell(self, item: Item, outcome: Outcome) -> None:
        entry = self._batch[item.position]
        entry.outcome = outcome
        self._count(entry.received.stream, outcome)

    def _tell_row(self, row: Row) -> None:
        came_as = next(
            (stream for stream, alias in self._routes if alias == row.stream), row.stream
        )
        self._summary.add_outcome(came_as, row.outcome)
        self._told.tell_row(replace(row, stream=came_as))
        self._told.flush()  # no later run would tell it again

    def _count(self, stream: str, outcome: Outcome) -> None:
        summary = self._summary
        summary.add_outcome(stream, outcome)
        # Of those read: writers tell the rejected ones of a batch first.
        self._passed = self._passed or self._threshold.passed(summary.rejected, summary.read)
        self._progress.advance(summary.done, summary.read)

    def _settle_batch(self) -> None:
        batch, self._batch = self._batch, {}
        for position, entry in batch.items():
            if entry.outcome is None:
                self._checkpoint.leave(position)
                continue
            safe = self._told.tell(entry.received, entry.outcome)
            # A state after it would have the tap never bring it again.
            if safe and entry.outcome.outcome != "planned":
                self._checkpoint.settle(position)
            else:
                self._checkpoint.leave(position)
            self._say_kept_back(safe=safe)
        self._told.flush()
        self._send_state()

    def _say_kept_back(self, *, safe: bool) -> None:
        if safe or self._kept_back:
            return
        self._kept_back = True
        self._outside.logger.warning(
            "Records are put off, unknown, or could not be looked for (failed), and no file keeps "
            "them, so that no state goes out. Set deferred_path and rejects_path, or run again "
            "later."
        )

    def _send_state(self) -> None:
        state = self._checkpoint.due()
        if state is not None and not self._settings.dry_run:
            self._told.sync()
            write_state(state)

    def _excess(self, setting: str) -> str:
        summary = self._summary
        return (
            f"{summary.rejected:,} of {many(summary.read, 'record')} "
            f"{'was' if summary.rejected == 1 else 'were'} rejected, more than {setting} allows: "
            f"{in_words(summary.reasons(), 3)}. Mend the input or the setting `streams`; then load "
            "the rejects, or have the tap send all again (Meltano: --full-refresh)."
        )

    # The end

    def finish(self) -> None:
        """End a run whose input came to its end.

        Raises:
            SakariError: as of `add_record`.
            TooManyRejectedError: likewise.
        """
        self.flush()
        if not self._stopping():
            self._finish_writers()
        self.close(finished=not self._stopping())

    def _finish_writers(self) -> None:
        routes = list(self._routes.values())
        mirrored = [came for (came, _), route in self._routes.items() if route.mode == "mirror"]
        doubt = self.whole.doubt(mirrored) if mirrored else None
        if doubt:
            self._outside.logger.warning(
                "%s: mirror removed no contact, as %s.", mirrored[0], doubt
            )
            return
        for kind in KINDS:
            of_kind = [one for one in routes if one.to == kind]
            if of_kind:
                with suppress(StoppedError):
                    self._writers[kind].finish(of_kind, self._tell_row)

    def give_up(self) -> None:
        """End a run after an error: what came before it and was not begun is written.

        Raises:
            SakariError: as of `add_record`.
            TooManyRejectedError: likewise.
        """
        try:
            if not self._closed:
                self.flush()
        finally:
            self.close(finished=False)

    def close(self, *, finished: bool) -> None:
        """Close all, and say what became of the records; harmless when called again.

        Records that were not begun get no outcome, so that no state is true that comes after them.

        Raises:
            ConfigError: a file cannot be written.
        """
        if self._closed:
            return
        self._closed = True
        with ExitStack() as closing:  # each, also where another fails
            closing.callback(self._say, finished=finished)
            closing.callback(self._told.close)
            closing.callback(self._outside.stop.close)
            closing.callback(self._run.client.close)
            closing.callback(self._run.at_end.close)
            self._send_state()

    def _say(self, *, finished: bool) -> None:
        Farewell(
            self._settings,
            self._run,
            self._summary,
            self._requests,
            self._outside.clock.monotonic() - self._began,
            finished,
        ).say(self._outside.logger)
