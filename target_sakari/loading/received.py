"""A record as it came in, before stream maps."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


_EARLIEST = 2000
"""The year before which no tap has read anything."""


@dataclass(frozen=True)
class Received:
    """A record as it came in.

    Attributes:
        stream: its stream's name.
        key: values of its key properties, after stream maps; None for what it lacks.
        schema: the SCHEMA message that it belongs to.
        message: the RECORD message.
    """

    stream: str
    key: Mapping[str, Any] = field(repr=False)
    schema: Mapping[str, Any] = field(repr=False)
    message: Mapping[str, Any] = field(repr=False)

    @property
    def read_at(self) -> dt.datetime | None:
        """When the tap read it, by `time_extracted`; None where the tap does not say."""
        try:
            text = str(self.message["time_extracted"]).replace("Z", "+00:00")
            moment = dt.datetime.fromisoformat(text)
        except (KeyError, ValueError):
            return None
        if moment.year < _EARLIEST:
            return None
        return moment if moment.tzinfo else moment.replace(tzinfo=dt.timezone.utc)
