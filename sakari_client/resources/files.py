"""Files for messages: shared by a short link."""

from __future__ import annotations

from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import IO, TYPE_CHECKING

from sakari_client.errors import InvalidAnswerError, InvalidInputError
from sakari_client.http.bodies import as_bytes, as_upload
from sakari_client.http.envelope import whole
from sakari_client.http.transport import Operation

if TYPE_CHECKING:
    from sakari_client.http.transport import Transport

# Doing it twice makes a second link, which does no harm.
_SHARE = Operation("POST", "/sharefile", root="/v1/tools")

LARGEST = 100_000_000
"""Bytes. Sakari documents no limit; this one keeps a wrong path from filling the memory."""


@dataclass(frozen=True)
class SharedFile:
    """A file that can be fetched (ShareFileResponse).

    Attributes:
        link: its address, to be put into a text, or into `media` of an MMS. It is all that is
            needed to fetch the file, so it is not shown.
        expires: until when, ISO 8601; None where Sakari does not say.
    """

    link: str = field(repr=False)
    expires: str | None


class Files:
    """Files shared by a link."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def share(
        self,
        file: bytes | bytearray | memoryview | str | PathLike[str] | IO[bytes],
        *,
        name: str | None = None,
        as_form: bool = False,
    ) -> SharedFile:
        """`POST /v1/tools/sharefile`: have Sakari host a file for a while.

        Args:
            file: its bytes, its path, or a stream that gives bytes.
            name: what it is called, where sent as a form. Default: as its path has it.
            as_form: send `multipart/form-data`, which tells name and type; otherwise the bytes
                alone go as `application/octet-stream`. Sakari documents both.

        Returns:
            The link, and until when it works.

        Raises:
            InvalidInputError: the file is none, cannot be read, is empty, or is larger than
                100 MB; or the name is no text.
            SakariError: the request failed for good.
        """
        if not isinstance(name, str | None):
            raise InvalidInputError("name", "must be text.")
        content = _content(file)
        if not content:
            raise InvalidInputError("file", "is empty.")
        if len(content) > LARGEST:
            raise InvalidInputError("file", f"is larger than {LARGEST // 1_000_000} MB.")
        name = name or (Path(file).name if isinstance(file, str | PathLike) else "file")
        try:
            body = as_upload("media", name, content) if as_form else as_bytes(content)
        except UnicodeEncodeError:
            raise InvalidInputError("name", "holds half a character (a lone surrogate).") from None
        data = self._transport.call(_SHARE, body=body, read=whole)
        link, expires = data.get("link"), data.get("expires")
        if not isinstance(link, str) or not link:
            raise InvalidAnswerError(f"{_SHARE}: the answer holds no link.", operation=str(_SHARE))
        return SharedFile(link, expires if isinstance(expires, str) else None)


def _content(file: bytes | bytearray | memoryview | str | PathLike[str] | IO[bytes]) -> bytes:
    """All of a file, or a little more than is allowed of it."""
    if isinstance(file, bytes | bytearray | memoryview):
        return bytes(file)
    if not (isinstance(file, str | PathLike) or hasattr(file, "read")):
        raise InvalidInputError("file", "must be bytes, a path, or a stream that gives bytes.")
    try:
        if isinstance(file, str | PathLike):
            with Path(file).open("rb") as opened:
                return _read(opened)
        return _read(file)
    except OSError as error:
        raise InvalidInputError("file", f"cannot be read: {error.strerror}.") from None
    except ValueError:
        raise InvalidInputError("file", "has a path that none can have.") from None


def _read(stream: IO[bytes]) -> bytes:
    """All of a stream, or a little more than is allowed; a pipe gives it in parts."""
    content = bytearray()
    while len(content) <= LARGEST:
        part = stream.read(LARGEST + 1 - len(content))
        if not isinstance(part, bytes):
            raise InvalidInputError("file", "gives no bytes; open it with 'rb'.")
        if not part:
            break
        content += part
    return bytes(content)
