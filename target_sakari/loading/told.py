"""Where outcomes go: the outcomes, rejects and deferred files, on disk before a state goes out."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from sakari_client.errors import ConfigError
from target_sakari.loading.outcomes_file import outcome_line
from target_sakari.loading.rejects_file import RejectLines
from target_sakari.loading.run_file import RunFile
from target_sakari.loading.summary import REJECTED
from target_sakari.outcome import Row
from target_sakari.reasons import Reason

if TYPE_CHECKING:
    from pathlib import Path

    from target_sakari.loading.received import Received
    from target_sakari.outcome import Outcome
    from target_sakari.settings import LoadSettings


class Told:
    """The files that a run tells its outcomes to, as far as the settings name them."""

    def __init__(self, settings: LoadSettings, deferred_path: Path | None = None) -> None:
        """Open the files.

        Args:
            settings: name those of outcomes and rejects.
            deferred_path: of what was put off; None: among the rejects.

        Raises:
            ConfigError: one of them cannot be written.
        """
        self._outcomes = self._rejects = self._deferred = None
        self._lines, self._deferred_lines = RejectLines(), RejectLines()
        try:
            if settings.outcomes_path is not None:
                self._outcomes = RunFile("outcomes_path", settings.outcomes_path)
            if settings.rejects_path is not None:
                self._rejects = RunFile("rejects_path", settings.rejects_path)
            if deferred_path is not None:
                self._deferred = RunFile("deferred_path", deferred_path)
        except ConfigError:
            self.close()
            raise

    def tell(self, received: Received, outcome: Outcome) -> bool:
        """Write the outcome of a record.

        Returns:
            Whether it is safe to forget the record: not so if it was put off, Sakari failed at it,
            or nobody knows what became of it, and no file has it.

        Raises:
            ConfigError: a file cannot be written.
        """
        self.tell_row(Row(received.stream, received.key, outcome))
        deferred = outcome.outcome == "deferred"
        if not (deferred or outcome.outcome in REJECTED):
            return True
        file, lines = self._rejects, self._lines
        if deferred and self._deferred is not None:
            file, lines = self._deferred, self._deferred_lines
        if file is None:
            # Else nothing is wrong with the record: brought again, it may well be written.
            return outcome.outcome == "rejected" and outcome.reason is not Reason.FAILED
        for line in lines.of(received, outcome):
            file.write(line)
        return True

    def tell_row(self, row: Row) -> None:
        """Write an outcome that no record asked for.

        Raises:
            ConfigError: the file cannot be written.
        """
        if self._outcomes is not None:
            self._outcomes.write(outcome_line(row))

    def flush(self) -> None:
        """Have the system take all of it, so that it is kept if the process is killed.

        Raises:
            ConfigError: a file cannot be written.
        """
        for file in self._files():
            file.flush()

    def sync(self) -> None:
        """Have all of it on disk.

        Raises:
            ConfigError: a file cannot be written.
        """
        for file in self._files():
            file.sync()

    def close(self) -> None:
        """Close the files; harmless when called again.

        Raises:
            ConfigError: a file cannot be written.
        """
        with contextlib.ExitStack() as files:  # each, also where another fails
            for file in self._files():
                files.callback(file.close)

    def _files(self) -> list[RunFile]:
        files = (self._outcomes, self._rejects, self._deferred)
        return [file for file in files if file is not None]
