"""Runs the cases, and makes the rows of the table out of what they cost."""

from __future__ import annotations

import itertools
import statistics
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bench.cases import IN_FLIGHT, OUR_SETTINGS, Case, MemoryCase, Variant, most_requests
from bench.compare import differences
from bench.runs import Run, Server, Tap

if TYPE_CHECKING:
    from pathlib import Path

HEADINGS = ("case", "plain s", "ours s", "ratio", "goal", "reached", "peak MB", "requests")
"""Of a row's cells. The last two: of the plain tap, and of ours."""

_SHOWN = 20


@dataclass(frozen=True)
class Row:
    """A row of the table, by its `HEADINGS`."""

    case: str
    goal: str
    reached: bool
    plain: str = ""
    ours: str = ""
    ratio: str = ""
    peak: str = ""
    requests: str = ""

    def cells(self, *, judged: bool) -> tuple[str, ...]:
        """Its cells; where it is not judged, whether the goal was reached stays open."""
        reached = ("yes" if self.reached else "no") if judged else "-"
        first = (self.case, self.plain, self.ours, self.ratio)
        return (*first, self.goal, reached, self.peak, self.requests)


@dataclass
class Bench:
    """Both taps, ready to run.

    Attributes:
        rows: the table so far.
        differing: how many outputs of ours did not hold the records of the plain tap.
    """

    server: Server
    folder: Path
    rows: list[Row] = field(default_factory=list)
    differing: int = 0
    _compared: int = 0
    _requests: list[tuple[int, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._plain = Tap("bench.plain_tap", self.folder / "plain", self.server, {})
        self._ours = Tap("tap_sakari", self.folder / "ours", self.server, OUR_SETTINGS)
        self._plain.select()
        self._ours.select()

    def measure(self, case: Case) -> None:
        """Run both taps in turn, as often as the case says, and compare what they wrote."""
        plain_runs: list[Run] = []
        our_runs: dict[Variant, list[Run]] = {variant: [] for variant in case.variants}
        for _ in range(case.pairs):
            plain_runs.append(self._run(self._plain, case, None))
            for variant in case.variants:
                our_runs[variant].append(self._run(self._ours, case, variant.in_flight))
                if not case.piped:
                    self._compare(case.messages)
        for variant, ours in our_runs.items():
            self.rows.append(_row(case, variant, plain_runs, ours))
            if not case.faulty:
                self._requests += [(case.messages, run.requests) for run in ours]

    def measure_memory(self, case: MemoryCase) -> None:
        """Run our tap on a short and on a long list."""
        low, high = (
            self._run(self._ours, Case(case.name, size, 1, ()), case.in_flight)
            for size in case.sizes
        )
        growth = high.peak_mb - low.peak_mb
        self._requests += zip(case.sizes, (low.requests, high.requests), strict=True)
        self.rows.append(
            Row(
                case="peak memory at {:,} and {:,} messages".format(*case.sizes),
                ours=f"{low.seconds:.2f}, {high.seconds:.2f}",
                goal=f"≤ {case.most_mb:g} MB, growth ≤ {case.most_growth_mb:g} MB",
                reached=high.peak_mb <= case.most_mb and growth <= case.most_growth_mb,
                peak=f"{low.peak_mb:.1f}, {high.peak_mb:.1f} ({growth:+.1f})",
                requests=f"{low.requests:,}, {high.requests:,}",
            )
        )

    def conclude(self) -> None:
        """Add what is true of all cases together: requests, and records."""
        if self._requests:
            messages, requests = max(self._requests, key=lambda one: one[1] - most_requests(one[0]))
            self.rows.append(
                Row(
                    case=f"requests, at their most, for {messages:,} messages",
                    goal=f"≤ {most_requests(messages):,.0f} (1.02 * pages + 3)",
                    reached=requests <= most_requests(messages),
                    requests=f"{requests:,}",
                )
            )
        if self._compared:
            self.rows.append(
                Row(
                    case=f"records, {self._compared} outputs compared field by field",
                    goal="none differs",
                    reached=not self.differing,
                )
            )

    def _run(self, tap: Tap, case: Case, in_flight: int | None) -> Run:
        self.server.reset(
            messages=case.messages,
            latency_ms=case.latency_ms,
            error_every=case.error_every,
            reset_every=case.reset_every,
        )
        run = tap.run({IN_FLIGHT: in_flight} if in_flight else {}, piped=case.piped)
        print(
            f"{case.name}: {tap.module} {run.seconds:.2f} s ({run.cpu_seconds:.2f} s CPU), "
            f"{run.peak_mb:.1f} MB, {run.requests:,} requests, {run.most_in_flight} in flight",
            file=sys.stderr,
        )
        return run

    def _compare(self, messages: int) -> None:
        """Compare what both wrote last."""
        found = differences(self._plain.output, self._ours.output, messages)
        shown = list(itertools.islice(found, _SHOWN))
        for difference in shown:
            print(f"the records differ: {difference}", file=sys.stderr)
        self._compared += 1
        self.differing += bool(shown)


def _row(case: Case, variant: Variant, plain: list[Run], ours: list[Run]) -> Row:
    ratio = statistics.median(
        one.seconds / other.seconds for one, other in zip(plain, ours, strict=True)
    )
    return Row(
        case=_title(case, variant),
        plain=f"{statistics.median(run.seconds for run in plain):.2f}",
        ours=f"{statistics.median(run.seconds for run in ours):.2f}",
        ratio=f"{ratio:.1f}",
        goal=f"≥ {variant.goal:g}",
        reached=ratio >= variant.goal,
        peak=" / ".join(f"{max(run.peak_mb for run in runs):.1f}" for runs in (plain, ours)),
        requests=" / ".join(f"{max(run.requests for run in runs):,}" for runs in (plain, ours)),
    )


def _title(case: Case, variant: Variant) -> str:
    parts = [
        f"{case.messages:,} messages",
        f"{case.latency_ms} ms" if case.latency_ms else "no latency",
        f"{variant.in_flight} in flight" if variant.in_flight else "",
        "through a pipe" if case.piped else "",
        f"every {case.error_every}th request a 500" if case.error_every else "",
        f"every {case.reset_every}th a reset" if case.reset_every else "",
    ]
    return ", ".join(part for part in parts if part)


def table(rows: list[Row], *, judged: bool) -> str:
    """The rows as a table in Markdown."""
    lines = [HEADINGS, ("---", *("---:",) * (len(HEADINGS) - 1))]
    return "\n".join(
        f"| {' | '.join(cells)} |"
        for cells in [*lines, *(row.cells(judged=judged) for row in rows)]
    )
