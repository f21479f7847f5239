"""The control endpoint, /_emulator: outside of the API, without a token and without a log."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from typing import TYPE_CHECKING

from starlette.routing import Route

from sakari_emulator import answers, bodies, events
from sakari_emulator.account import EVENT_TYPES, STATUSES, STREAMS
from sakari_emulator.errors import ApiError, bad_request, envelope, not_found
from sakari_emulator.shapes import show
from sakari_emulator.switches import SwitchError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request
    from starlette.responses import Response

    from sakari_emulator.emulator import Emulator
    from sakari_emulator.rows import Json

    Handler = Callable[["_Control", Request], Awaitable[Json]]

PREFIX = "/_emulator"


class _Control:
    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator

    async def switches(self, _: Request) -> Json:
        return dict(self._emulator.switches.as_dict())

    async def change_switches(self, request: Request) -> Json:
        values = bodies.json_object(await request.body())
        try:
            self._emulator.switches = self._emulator.switches.changed(values)
        except SwitchError as error:
            raise bad_request(str(error)) from None
        return dict(self._emulator.switches.as_dict())

    async def requests(self, _: Request) -> Json:
        log = self._emulator.log
        return {"count": len(log), "requests": [asdict(entry) for entry in log]}

    async def clear_requests(self, _: Request) -> Json:
        self._emulator.log.clear()
        return {"count": 0}

    async def rows(self, request: Request) -> Json:
        ids = self._emulator.ids(_stream(request))
        answer: Json = {"count": len(ids), "ids_sha256": digest(ids)}
        if request.query_params.get("ids") == "1":
            answer["ids"] = ids
        return answer

    async def reset(self, _: Request) -> Json:
        self._emulator.reset()
        return {"reset": True}

    async def insert(self, request: Request) -> Json:
        stream, count = _stream(request), _count(request)
        return {"ids": self._emulator.account.insert(stream, count)}

    async def delete(self, request: Request) -> Json:
        stream, count = _stream(request), _count(request)
        where = self._emulator.switches.delete_where
        return {"ids": self._emulator.account.delete(stream, count, where)}

    async def set_status(self, request: Request) -> Json:
        emulator = self._emulator
        emulator.tick()
        message = emulator.account.messages.find(request.path_params["id"])
        if message is None:
            raise not_found("message")
        status = bodies.json_object(await request.body()).get("status")
        if status not in STATUSES:
            raise bad_request(f"status must be one of {', '.join(STATUSES)}")
        emulator.account.set_status(message, str(status))
        return show(message, emulator.switches)

    async def receive(self, request: Request) -> Json:
        body = bodies.json_object(await request.body())
        mobile, message = body.get("mobile"), body.get("message")
        if not isinstance(mobile, str) or not isinstance(message, str):
            raise bad_request("mobile and message must be strings")
        return self._emulator.receive(mobile, message)

    async def subscribe(self, request: Request) -> Json:
        body = bodies.json_object(await request.body())
        url, types = body.get("url"), body.get("eventTypes", list(EVENT_TYPES))
        if not isinstance(url, str):
            raise bad_request("url must be a string")
        if not isinstance(types, list) or not set(EVENT_TYPES).issuperset(map(str, types)):
            raise bad_request(f"eventTypes must be some of {', '.join(EVENT_TYPES)}")
        webhook = events.subscribe(self._emulator.account, url, types)
        return show(webhook, self._emulator.switches)

    async def deliveries(self, _: Request) -> Json:
        courier = self._emulator.courier
        found = [asdict(delivery) for delivery in courier.deliveries]
        return {"count": len(found), "skipped": courier.skipped, "deliveries": found}

    async def tick(self, _: Request) -> Json:
        self._emulator.tick()
        self._emulator.courier.release()
        return {"tick": True}


def digest(ids: list[str]) -> str:
    """SHA-256 in hex of the ids, sorted, each followed by a line feed."""
    return hashlib.sha256("".join(f"{i}\n" for i in sorted(ids)).encode()).hexdigest()


def _stream(request: Request) -> str:
    stream = str(request.path_params["stream"])
    if stream not in STREAMS:
        raise bad_request(f"{stream} is not one of {', '.join(STREAMS)}")
    return stream


def _count(request: Request) -> int:
    text = request.query_params.get("count", "1")
    if not (text.isascii() and text.isdecimal()):
        raise bad_request("count must be a whole number")
    return int(text)


def routes(emulator: Emulator) -> list[Route]:
    """Every path of the control endpoint."""
    control = _Control(emulator)
    endpoints: list[tuple[str, str, Callable[[Request], Awaitable[Json]]]] = [
        ("GET", "/switches", control.switches),
        ("PATCH", "/switches", control.change_switches),
        ("GET", "/requests", control.requests),
        ("DELETE", "/requests", control.clear_requests),
        ("GET", "/rows/{stream}", control.rows),
        ("POST", "/reset", control.reset),
        ("POST", "/insert/{stream}", control.insert),
        ("POST", "/delete/{stream}", control.delete),
        ("POST", "/messages/{id}/status", control.set_status),
        ("POST", "/receive", control.receive),
        ("POST", "/webhooks", control.subscribe),
        ("GET", "/deliveries", control.deliveries),
        ("POST", "/tick", control.tick),
    ]
    known = [
        Route(PREFIX + path, _answered(handler), methods=[method])
        for method, path, handler in endpoints
    ]
    return [*known, Route(PREFIX + "/{path:path}", _answered(_unknown), methods=["GET", "POST"])]


async def _unknown(_: Request) -> Json:
    raise not_found("control path")


def _answered(
    handler: Callable[[Request], Awaitable[Json]],
) -> Callable[[Request], Awaitable[Response]]:
    async def answered(request: Request) -> Response:
        try:
            return answers.json(await handler(request))
        except ApiError as error:
            return answers.json(envelope(error.code, error.message), error.status)

    return answered
