"""Which records of a stream a run wants, and how far back its list must be read for them.

The API has neither a date filter nor a sort order. A record is wanted when it changed at or after
the bookmark. A list sorted by creation need only be read back to some days before the bookmark:
what is older hardly ever changes, and a full scan now and then finds what did.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

from tap_sakari.conform import parse_date_time, utc_milliseconds

if TYPE_CHECKING:
    from sakari_client.paging.page import Row

logger = logging.getLogger("tap-sakari")

_CLOCKS_DIFFER = timedelta(days=1)
_PRECISION = timedelta(seconds=2)
"""How exactly the server's clock is known: its answers tell whole seconds."""
_NEVER = "1970-01-01T00:00:00.000Z"


@dataclass(frozen=True)
class Window:
    """What a run wants of a stream. All moments are UTC texts with milliseconds.

    Attributes:
        since: wanted is what changed at or after this moment; None for all.
        until: ... and before this one; None for no end.
        created_since: of a record that does not tell its changes, wanted is what was created at
            or after this moment.
        back_to: what was created before need not be read; None if the whole list must be.
        scanned: until when all changes are known to have been seen, outside the lookback too;
            None where nothing tells.
    """

    since: str | None = None
    until: str | None = None
    created_since: str | None = None
    back_to: str | None = None
    scanned: str | None = None

    def scanned_by(self, now: datetime, *, whole: bool) -> str:
        """The next run's `scanned`, after a run that began now.

        Args:
            now: the server's time at the start of the run.
            whole: whether the run read the whole list.
        """
        if whole and (
            self.since is None or (self.scanned is not None and self.since <= self.scanned)
        ):
            # What the run left out for its end date, it has not seen.
            return min(as_text(now), self.until or as_text(now))
        return self.scanned or _NEVER

    def wants(self, row: Row) -> bool:
        """Whether a record is wanted; one without any date always is."""
        moment = row.updated or row.created
        if moment is None:
            return True
        if self.until is not None and moment >= self.until:
            return False
        since = self.since if row.updated else self.created_since
        return since is None or moment >= since


def plan(  # noqa: PLR0913
    stream: str,
    *,
    bookmark: str | None,
    start: str | None,
    until: str | None,
    now: datetime,
    lookback: timedelta,
    stops_early: bool = False,
    scanned_at: str | None = None,
    full_scan_every: timedelta | None = None,
) -> Window:
    """Say what a run wants.

    Args:
        stream: for messages.
        bookmark: until when the run before has seen what changed.
        start: the start date.
        until: the end date.
        now: the server's time.
        lookback: how long before the bookmark a record may have been created that changed since.
        stops_early: whether the list may be read back to there only.
        scanned_at: see `Window.scanned`. Default: the bookmark, as 0.1.0 read lists whole.
        full_scan_every: how often the whole list is read all the same; None for never.
    """
    start, until = utc_milliseconds(start), utc_milliseconds(until)
    begin = _believable(stream, utc_milliseconds(bookmark), now)
    scanned = _scanned(utc_milliseconds(scanned_at) or begin or start, now)
    if start is not None:
        begin = max(begin or start, start)
        if start <= as_text(now):
            scanned = max(scanned or start, start)
        else:
            logger.warning(
                "%s: start_date is ahead of the server's clock; no record that has a date is "
                "wanted yet.",
                stream,
            )
    if begin is None:
        return Window(until=until)
    if stops_early and scanned is not None and _is_due(scanned, full_scan_every, now):
        since = max(min(begin, scanned), start or "")
        logger.info("%s: the whole list is read, as full_scan_every asks.", stream)
        return Window(since, until, _from(since, lookback, start), scanned=scanned)
    edge = _before(begin, lookback)
    back_to = edge if stops_early else None
    return Window(begin, until, _from(begin, lookback, start), back_to, scanned)


def _from(moment: str, lookback: timedelta, start: str | None) -> str:
    """The lookback before a moment, but nothing before the start date."""
    return max(_before(moment, lookback), start or "")


def _scanned(moment: str | None, now: datetime) -> str | None:
    """When the last full scan began; never, where it lies ahead of the server's clock."""
    if moment is not None and moment > as_text(now + _PRECISION):
        return _NEVER
    return min(moment, as_text(now)) if moment else moment


def _believable(stream: str, bookmark: str | None, now: datetime) -> str | None:
    """The bookmark, or an earlier moment where it lies ahead of the server's clock.

    A bookmark never passes the server's clock, so some clock was wrong when it was written.
    """
    moment = parse_date_time(bookmark) if bookmark else None
    if moment is None or moment <= now + _PRECISION:
        return bookmark
    if moment - now <= _CLOCKS_DIFFER:
        earlier = as_text(moment - 2 * _CLOCKS_DIFFER)
        logger.warning(
            "%s: the bookmark %s is ahead of the server's clock; what changed since %s is read "
            "again.",
            stream, bookmark, earlier,
        )  # fmt: skip
        return earlier
    logger.warning(
        "%s: the bookmark %s is more than a day ahead of the server's clock, and says nothing; "
        "this run reads as the first one does.",
        stream, bookmark,
    )  # fmt: skip
    return None


def _is_due(scanned: str, every: timedelta | None, now: datetime) -> bool:
    moment = parse_date_time(scanned)
    return every is not None and moment is not None and now - moment >= every


def _before(moment: str, span: timedelta) -> str:
    parsed = parse_date_time(moment)
    if parsed is None:
        return moment
    try:
        return as_text(parsed - span)
    except OverflowError:
        return as_text(datetime.min.replace(tzinfo=timezone.utc))


def as_text(moment: datetime) -> str:
    """A moment in the form in which text sorts by time."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
