"""The API's paths: /oauth2/token, the links of shared files, and everything under /v1.

An endpoint is a plain function from a `Call` to an answer; `_Api.serve` does what all share: log,
faults, token, account.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from urllib.parse import unquote

from starlette.responses import Response
from starlette.routing import Route

from sakari_emulator import answers, faults, tokens
from sakari_emulator.emulator import LoggedRequest
from sakari_emulator.endpoints import ENDPOINTS
from sakari_emulator.endpoints.call import Call
from sakari_emulator.errors import (
    NO_ACCESS,
    UNAUTHORIZED,
    WRONG_ACCOUNT,
    ApiError,
    envelope,
    not_found,
)
from sakari_emulator.switches import every

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request

    from sakari_emulator.emulator import Emulator
    from sakari_emulator.endpoints.call import Endpoint
    from sakari_emulator.switches import Switches

_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]


def _missing(_: Call) -> Response:
    raise not_found("path")


def routes(emulator: Emulator) -> list[Route]:
    """Every path of the API, ending with the one that takes whatever is left."""
    api = _Api(emulator)
    open_to_all = [
        Route("/oauth2/token", api.token, methods=["POST"]),
        Route("/s/{name}", api.shared_file, methods=["GET"]),
    ]
    found = [
        Route(path, api.serve(endpoint), methods=[method]) for method, path, endpoint in ENDPOINTS
    ]
    return [*open_to_all, *found, Route("/{path:path}", api.serve(_missing), methods=_METHODS)]


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

    async def shared_file(self, request: Request) -> Response:
        """GET of the link that POST /v1/tools/sharefile gave."""
        entry = self._logged(request)
        try:
            name = request.path_params["name"]
            file = self._emulator.files.find(name, self._emulator.account.now())
            # Not media_type=: Starlette would add a charset to any kind of text.
            response = Response(file.content, headers={"content-type": file.media_type})
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
            _raw_path(request),
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
        if every(switches.revoke_every, turn):
            emulator.tokens.revoke_all()
        fault = emulator.faults.instead(turn, now, switches)
        if fault is not None:
            return fault
        authorization = request.headers.get("authorization", "")
        if not emulator.tokens.accepts(authorization, now):
            return _unauthorized(authorization, switches)
        path = dict(request.path_params)
        call = Call(
            emulator,
            switches,
            path,
            last_part=unquote(_raw_path(request).rpartition("/")[2]),
            query=dict(request.query_params),
            content_type=request.headers.get("content-type", ""),
            body=body,
            base_url=str(request.base_url),
        )
        try:
            if path.get("account", tokens.ACCOUNT_ID) != tokens.ACCOUNT_ID:
                raise ApiError(404, WRONG_ACCOUNT, "Account id is invalid")  # noqa: TRY301
            response = endpoint(call)
        except ApiError as error:
            return _refusal(error)
        if request.method == "POST":
            return emulator.faults.after_accept(switches) or response
        return response


def _raw_path(request: Request) -> str:
    """The path as it was sent: decoded, a URL in it could not be told from the rest."""
    raw: bytes = request.scope["raw_path"]
    return raw.decode("ascii")


def _refusal(error: ApiError) -> Response:
    return answers.json(envelope(error.code, error.message), error.status)


def _unauthorized(authorization: str, switches: Switches) -> Response:
    if not authorization or switches.expired_answer == "401_json":
        return answers.json(envelope(UNAUTHORIZED, "Missing, unknown or expired token"), 401)
    if switches.expired_answer == "401_text":
        return Response("Unauthorized", 401, media_type="text/plain")
    return answers.json(envelope(NO_ACCESS, "Insufficient access to this API"), 403)
