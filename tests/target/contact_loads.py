"""Loads of contacts into an emulator, by a mapper that takes Sakari's names as they are."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sakari_client.client import SakariClient
from target_sakari.attempts import Attempts
from target_sakari.contacts.writer import ContactWriter
from target_sakari.mapping.inputs import ContactInput
from target_sakari.outcome import Outcome, RejectedError, Row
from target_sakari.reasons import Reason
from target_sakari.routes import Item, Route
from target_sakari.run import Run
from tests.client.reach import Sleeps

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sakari_emulator.rows import Contact
    from sakari_emulator.server import EmulatorServer

Record = dict[str, Any]
ROUTE = Route("people", "contacts")
TEXTS = ("firstName", "lastName", "email")


def number(at: int) -> str:
    """A number of nobody's."""
    return f"+1907555{140 + at:04}"


def people(count: int, **fields: Any) -> list[Record]:
    """Records of people with numbers of their own."""
    return [{"mobile": number(at), "firstName": f"P{at}", **fields} for at in range(count)]


def read(item: Item) -> ContactInput:
    """What a record means: `mobile` is text, null clears, `bad` is a mistake in it."""
    record = item.record
    if "bad" in record:
        raise RejectedError(Reason.INVALID, "bad is not allowed.")
    tags = record.get("tags")
    return ContactInput(
        sakari_id=record.get("id"),
        mobile=record.get("mobile"),
        country=record.get("country"),
        email=record.get("email"),
        fields={name: record[name] for name in TEXTS if name in record},
        tags=None if tags is None else tuple(map(_tag, tags)),
        attributes=record.get("attributes", {}),
        deleted=record.get("deleted", False),
    )


def _tag(tag: Any) -> Record:
    return tag if isinstance(tag, dict) else {"tag": tag}


@dataclass
class Load:
    """What a load came to."""

    outcomes: list[tuple[Item, Outcome]] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    duplicates: list[int] = field(default_factory=list)

    def __getitem__(self, position: int) -> Outcome:
        [outcome] = [one for item, one in self.outcomes if item.position == position]
        return outcome

    @property
    def counts(self) -> dict[str, int]:
        return dict(Counter(one.outcome for _, one in self.outcomes))

    @property
    def decisions(self) -> list[tuple[int, str, str, Any]]:
        """What was done or would be done, the same in a dry run."""
        return sorted(
            (item.position, one.action, one.outcome.replace("planned", "written"), one.reason)
            for item, one in self.outcomes
        )


def never() -> bool:
    return False


def load(  # noqa: PLR0913
    settings: dict[str, Any],
    records: Sequence[Record],
    route: Route = ROUTE,
    *,
    batch: int = 1000,
    routes: Sequence[Route] = (),
    stopping: Callable[[], bool] = never,
    finish: bool = True,
    into: Load | None = None,
    **options: Any,
) -> Load:
    """Load records, batch by batch; each is of the route, or of that which it names by `route`."""
    result = Load() if into is None else into
    attempts = Attempts()
    items = [Item(at, one.get("route", route), one) for at, one in enumerate(records)]
    with SakariClient.from_settings(settings, clock=Sleeps().clock, on_try=attempts) as client:
        run = Run(
            client,
            stopping,
            attempts=attempts,
            duplicate=lambda item: result.duplicates.append(item.position),
            **options,
        )
        writer = ContactWriter(run, read)
        for start in range(0, len(items), batch):
            writer.write(items[start : start + batch], lambda *told: result.outcomes.append(told))
        if finish:
            writer.finish(routes or [route], result.rows.append)
        run.at_end.close()
    return result


def stored(emulator: EmulatorServer, mobile: str) -> Contact:
    """The one contact with a number."""
    [contact] = [
        one for one in emulator.account.contacts if one.mobile and one.mobile.number == mobile
    ]
    return contact


def tags(contact: Contact) -> dict[str, bool]:
    return {tag["tag"]: tag["visible"] for tag in contact.tags}


def methods(emulator: EmulatorServer) -> dict[str, int]:
    """How many requests for contacts came, by method."""
    return dict(Counter(one.method for one in emulator.requests if "/contacts" in one.path))


def turn(emulator: EmulatorServer, ahead: int) -> int:
    """The number of a request that is still to come, for the switches that hit each n-th one."""
    return sum("/accounts/" in one.path for one in emulator.requests) + ahead
