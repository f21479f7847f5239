"""Sending."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sakari_emulator import bodies
from sakari_emulator.endpoints.call import success
from sakari_emulator.sends import Send

if TYPE_CHECKING:
    from starlette.responses import Response

    from sakari_emulator.endpoints.call import Call, Endpoint


def _send(call: Call) -> Response:
    body = bodies.json_object(call.body)
    return success(Send(call.emulator.account, call.switches, body).run())


ENDPOINTS: list[tuple[str, str, Endpoint]] = [("POST", "/messages", _send)]
