"""When too many records were rejected for the run to go on."""

from __future__ import annotations

from dataclasses import dataclass

AT_LEAST = 100
"""Records before a percentage is believed."""


@dataclass(frozen=True)
class Threshold:
    """How many records may be rejected, or end unknown.

    Attributes:
        most: so many; None for any number.
        percent: so many of a hundred, once there are `AT_LEAST`; None for any number.
    """

    most: int | None
    percent: float | None

    def passed(self, rejected: int, records: int) -> str | None:
        """The setting that is passed, with its value; None where none is."""
        if self.most is not None and rejected > self.most:
            return f"max_rejected ({self.most:,})"
        if self.percent is None or records < AT_LEAST:
            return None
        too_many = 100 * rejected > self.percent * records
        return f"max_rejected_percent ({self.percent:g} %)" if too_many else None
