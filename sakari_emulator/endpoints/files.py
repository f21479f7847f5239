"""POST /v1/tools/sharefile: a file is hosted under a short link for a while."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sakari_emulator.endpoints.call import success
from sakari_emulator.errors import TOO_LARGE, ApiError, bad_request
from sakari_emulator.shared_files import SharedFile, media_field
from sakari_emulator.times import iso

if TYPE_CHECKING:
    from starlette.responses import Response

    from sakari_emulator.endpoints.call import Call, Endpoint

_MEGABYTE = 1_000_000
_HOUR = 3600 * 1000


def _share(call: Call) -> Response:
    content, kind = _sent(call)
    if not content:
        raise bad_request("the file is empty")
    most = call.switches.share_max_mb
    if most and len(content) > most * _MEGABYTE:
        raise ApiError(413, TOO_LARGE, f"a file may have {most} MB")
    account = call.emulator.account
    expires = account.now() + call.switches.share_hours * _HOUR
    name = account.maker.new_id("files", account.now())
    call.emulator.files.add(name, SharedFile(content, kind, expires), account.now())
    return success({"link": f"{call.base_url}s/{name}", "expires": iso(expires)})


def _sent(call: Call) -> tuple[bytes, str]:
    """The file and its media type."""
    if call.media_type == "application/octet-stream":
        return call.body, call.media_type
    if call.media_type == "multipart/form-data":
        return media_field(call.content_type, call.body)
    raise bad_request("a file comes as application/octet-stream or multipart/form-data", 415)


ENDPOINTS: list[tuple[str, str, Endpoint]] = [("POST", "/v1/tools/sharefile", _share)]
