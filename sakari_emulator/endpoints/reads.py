"""GET of lists, of single rows, and of the account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sakari_emulator import answers, company
from sakari_emulator.account import STREAMS
from sakari_emulator.endpoints.call import success
from sakari_emulator.shapes import show

if TYPE_CHECKING:
    from starlette.responses import Response

    from sakari_emulator.endpoints.call import Call, Endpoint


def _list(stream: str) -> Endpoint:
    def endpoint(call: Call) -> Response:
        if call.emulator.faults.of_list(stream, call.switches):
            return answers.failure(call.switches.error_status, call.switches.error_body)
        return answers.json(call.emulator.lists.answer(stream, call.query, call.switches))

    return endpoint


def _get(stream: str) -> Endpoint:
    def endpoint(call: Call) -> Response:
        return success(show(call.row(stream), call.switches))

    return endpoint


def _account(call: Call) -> Response:
    account = call.emulator.account
    return success(company.account(account.balance, account.maker.users[0], call.switches))


def _balance(call: Call) -> Response:
    return success(company.balance(call.emulator.account.balance, call.switches))


ENDPOINTS: list[tuple[str, str, Endpoint]] = [
    *(("GET", f"/{stream}", _list(stream)) for stream in STREAMS),
    *(("GET", f"/{stream}/{{id}}", _get(stream)) for stream in STREAMS if stream != "webhooks"),
    ("GET", "", _account),
    ("GET", "/balance", _balance),
]
