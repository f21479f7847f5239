"""Every behaviour of the emulator that can be changed, in one table.

The fields of `Switches` are that table: the command line, the control endpoint and the page
docs/emulator.md are all made from it. The first value named is what the documents make likely;
the others are what they leave open, or what goes wrong in practice.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields, replace
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, get_args, get_type_hints

if TYPE_CHECKING:
    from collections.abc import Mapping

SwitchValue = str | int | bool


class SwitchError(ValueError):
    """A switch that does not exist, or a value it cannot take."""


def _switch(
    default: SwitchValue, group: str, text: str, *, least: int = 0, most: int | None = None
) -> Any:
    metadata = {"group": group, "text": text, "least": least, "most": most}
    return field(default=default, metadata=metadata)


def _number(default: int, group: str, text: str, *, least: int = 0, most: int | None = None) -> Any:
    return _switch(default, group, text, least=least, most=most)


_PAGING = "Lists and paging"
_TOKEN = "Token"  # noqa: S105 - a heading
_FAULTS = "Faults"
_SHAPES = "Shapes"
_WRITES = "Writes"
_UPLOADS = "Uploads"
_LIFE = "Statuses and webhooks"


@dataclass(frozen=True)
class Switches:
    """One value for each switch; see `describe` for what they mean."""

    pagination: Literal["full", "total", "has_next", "echo", "none"] = _switch(
        "full",
        _PAGING,
        "what `pagination` holds: totalCount, limit, offset, hasNext; without hasNext; "
        "without totalCount; limit and offset only; no such object",
    )
    page_cap: int = _number(100, _PAGING, "most rows a page may hold", least=1)
    default_limit: int = _number(10, _PAGING, "rows of a page when no limit is asked", least=1)
    over_limit: Literal["cap", "reject"] = _switch(
        "cap", _PAGING, "a limit over 100 is brought down to `page_cap`, or answered with 400"
    )
    limit_echo: Literal["used", "asked"] = _switch(
        "used", _PAGING, "the `limit` echoed is the one used, or the one asked even when capped"
    )
    order: Literal["newest", "oldest", "id", "shuffled", "random"] = _switch(
        "newest",
        _PAGING,
        "of rows: by created.at then id, the reverse, by id, mixed but stable, "
        "mixed anew at each request",
    )
    ignore_offset: bool = _switch(False, _PAGING, "every page is the first one")  # noqa: FBT003
    empty_page_every: int = _number(
        0, _PAGING, "every n-th request with an offset answers no rows though there are some"
    )
    repeat_rows: int = _number(
        0, _PAGING, "pages with an offset start this many rows earlier than asked"
    )
    insert_every: int = _number(
        0, _PAGING, "every n-th list request of a resource, new rows appear before it is answered"
    )
    insert_rows: int = _number(1, _PAGING, "rows that appear then", least=1)
    delete_every: int = _number(
        0, _PAGING, "every n-th list request of a resource, rows vanish before it is answered"
    )
    delete_rows: int = _number(1, _PAGING, "rows that vanish then", least=1)
    delete_where: Literal["anywhere", "front", "back"] = _switch(
        "anywhere", _PAGING, "which rows vanish: seeded random ones, the newest, the oldest"
    )
    change_every: int = _number(
        0, _PAGING, "every n-th list request of messages, some change their status and updated.at"
    )
    change_rows: int = _number(1, _PAGING, "messages that change then", least=1)
    wrong_total: Literal["exact", "low", "high"] = _switch(
        "exact", _PAGING, "`totalCount` is right, about a tenth too low, about a tenth too high"
    )

    token_expires_in: Literal["absent", "number", "string"] = _switch(
        "absent", _TOKEN, "form of `expires_in` in the token answer"
    )
    token_lifetime: int = _number(3600, _TOKEN, "seconds a token is accepted", least=1)
    token_form: Literal["jwt", "opaque"] = _switch("jwt", _TOKEN, "kind of access token")
    token_body: Literal["any", "json", "form"] = _switch(
        "any", _TOKEN, "request bodies that the token endpoint reads"
    )
    token_refusal_status: Literal[415, 400] = _switch(
        415, _TOKEN, "status that refuses the other kind of body"
    )
    token_error_every: int = _number(
        0, _TOKEN, "every n-th token request fails with `error_status` and `error_body`"
    )
    expired_answer: Literal["401_json", "401_text", "403_json"] = _switch(
        "401_json", _TOKEN, "answer to a token that is expired or unknown"
    )
    revoke_every: int = _number(
        0, _TOKEN, "every n-th API request makes all tokens invalid before it is looked at"
    )

    error_every: int = _number(0, _FAULTS, "every n-th API request fails with `error_status`")
    error_status: int = _number(500, _FAULTS, "that status", least=400, most=599)
    error_body: Literal["json", "html", "empty"] = _switch("json", _FAULTS, "that answer's body")
    fail_stream: Literal[
        "none", "contacts", "messages", "templates", "campaigns", "conversations", "webhooks",
        "calls", "links", "forms",
    ] = _switch(
        "none", _FAULTS, "the one list that fails, with `error_status` and `error_body`"
    )  # fmt: skip
    fail_stream_after: int = _number(0, _FAULTS, "requests of that list that are answered before")
    reset_every: int = _number(
        0, _FAULTS, "every n-th API request has its connection reset, with no effect and no answer"
    )
    fail_after_accept_every: int = _number(
        0, _FAULTS, "every n-th accepted POST takes effect, then fails"
    )
    fail_after_accept: Literal["reset", "500", "hang"] = _switch(
        "reset", _FAULTS, "how: connection reset, status 500, no answer until the client gives up"
    )
    truncate_every: int = _number(
        0, _FAULTS, "every n-th API answer stops half way through its body"
    )
    success_false_every: int = _number(
        0, _FAULTS, "every n-th API request is answered 200 with success false, and has no effect"
    )
    html_every: int = _number(
        0, _FAULTS, "every n-th API request is answered 200 with an HTML page, and has no effect"
    )
    bad_json_every: int = _number(0, _FAULTS, "every n-th API answer is not JSON to its end")
    rate_limit: int = _number(0, _FAULTS, "API requests allowed within any second; 0 for no limit")
    rate_limit_every: int = _number(0, _FAULTS, "every n-th API request is answered 429 regardless")
    retry_after: Literal["none", "seconds", "date"] = _switch(
        "none", _FAULTS, "form of Retry-After on a 429"
    )
    retry_after_seconds: int = _number(1, _FAULTS, "the wait that Retry-After asks for")
    latency_ms: int = _number(0, _FAULTS, "milliseconds before an API request is looked at")
    slow_body: int = _number(
        0, _FAULTS, "milliseconds between the twenty pieces in which a body is sent"
    )
    huge_body: int = _number(0, _FAULTS, "megabytes of padding added to every API answer")

    id_form: Literal["hex", "integer"] = _switch("hex", _SHAPES, "ids: 24 hex digits, or integers")
    number_form: Literal["e164", "as_sent"] = _switch(
        "e164", _SHAPES, "a contact's number: E.164, or as it was typed"
    )
    price_form: Literal["number", "string"] = _switch(
        "number", _SHAPES, "a message's price, and the money that the account has left"
    )
    created_form: Literal["object", "string", "missing"] = _switch(
        "object", _SHAPES, "`created`: {at, by}, the time alone, or not there"
    )
    updated_form: Literal["object", "string", "missing"] = _switch(
        "object", _SHAPES, "`updated`, likewise"
    )
    closed_form: Literal["date", "future_date", "boolean", "null"] = _switch(
        "date",
        _SHAPES,
        "`closed` of a conversation: seven days after its last message, "
        "ten years after it, true or false, null",
    )
    phone_number_form: Literal["documented", "string", "object"] = _switch(
        "documented",
        _SHAPES,
        "`phoneNumber`: a string on a message and an object on a conversation or call, or one of "
        "them on all",
    )
    tags_form: Literal["objects", "strings", "missing"] = _switch(
        "objects", _SHAPES, "a contact's `tags`: {tag, visible}, plain strings, or only `lists`"
    )
    webhook_form: Literal["new", "old"] = _switch(
        "new", _SHAPES, "a webhook: {id, type, eventTypes, destination} or {url, eventTypes}"
    )
    extra_fields: bool = _switch(
        False,  # noqa: FBT003
        _SHAPES,
        "every object also holds fields that no document names",
    )
    nesting: int = _number(
        1, _SHAPES, "how deep conversation and lastMessage hold each other", most=20
    )

    contact_create_answer: Literal["object", "array", "contacts"] = _switch(
        "object", _WRITES, "`data` of a created contact: itself, [it], or {contacts: [it]}"
    )
    template_create_answer: Literal["array", "object"] = _switch(
        "array", _WRITES, "`data` of a created template: [it], as documented, or itself"
    )
    create_status: Literal[201, 200] = _switch(
        201, _WRITES, "status of a created contact, template or campaign, and of a CSV upload"
    )
    put: Literal["replace", "merge"] = _switch(
        "replace",
        _WRITES,
        "an update of a contact, template or campaign erases what it does not mention, or keeps it",
    )
    append: Literal["adds", "replaces"] = _switch(
        "adds",
        _WRITES,
        "mergeStrategy append adds tags, lists and attributes to those there, or replaces them",
    )
    duplicate: Literal["merge", "error"] = _switch(
        "merge", _WRITES, "POST of a known number without mergeStrategy: as append, or 400"
    )
    bulk_array: Literal["accept", "reject"] = _switch(
        "reject", _WRITES, "POST of an array of contacts: all are written, or 400"
    )
    delete_missing: Literal[404, 200] = _switch(
        404, _WRITES, "status of deleting what is not there; 200: as if it had been"
    )
    delete_status: Literal[200, 204] = _switch(
        200, _WRITES, "status of deleting a contact, template or campaign; 204 has no body"
    )
    webhook_delete: Literal["url", "id_404", "id_405"] = _switch(
        "url",
        _WRITES,
        "a webhook is deleted by its URL; only by its id, and by its URL is answered 404, or 405",
    )
    unknown_event: Literal["reject", "accept"] = _switch(
        "reject", _WRITES, "subscribing to an event type that no document names: 400, or taken"
    )

    csv: Literal["accept", "reject"] = _switch(
        "accept", _UPLOADS, "POST of contacts as text/csv: they are written, or 415"
    )
    csv_lists: Literal["full", "counts"] = _switch(
        "full",
        _UPLOADS,
        "`contacts` and `errors` of its answer: filled, or empty beside the counts",
    )
    csv_bad_row: Literal["told", "fails_all"] = _switch(
        "told",
        _UPLOADS,
        "a row that cannot be written is listed in `errors`, or the upload is refused with 400",
    )
    csv_max_rows: int = _number(
        0, _UPLOADS, "rows of a CSV file above which it is answered 413; 0 for no limit"
    )
    share_hours: int = _number(
        24, _UPLOADS, "hours for which a shared file can be had (made up)", least=1
    )
    share_max_mb: int = _number(
        0, _UPLOADS, "megabytes of a shared file above which it is answered 413; 0 for no limit"
    )

    status_seconds: int = _number(
        0, _LIFE, "seconds from one status of a sent message to the next; 0: it stays queued"
    )
    webhook_body: Literal["real", "documented"] = _switch(
        "real",
        _LIFE,
        "what is posted to webhooks: {accountId, eventType, payload}, or {eventId, type, "
        "accountId, data} and then of messages only",
    )
    webhook_repeat: int = _number(0, _LIFE, "every n-th delivery to a webhook is sent twice")
    webhook_shuffle: bool = _switch(
        False,  # noqa: FBT003
        _LIFE,
        "deliveries to webhooks change places in pairs: the first waits until the next has gone",
    )

    def __post_init__(self) -> None:
        """Refuse values that a switch cannot take."""
        for spec in describe():
            spec.check(getattr(self, spec.name))

    def changed(self, values: Mapping[str, Any]) -> Switches:
        """These switches with some of them set to other values.

        Raises:
            SwitchError: A name or a value is not one of those that exist.
        """
        unknown = sorted(set(values) - {spec.name for spec in describe()})
        if unknown:
            raise SwitchError(f"no such switch: {', '.join(unknown)}")
        return replace(self, **values)

    def as_dict(self) -> dict[str, SwitchValue]:
        """Every switch and its value."""
        return asdict(self)


@dataclass(frozen=True)
class Spec:
    """What one switch is: the row of the table that options and documentation are made of.

    Attributes:
        name: In snake case.
        default: Also tells the kind: a bool, an int, or one of `choices`.
        choices: Empty unless the value is one of a few.
        least: Smallest number allowed.
        most: Largest number allowed, or None.
        group: Heading it stands under.
        text: One line of help.
    """

    name: str
    default: SwitchValue
    choices: tuple[SwitchValue, ...]
    least: int
    most: int | None
    group: str
    text: str

    @property
    def option(self) -> str:
        """Its name on the command line."""
        return "--" + self.name.replace("_", "-")

    @property
    def values(self) -> str:
        """What it may be set to, for a reader."""
        if self.choices:
            return ", ".join(map(str, self.choices))
        if isinstance(self.default, bool):
            return "true, false"
        return f"{self.least} to {self.most}" if self.most is not None else f"{self.least} and up"

    def check(self, value: object) -> None:
        """Refuse a value of another kind or out of range.

        Raises:
            SwitchError: With the name of the switch and what it may be.
        """
        if self.choices:
            good = value in self.choices
        else:
            good = isinstance(self.default, bool) or self._in_range(value)
        # Not isinstance: True is an int, but no number of rows.
        if not good or type(value) is not type(self.default):
            raise SwitchError(f"{self.name} cannot be {value!r}: {self.values}")

    def _in_range(self, value: Any) -> bool:
        whole = type(value) is int and value >= self.least
        return whole and (self.most is None or value <= self.most)


@cache
def describe() -> tuple[Spec, ...]:
    """Every switch, in the order of the table."""
    kinds, defaults = get_type_hints(Switches), vars(Switches)
    return tuple(
        Spec(
            name=item.name,
            default=defaults[item.name],
            choices=get_args(kinds[item.name]),
            least=item.metadata["least"],
            most=item.metadata["most"],
            group=item.metadata["group"],
            text=item.metadata["text"],
        )
        for item in fields(Switches)
    )


def every(n: int, count: int) -> bool:
    """Whether the count-th time is one of every n; never when n is 0."""
    return n > 0 and count % n == 0


def markdown() -> str:
    """The tables of switches that stand in docs/emulator.md."""
    lines: list[str] = []
    heading = ""
    for spec in describe():
        if spec.group != heading:
            heading = spec.group
            lines += ["", f"### {heading}", "", "| switch | values | default | what it does |"]
            lines += ["| --- | --- | --- | --- |"]
        default = str(spec.default).lower()
        lines.append(f"| `{spec.option}` | {spec.values} | {default} | {spec.text} |")
    return "\n".join(lines[1:]) + "\n"
