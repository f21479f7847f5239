"""GET of a list: filters, order, the slice asked for, and everything that can go wrong with it."""

from __future__ import annotations

import re
from collections import Counter
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from sakari_emulator.errors import bad_request
from sakari_emulator.shapes import id_of, show
from sakari_emulator.switches import every

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sakari_emulator.account import Account
    from sakari_emulator.rows import Campaign, Contact, Form, Json, Link, Row
    from sakari_emulator.switches import Switches

    Filter = Callable[[list[Any], str, Switches], list[Any]]

_DOCUMENTED_LIMIT = 100


def ordered(account: Account, stream: str, switches: Switches, turn: int = 0) -> list[Any]:
    """All rows of a resource in the order of the switch; `turn` only matters for "random"."""
    seed = f"{account.maker.seed} {stream} {turn}"
    return account.table(stream).ordered(switches.order, seed)


class Lists:
    """Answers list requests, and counts them: several switches act on every n-th one."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._requests: Counter[str] = Counter()
        self._later_pages: Counter[str] = Counter()

    def answer(self, stream: str, query: Mapping[str, str], switches: Switches) -> Json:
        """The envelope of GET /v1/accounts/{accountId}/{stream}.

        Raises:
            ApiError: The offset or limit is not one.
        """
        offset, asked = _whole(query, "offset", 0, 0), _whole(query, "limit", 0, 1)
        if switches.over_limit == "reject" and asked > _DOCUMENTED_LIMIT:
            raise bad_request(f"limit must be at most {_DOCUMENTED_LIMIT}")
        self._requests[stream] += 1
        self._disturb(stream, switches)
        rows = ordered(self._account, stream, switches, self._requests[stream])
        rows = _filtered(rows, stream, query, switches)
        limit = min(asked or switches.default_limit, switches.page_cap)
        page, end = self._slice(rows, stream, offset, limit, switches)
        echo = limit if switches.limit_echo == "used" else asked or limit
        answer: Json = {"success": True}
        pagination = _pagination(len(rows), echo, offset, end, switches)
        if pagination:
            answer["pagination"] = pagination
        answer["data"] = [show(row, switches) for row in page]
        return answer

    def _disturb(self, stream: str, switches: Switches) -> None:
        """Rows come, change and go while somebody reads."""
        turn = self._requests[stream]
        if every(switches.insert_every, turn):
            self._account.insert(stream, switches.insert_rows)
        if every(switches.delete_every, turn):
            self._account.delete(stream, switches.delete_rows, switches.delete_where)
        if stream == "messages" and every(switches.change_every, turn):
            self._account.change(switches.change_rows)

    def _slice(
        self, rows: list[Row], stream: str, offset: int, limit: int, switches: Switches
    ) -> tuple[list[Row], int]:
        """The page, and how many rows the reader has seen after it."""
        start = 0 if switches.ignore_offset else offset
        if offset:
            self._later_pages[stream] += 1
            if every(switches.empty_page_every, self._later_pages[stream]):
                return [], start
            start = max(0, start - switches.repeat_rows)
        return rows[start : start + limit], start + limit


def _whole(query: Mapping[str, str], name: str, default: int, least: int) -> int:
    text = query.get(name, "")
    if not text:
        return default
    if not re.fullmatch(r"-?\d{1,18}", text, re.ASCII) or int(text) < least:
        raise bad_request(f"{name} must be a whole number from {least}")
    return int(text)


def _pagination(total: int, limit: int, offset: int, end: int, switches: Switches) -> Json:
    told = total
    if switches.wrong_total == "low":
        told = max(0, total - 1 - total // 10)
    elif switches.wrong_total == "high":
        told = total + 1 + total // 10
    fields: Json = {"totalCount": told, "limit": limit, "offset": offset, "hasNext": end < total}
    kept = {
        "full": ("totalCount", "limit", "offset", "hasNext"),
        "total": ("totalCount", "limit", "offset"),
        "has_next": ("limit", "offset", "hasNext"),
        "echo": ("limit", "offset"),
        "none": (),
    }[switches.pagination]
    return {name: fields[name] for name in kept}


def _filtered(
    rows: list[Row], stream: str, query: Mapping[str, str], switches: Switches
) -> list[Row]:
    """The rows that pass every documented filter; other query parameters are ignored."""
    for name, only in _FILTERS.get(stream, {}).items():
        wanted = query.get(name, "")
        if wanted:
            rows = only(rows, wanted, switches)
    return rows


def _text(attribute: str) -> Filter:
    """Rows whose text holds what is wanted, in whichever case ("or part of", v1.0.1)."""

    def only(rows: list[Any], wanted: str, _: Switches) -> list[Any]:
        part = wanted.casefold()
        return [row for row in rows if part in (getattr(row, attribute) or "").casefold()]

    return only


def _numbered(rows: list[Contact], wanted: str, switches: Switches) -> list[Contact]:
    """Contacts whose number, as they show it, holds what is wanted."""
    if switches.number_form == "e164":
        return [row for row in rows if row.mobile is not None and wanted in row.mobile.number]
    return [row for row in rows if row.mobile is not None and wanted in row.mobile.typed]


def _tagged(rows: list[Contact], wanted: str, _: Switches) -> list[Contact]:
    # The separator of several tags is not documented: comma and pipe both work here.
    names = {name.strip() for name in re.split(r"[,|]", wanted.casefold())}
    return [row for row in rows if any(tag["tag"].casefold() in names for tag in row.tags)]


def _belonging(attribute: str) -> Filter:
    """Messages of one contact or conversation, by its id."""
    owner = attrgetter(attribute)

    def only(rows: list[Any], wanted: str, switches: Switches) -> list[Any]:
        if switches.id_form == "hex":  # as it is stored: quick, as there are many messages
            return [row for row in rows if (one := owner(row)) and one.id == wanted]
        return [
            row for row in rows if (one := owner(row)) and str(id_of(one.id, switches)) == wanted
        ]

    return only


def _searched(text_of: Callable[[Any], str]) -> Filter:
    """Rows with the words in one of "multiple fields"; which, the newer documents do not say."""

    def only(rows: list[Any], wanted: str, _: Switches) -> list[Any]:
        return [row for row in rows if wanted.casefold() in text_of(row).casefold()]

    return only


def _link_text(link: Link) -> str:
    fields = link.fields
    return "\n".join((fields["name"], fields["destinationUrl"], fields["shortenedUrl"]))


def _form_text(form: Form) -> str:
    return form.name


def _named(rows: list[Campaign], wanted: str, _: Switches) -> list[Campaign]:
    part = wanted.casefold()
    return [row for row in rows if part in (row.fields.get("name") or "").casefold()]


_FILTERS: dict[str, dict[str, Filter]] = {
    "contacts": {
        "firstName": _text("first_name"),
        "lastName": _text("last_name"),
        "email": _text("email"),
        "mobile": _numbered,
        "tags": _tagged,
    },
    "messages": {"contactId": _belonging("contact"), "conversationId": _belonging("conversation")},
    "templates": {"name": _text("name")},
    "campaigns": {"name": _named},
    "links": {"q": _searched(_link_text)},
    "forms": {"q": _searched(_form_text)},
}
