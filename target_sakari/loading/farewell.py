"""What a run says as it ends: what is left to do, its figures, and a table for people."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sakari_client.plural import many
from target_sakari.loading.amounts import amounts_json, amounts_table
from target_sakari.loading.summary import in_words

if TYPE_CHECKING:
    import logging
    from collections.abc import Iterator

    from target_sakari.loading.request_count import RequestCount
    from target_sakari.loading.summary import Summary
    from target_sakari.run import Run
    from target_sakari.settings import LoadSettings


@dataclass(frozen=True)
class Farewell:
    """A run that is over.

    Attributes:
        settings: of the load.
        run: what its writers worked with.
        summary: what became of its records.
        requests: how many there were.
        seconds: that it took.
        finished: whether it came to the end of its input.
    """

    settings: LoadSettings
    run: Run
    summary: Summary
    requests: RequestCount
    seconds: float
    finished: bool

    def say(self, logger: logging.Logger) -> None:
        """Say it all."""
        for line in self._left_to_do():
            logger.warning("%s", line)
        amounts, only_planned = self.run.amounts, self.settings.dry_run
        figures = {
            "streams": self.summary.as_json(),
            "requests": self.requests.requests,
            "retries": self.requests.retries,
            "seconds": round(self.seconds, 3),
            "dry_run": self.settings.dry_run,
            "finished": self.finished,
        }
        if amounts:
            figures["sends"] = amounts_json(amounts)
            only_planned |= not self.run.sending.send_enabled
        logger.info("summary %s", json.dumps(figures))
        if only_planned or sys.stderr.isatty():
            sys.stderr.write(f"{self.summary.table()}\n")
            if amounts:
                sys.stderr.write(f"\n{amounts_table(amounts)}\n")

    def _left_to_do(self) -> Iterator[str]:
        for stream in self.summary.wholly_rejected():
            yield f"{stream}: every record was rejected. Look at the setting streams.{stream}."
        rejects = self.settings.rejects_path
        put_off = self.summary.reasons({"deferred"})
        if put_off:
            kept = self.run.sending.deferred_path or rejects
            where = (
                f"Kept in {kept}: unless the tap brings all again, pipe it in later, by another "
                "name."
                if kept
                else "No file keeps them, so that no state goes out that comes after them."
            )
            yield f"Put off: {many(put_off.total(), 'record')} ({in_words(put_off)}). {where}"
        again = self.summary.to_be_repeated()
        if again and rejects is not None:
            yield (
                f"Failed or unknown: {many(again, 'record')}, kept in {rejects}. A tap that reads "
                "everything in each run brings all again; else move the file, and pipe what was "
                "moved back in, before the next run."
            )
        unknown = self.summary.unknown_sends()
        if unknown:
            yield (
                f"Nobody knows whether the texts of {many(unknown, 'record')} went out. A run that "
                "gets such a record again looks again; to settle it yourself: sakari ledger list, "
                "and sakari ledger settle KEY --as accepted (or rejected)."
            )
