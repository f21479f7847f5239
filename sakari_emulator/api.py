"""The API's paths: /oauth2/token and everything under /v1/accounts/{accountId}.

An endpoint is a plain function from a `Call` to an answer; `Api.serve` does what all share: log,
faults, token, account.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.responses import Response
from starlette.routing import Route

from sakari_emulator import answers, bodies, company, faults, tokens
from sakari_emulator.account import STREAMS
from sakari_emulator.contact_writes import STRATEGIES, Writes, key_id, read_fields
from sakari_emulator.emulator import Emulator, LoggedRequest
from sakari_emulator.errors import (
    INVALID_CONVERSATION,
    NO_ACCESS,
    UNAUTHORIZED,
    WRONG_ACCOUNT,
    ApiError,
    bad_request,
    envelope,
    not_found,
)
from sakari_emulator.sends import Send
from sakari_emulator.shapes import show
from sakari_emulator.switches import every

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request

    from sakari_emulator.rows import Contact, Json
    from sakari_emulator.switches import Switches

    Endpoint = Callable[["Call"], Response]

_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]
_PAGE_OF_ONE = {"totalCount": 1, "limit": 1, "offset": 0, "hasNext": False}


@dataclass(frozen=True)
class Call:
    """One request that got past the doorkeeper.

    Attributes:
        emulator: The state.
        switches: As they were when the request came in.
        path: What the path's placeholders stand for.
        query: Query parameters.
        body: As sent.
    """

    emulator: Emulator
    switches: Switches
    path: dict[str, str]
    query: dict[str, str]
    body: bytes


def _list(stream: str) -> Endpoint:
    def endpoint(call: Call) -> Response:
        if call.emulator.faults.of_list(stream, call.switches):
            return answers.failure(call.switches.error_status, call.switches.error_body)
        return answers.json(call.emulator.lists.answer(stream, call.query, call.switches))

    return endpoint


def _get(stream: str) -> Endpoint:
    def endpoint(call: Call) -> Response:
        row = call.emulator.account.table(stream).find(call.path["id"])
        if row is None and stream == "conversations":
            raise ApiError(404, INVALID_CONVERSATION, "Invalid conversation id")
        if row is None:
            raise not_found(stream[:-1])
        return answers.json({"success": True, "data": show(row, call.switches)})

    return endpoint


def _create_contact(call: Call) -> Response:
    """POST /contacts with one contact; with an array of them only if the switch allows it."""
    strategy = call.query.get("mergeStrategy")
    if strategy is not None and strategy not in STRATEGIES:
        raise bad_request(f"mergeStrategy must be one of {', '.join(STRATEGIES)}")
    body = bodies.json_value(call.body)
    if isinstance(body, list) and call.switches.bulk_array == "reject":
        raise bad_request("the body must be one contact")
    form = "array" if isinstance(body, list) else call.switches.contact_create_answer
    sent = bodies.objects(body if isinstance(body, list) else [body], "a contact")
    writes = Writes(call.emulator.account, call.switches)
    for item in sent:
        read_fields(item)  # all are refused, before any is written, where one cannot be
    shown = [_written(writes.create(item, strategy), call) for item in sent]
    return answers.json(_created(shown, form), call.switches.create_status)


def _created(shown: list[Json], form: str) -> Json:
    if form == "array":
        return {"success": True, "pagination": _PAGE_OF_ONE, "data": shown}
    return {"success": True, "data": {"contacts": shown} if form == "contacts" else shown[0]}


def _written(contact: Contact, call: Call) -> Json:
    return {**show(contact, call.switches), "keyId": key_id(contact)}


def _update_contact(call: Call) -> Response:
    writes = Writes(call.emulator.account, call.switches)
    contact = writes.update(call.path["id"], bodies.json_object(call.body))
    return answers.json({"success": True, "data": _written(contact, call)})


def _delete_contact(call: Call) -> Response:
    Writes(call.emulator.account, call.switches).delete(call.path["id"])
    if call.switches.delete_status == 204:  # noqa: PLR2004 - a value of the switch
        return Response(status_code=204)
    return answers.json({"success": True})


def _send_messages(call: Call) -> Response:
    body = bodies.json_object(call.body)
    data = Send(call.emulator.account, call.switches, body).run()
    return answers.json({"success": True, "data": data})


def _account(call: Call) -> Response:
    account = call.emulator.account
    data = company.account(account.balance, account.maker.users[0], call.switches)
    return answers.json({"success": True, "data": data})


def _balance(call: Call) -> Response:
    data = company.balance(call.emulator.account.balance, call.switches)
    return answers.json({"success": True, "data": data})


def _missing(_: Call) -> Response:
    raise not_found("path")


_ENDPOINTS: list[tuple[str, str, Endpoint]] = [
    *(("GET", f"/{stream}", _list(stream)) for stream in STREAMS),
    *(("GET", f"/{stream}/{{id}}", _get(stream)) for stream in STREAMS if stream != "webhooks"),
    ("POST", "/contacts", _create_contact),
    ("PUT", "/contacts/{id}", _update_contact),
    ("DELETE", "/contacts/{id}", _delete_contact),
    ("POST", "/messages", _send_messages),
    ("GET", "", _account),
    ("GET", "/balance", _balance),
]


def routes(emulator: Emulator) -> list[Route]:
    """Every path of the API, ending with the one that takes whatever is left."""
    api = _Api(emulator)
    found = [
        Route("/v1/accounts/{account}" + path, api.serve(endpoint), methods=[method])
        for method, path, endpoint in _ENDPOINTS
    ]
    token = Route("/oauth2/token", api.token, methods=["POST"])
    return [token, *found, Route("/{path:path}", api.serve(_missing), methods=_METHODS)]


class _Api:
    """What every request goes through before and after its endpoint."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator

    async def token(self, request: Request) -> Response:
        """POST /oauth2/token."""
        emulator, entry = self._emulator, self._logged(request)
        body = await request.body()
        kind = request.headers.get("content-type", "")
        response = emulator.faults.token(emulator.switches)
        if response is None:
            try:
                tokens.check_credentials(kind, body, emulator.switches)
                issued = emulator.tokens.issue(emulator.clock(), emulator.switches)
                response = answers.json(issued)
            except ApiError as error:
                response = _refusal(error)
        entry.status = response.status_code
        return response

    def serve(self, endpoint: Endpoint) -> Callable[[Request], Awaitable[Response]]:
        """The endpoint behind everything that all of them share."""

        async def served(request: Request) -> Response:
            entry, switches = self._logged(request), self._emulator.switches
            turn = self._emulator.faults.next_request()
            body = await request.body()
            if switches.latency_ms:
                await asyncio.sleep(switches.latency_ms / 1000)
            response = self._answer(endpoint, request, body, switches, turn)
            if not isinstance(response, answers.Reset | answers.Hang):
                entry.status = response.status_code
                response = faults.damaged(response, turn, switches)
            return response

        return served

    def _logged(self, request: Request) -> LoggedRequest:
        entry = LoggedRequest(
            request.method,
            request.url.path,
            dict(request.query_params),
            self._emulator.clock(),
        )
        self._emulator.log.append(entry)
        return entry

    def _answer(
        self, endpoint: Endpoint, request: Request, body: bytes, switches: Switches, turn: int
    ) -> Response:
        emulator = self._emulator
        now = emulator.clock()
        emulator.tick()
        if every(switches.revoke_every, turn):
            emulator.tokens.revoke_all()
        fault = emulator.faults.instead(turn, now, switches)
        if fault is not None:
            return fault
        authorization = request.headers.get("authorization", "")
        if not emulator.tokens.accepts(authorization, now):
            return _unauthorized(authorization, switches)
        path = dict(request.path_params)
        call = Call(emulator, switches, path, dict(request.query_params), body)
        try:
            if path.get("account", tokens.ACCOUNT_ID) != tokens.ACCOUNT_ID:
                raise ApiError(404, WRONG_ACCOUNT, "Account id is invalid")  # noqa: TRY301
            response = endpoint(call)
        except ApiError as error:
            return _refusal(error)
        if request.method == "POST":
            return emulator.faults.after_accept(switches) or response
        return response


def _refusal(error: ApiError) -> Response:
    return answers.json(envelope(error.code, error.message), error.status)


def _unauthorized(authorization: str, switches: Switches) -> Response:
    if not authorization or switches.expired_answer == "401_json":
        return answers.json(envelope(UNAUTHORIZED, "Missing, unknown or expired token"), 401)
    if switches.expired_answer == "401_text":
        return Response("Unauthorized", 401, media_type="text/plain")
    return answers.json(envelope(NO_ACCESS, "Insufficient access to this API"), 403)
