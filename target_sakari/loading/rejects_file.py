"""The rejects file: records that were not written, as a Singer stream to mend and pipe back in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from target_sakari.messages import as_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from target_sakari.loading.received import Received
    from target_sakari.outcome import Outcome


class RejectLines:
    """The lines of the rejects file."""

    def __init__(self) -> None:
        self._schemas: dict[str, Mapping[str, Any]] = {}
        self._last: Mapping[str, Any] | None = None

    def of(self, received: Received, outcome: Outcome) -> Iterator[bytes]:
        """The lines of a record: its SCHEMA if it is not there yet, and the record as it came.

        The RECORD message says under `rejected` why; targets ignore members they do not know. One
        that several stream maps made records of is there once, or it would double if replayed.
        """
        if self._last is received.message:
            return
        self._last = received.message
        if self._schemas.get(received.stream) is not received.schema:
            self._schemas[received.stream] = received.schema
            yield as_json(received.schema)
        why = {"reason": outcome.reason, "detail": outcome.detail}
        yield as_json({**received.message, "rejected": why})
