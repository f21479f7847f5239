"""How far something is, and how fast: rows counted by the clock."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sakari_client.clock import Clock

_WINDOW = 30.0
"""Seconds over which the rate is taken. A pause that the server asks for may last longer."""

_SAMPLE_EVERY = 1.0

_LONGEST = 100 * 24 * 3600.0
"""Seconds; a longer time left says that the total or the rate is none to go by."""


@dataclass(frozen=True)
class Standing:
    """How far the reading of a stream is; as text, what a line in the log says.

    Attributes:
        rows: rows read so far.
        total: rows to read; None where that is unknown, or wrong as more were read.
        rate: rows per second; None before any time has passed.
    """

    rows: int
    total: int | None
    rate: float | None

    @property
    def percent(self) -> int | None:
        """Percent read, rounded; 100 only when all rows are. None without a total."""
        if self.total is None:
            return None
        if self.rows == self.total:
            return 100
        return min(99, (200 * self.rows + self.total) // (2 * self.total))

    @property
    def seconds_left(self) -> float | None:
        """Seconds until all rows are read; None where there is nothing to tell them by."""
        if self.total is None or not self.rate or self.rows == self.total:
            return None
        rows_left = self.total - self.rows
        return rows_left / self.rate if rows_left <= self.rate * _LONGEST else None

    def __str__(self) -> str:
        if self.total is None:
            return self.in_brief()
        return f"{self.rows:,} of {self.total:,} rows ({self.percent} %){self._pace()}"

    def in_brief(self) -> str:
        """The same, for a line that has little room."""
        if self.total is None:
            return f"{self.rows:,} rows{self._pace()}"
        return f"{self.percent} % of {self.total:,} rows{self._pace()}"

    def _pace(self) -> str:
        if self.rate is None:
            return ""
        pace = f", {self.rate:,.{1 if self.rate < 10 else 0}f} rows/s"  # noqa: PLR2004
        if self.seconds_left is not None:
            pace += f", about {spell_duration(self.seconds_left)} left"
        return pace


def spell_duration(seconds: float) -> str:
    """A duration in its one or two largest units: `50 s`, `3 min`, `2 h 10 min`, `3 d 4 h`."""
    whole = max(1, round(seconds))
    if whole < 60:  # noqa: PLR2004
        return f"{whole} s"
    minutes = round(whole / 60)
    if minutes < 60:  # noqa: PLR2004
        return f"{minutes} min"
    hours = round(minutes / 60)
    if hours < 48:  # noqa: PLR2004
        large, small, units = *divmod(minutes, 60), ("h", "min")
    else:
        large, small, units = *divmod(hours, 24), ("d", "h")
    return f"{large} {units[0]} {small} {units[1]}" if small else f"{large} {units[0]}"


class Meter:
    """Counts the rows of one stream, and tells their rate."""

    def __init__(self, stream: str, clock: Clock) -> None:
        self.stream = stream
        self._monotonic = clock.monotonic
        self._count: tuple[int, int | None] = (0, None)
        self._samples = deque([(self._monotonic(), 0)])

    def note(self, rows: int, total: int | None) -> float:
        """Take note of the rows read so far and of their total; return the time, in seconds."""
        now = self._monotonic()
        self._count = (rows, total)
        samples = self._samples
        if now - samples[-1][0] >= _SAMPLE_EVERY:
            samples.append((now, rows))
            # The oldest that stays is as old as the window, or older after a pause.
            while samples[1][0] <= now - _WINDOW:
                samples.popleft()
        return now

    def standing(self) -> Standing:
        """How far the stream is now; may be called from any thread."""
        rows, total = self._count
        since, rows_then = self._samples[0]
        elapsed = self._monotonic() - since
        rows = max(0, rows)
        return Standing(
            rows=rows,
            total=total if total and total >= rows else None,
            rate=max(0.0, (rows - rows_then) / elapsed) if elapsed > 0 else None,
        )
