"""What is measured, and the goals; docs/performance.md says what each case means."""

from __future__ import annotations

from dataclasses import dataclass, replace

OUR_SETTINGS = {"page_size": 100, "requests_per_second": 100_000}
"""Our tap's in every case: as fast as the machine is, since the plain tap has no limit either."""
IN_FLIGHT = "concurrency"
"""Our setting for the most requests in flight."""


@dataclass(frozen=True)
class Variant:
    """One row of the table: our tap with some requests in flight, and the ratio to reach.

    Attributes:
        goal: how many times faster than the plain tap.
        in_flight: the setting; None for the tap's own default.
    """

    goal: float
    in_flight: int | None = None


@dataclass(frozen=True)
class Case:
    """The plain tap and ours, run in turn on the same messages.

    Attributes:
        name: by which it is selected.
        messages: that the account holds.
        pairs: how often each tap runs; the figure is the median.
        variants: the rows of the table; the plain tap runs once for all of them.
        latency_ms: before each answer.
        piped: output goes through a pipe to another process, not into a file.
        error_every, reset_every: see bench/server.py.
    """

    name: str
    messages: int
    pairs: int
    variants: tuple[Variant, ...]
    latency_ms: int = 0
    piped: bool = False
    error_every: int = 0
    reset_every: int = 0

    @property
    def faulty(self) -> bool:
        """Whether requests fail, and are therefore repeated."""
        return bool(self.error_every or self.reset_every)

    def quick(self) -> Case:
        """The same at a tenth of the size, once."""
        return replace(self, messages=max(self.messages // 10, 2_000), pairs=1)


@dataclass(frozen=True)
class MemoryCase:
    """Our tap alone, on a short and a long list.

    Attributes:
        most_mb: peak memory that neither may pass.
        most_growth_mb: by how much the second may be larger.
    """

    name: str = "memory"
    sizes: tuple[int, int] = (10_000, 300_000)
    in_flight: int = 16
    most_mb: float = 60
    most_growth_mb: float = 4

    def quick(self) -> MemoryCase:
        """The same with shorter lists."""
        return replace(self, sizes=(2_000, 30_000))


CASES = (
    Case("100k-file", 100_000, 3, (Variant(6),)),
    Case("100k-pipe", 100_000, 3, (Variant(7),), piped=True),
    Case("10k", 10_000, 5, (Variant(2.5),)),
    Case("100k-20ms", 100_000, 2, (Variant(9, 8), Variant(14, 16)), latency_ms=20),
    Case("10k-100ms", 10_000, 3, (Variant(8.5, 16),), latency_ms=100),
    Case("100k-100ms", 100_000, 1, (Variant(14, 16),), latency_ms=100),
    Case("faults", 2_000, 3, (Variant(3),), error_every=7, reset_every=11),
)
MEMORY = MemoryCase()


def most_requests(messages: int, page_size: int = 100) -> float:
    """The requests that a complete read may take where none fails: 1.02 * pages + 3."""
    return 1.02 * -(-messages // page_size) + 3
