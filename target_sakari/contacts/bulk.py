"""Contacts uploaded as CSV, and what an upload leaves open written one by one."""

from __future__ import annotations

import logging
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sakari_client import phone
from sakari_client.errors import InvalidInputError, RequestRefusedError, SakariError
from sakari_client.http.codes import MEANINGS
from sakari_client.resources.csv_rows import cells_of
from sakari_client.resources.upload import CHUNK_ROWS
from target_sakari.contacts.decide import decide, keys_of
from target_sakari.contacts.single import id_of, write_single
from target_sakari.failure import is_run_wide
from target_sakari.outcome import Outcome
from target_sakari.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sakari_client.resources.base import Record
    from sakari_client.resources.upload import RowOutcome
    from target_sakari.contacts.find import Finder
    from target_sakari.contacts.job import Job
    from target_sakari.contacts.known import KnownContacts
    from target_sakari.run import Run

logger = logging.getLogger(__name__)

_WORTH_IT = 50
"""Rows that can go up together from which they do if the choice is ours: eight workers write as
many in six or seven round trips, and an upload takes Sakari longer than a single write."""

_FEW = 8
"""Rows of a refused upload that are written one by one; halving them further takes longer."""

_NEW = frozenset({"new"})
"""In place of columns: new contacts go together, whatever they hold."""

_TOO_LARGE = 413
_NO_CSV = 415


@dataclass(frozen=True)
class _Uploaded:
    """What an upload came to.

    Attributes:
        told: outcomes of the first of its rows; none of the others is known.
        attempts: requests it took.
        error: why it ended early.
    """

    told: list[RowOutcome]
    attempts: int
    error: SakariError | None


class BulkWriter:
    """Writes records of different contacts."""

    def __init__(self, run: Run, known: KnownContacts, finder: Finder) -> None:
        self._run = run
        self._known = known
        self._finder = finder
        self._chunk_rows = CHUNK_ROWS
        self._takes_csv = True
        self._said = set[str]()

    def write(self, jobs: Sequence[Job]) -> Iterator[tuple[Job, Outcome]]:
        """Write records by upload where it pays, and yield each with its outcome as it is known.

        Raises:
            SakariError: something is wrong with the whole run; what was written was yielded before.
        """
        groups, others = self._sorted(jobs)
        self._say(sum(map(len, groups)), len(others))
        for group in groups:
            start = 0
            while start < len(group):
                chunk = group[start : start + self._chunk_rows]  # which may grow smaller
                start += len(chunk)
                yield from self._upload(chunk, before=0)
        yield from write_single(self._run, others)

    def _sorted(self, jobs: Sequence[Job]) -> tuple[list[list[Job]], list[Job]]:
        """Jobs to upload, by what a chunk's rows must have in common; and the others."""
        groups: dict[frozenset[str] | None, list[Job]] = defaultdict(list)
        for job in jobs:
            columns = self._columns(job)
            groups[_NEW if columns and self._is_new(job) else columns].append(job)
        least = 1 if self._run.write_method == "bulk" else _WORTH_IT
        uploads = [group for columns, group in groups.items() if columns and len(group) >= least]
        chosen = {id(job) for group in uploads for job in group}
        return uploads, [job for job in jobs if id(job) not in chosen]

    def _is_new(self, job: Job) -> bool:
        """Whether a contact is new, so that an empty cell clears nothing."""
        return job.decision.contact is None

    def _columns(self, job: Job) -> frozenset[str] | None:
        """The columns that a record fills; None where no row can hold it."""
        if not self._takes_csv or job.decision.way != "append":
            return None
        if not self._is_new(job) and not _all_text(job.decision.body.get("attributes", {})):
            return None  # among them are attributes that the record does not mention
        try:
            return frozenset(cells_of(job.decision.body))
        except InvalidInputError:
            return None

    def _say(self, uploaded: int, single: int) -> None:
        """Say how contacts are written, once for each way."""
        how = "bulk" if uploaded else "single"
        if self._run.write_method == "auto" and how not in self._said and uploaded + single:
            self._said.add(how)
            logger.info(
                "contacts: %d are uploaded as CSV and %d written one by one (write_method auto: "
                "uploaded are new ones, and known ones with the same columns, from %d on).",
                uploaded, single, _WORTH_IT,
            )  # fmt: skip

    def _upload(self, jobs: list[Job], *, before: int) -> Iterator[tuple[Job, Outcome]]:
        """Upload a chunk, and halve it if it is refused.

        Args:
            jobs: its rows.
            before: requests that carried them before.
        """
        if not self._takes_csv:
            yield from self._write_single(jobs, before)
            return
        if self._run.stopping():
            return
        uploaded = self._send(jobs)
        attempts, error = before + uploaded.attempts, uploaded.error
        unclear: list[Job] = []
        for job, row in zip(jobs, uploaded.told, strict=False):
            if row.status == "unknown":
                unclear.append(job)
            else:
                yield job, self._outcome(job, row, attempts)
        rest = jobs[len(uploaded.told) :]
        if isinstance(error, RequestRefusedError) and not is_run_wide(error):
            yield from self._halve(rest, error, attempts)
        elif error and is_run_wide(error):
            raise error
        else:
            unclear += rest
        yield from self._clear_up(unclear, attempts)

    def _send(self, jobs: list[Job]) -> _Uploaded:
        told: list[RowOutcome] = []
        error = None
        with self._run.attempts.count() as count:
            try:
                rows = [job.decision.body for job in jobs]
                blanks = all(map(self._is_new, jobs))
                upload = self._run.client.contacts.upload
                told.extend(upload(rows, chunk_rows=len(rows), blanks=blanks))
            except SakariError as caught:
                error = caught
        return _Uploaded(told, count.requests, error)

    def _halve(
        self, jobs: list[Job], error: RequestRefusedError, attempts: int
    ) -> Iterator[tuple[Job, Outcome]]:
        if error.status == _NO_CSV:
            self._takes_csv = False
            logger.warning("contacts: %s They are written one by one.", error)
        half = len(jobs) // 2
        if len(jobs) <= _FEW:
            yield from self._write_single(jobs, attempts)
            return
        if error.status == _TOO_LARGE:
            self._chunk_rows = min(self._chunk_rows, half)
        yield from self._upload(jobs[:half], before=attempts)
        yield from self._upload(jobs[half:], before=attempts)

    def _clear_up(self, jobs: list[Job], attempts: int) -> Iterator[tuple[Job, Outcome]]:
        """Look up what an answer leaves open; who is not as was sent is written by itself.

        That is done twice at worst, which does no harm, and tells each row's own reason.
        """
        if not jobs or self._run.stopping():
            return
        self._finder.look_again([("mobile", str(phone.of(job.decision.body))) for job in jobs])
        others: list[Job] = []
        for job in jobs:
            route = job.route
            again = decide(job.wanted, self._known.found(keys_of(job.wanted, route)), route)
            if again.settled and again.settled.outcome == "unchanged":
                sakari_id = again.settled.sakari_id
                outcome = Outcome(job.decision.action, "written", None, None, sakari_id, attempts)
                yield job, outcome
            else:
                others.append(job)
        yield from self._write_single(others, attempts)

    def _write_single(self, jobs: list[Job], before: int) -> Iterator[tuple[Job, Outcome]]:
        for job, outcome in write_single(self._run, jobs):
            yield job, replace(outcome, attempts=before + outcome.attempts)

    def _outcome(self, job: Job, row: RowOutcome, attempts: int) -> Outcome:
        action, contact = job.decision.action, job.decision.contact
        sakari_id = contact.sakari_id if contact else None
        if row.status == "written":
            told = id_of(self._run.client.contacts, row.contact) if row.contact else None
            return Outcome(action, "written", None, None, told or sakari_id, attempts)
        meaning = MEANINGS.get(row.code or "", "it does not say why")
        code = f"{row.code}: " if row.code in MEANINGS else ""
        detail = f"POST /contacts: Sakari refused this row of the upload ({code}{meaning})."
        return Outcome(action, "rejected", Reason.REFUSED, detail, sakari_id, attempts)


def _all_text(attributes: Record) -> bool:
    """Whether an upload, which makes text of all attributes, leaves these as they are."""
    return all(isinstance(value, str) for value in attributes.values())
