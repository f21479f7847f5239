"""A request on its way to an endpoint, and the answers that endpoints share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from starlette.responses import Response

from sakari_emulator import answers
from sakari_emulator.errors import INVALID_CONVERSATION, ApiError, not_found

if TYPE_CHECKING:
    from sakari_emulator.emulator import Emulator
    from sakari_emulator.rows import Json
    from sakari_emulator.switches import Switches


@dataclass(frozen=True)
class Call:
    """One request that got past the doorkeeper.

    Attributes:
        emulator: The state.
        switches: As they were when the request came in.
        path: What the path's placeholders stand for.
        last_part: What follows the last slash of the path as it was sent, decoded: a slash in it
            came as %2F.
        query: Query parameters.
        content_type: The whole header.
        body: As sent.
        base_url: Where the client reaches the emulator, with a slash at the end.
    """

    emulator: Emulator
    switches: Switches
    path: dict[str, str]
    last_part: str
    query: dict[str, str]
    content_type: str
    body: bytes
    base_url: str

    @property
    def media_type(self) -> str:
        """The kind of body, in lower case and without parameters; empty if it was not told."""
        return self.content_type.partition(";")[0].strip().lower()

    def row(self, stream: str) -> Any:
        """The row of that resource whose id stands in the path.

        Raises:
            ApiError: 404, there is none.
        """
        row = self.emulator.account.table(stream).find(self.path["id"])
        if row is None and stream == "conversations":
            raise ApiError(404, INVALID_CONVERSATION, "Invalid conversation id")
        if row is None:
            raise not_found(stream[:-1])
        return row


Endpoint = Callable[[Call], Response]


def success(data: Any, status: int = 200) -> Response:
    """The envelope around `data`."""
    return answers.json({"success": True, "data": data}, status)


def deleted(switches: Switches) -> Response:
    """The answer to a DELETE that was done."""
    if switches.delete_status == 204:  # noqa: PLR2004 - a value of the switch
        return Response(status_code=204)
    return answers.json({"success": True})


def as_list(shown: list[Json], status: int) -> Response:
    """What was made as a page of a list, which is how v1.0.1 has contacts and templates."""
    pagination = {"totalCount": len(shown), "limit": len(shown), "offset": 0, "hasNext": False}
    return answers.json({"success": True, "pagination": pagination, "data": shown}, status)
