"""Files that are hosted for a while, and reading one out of a form."""

from __future__ import annotations

from dataclasses import dataclass
from email import message_from_bytes, policy

from sakari_emulator.errors import bad_request, not_found


@dataclass(frozen=True)
class SharedFile:
    """One file.

    Attributes:
        content: Its bytes.
        media_type: Such as "image/png".
        expires: Milliseconds since 1970; from then on it is gone.
    """

    content: bytes
    media_type: str
    expires: int


class SharedFiles:
    """The files by the last part of their link."""

    def __init__(self) -> None:
        self._files: dict[str, SharedFile] = {}

    def add(self, name: str, file: SharedFile, now: int) -> None:
        """Take in a file, and forget those whose time is over."""
        fresh = {name: kept for name, kept in self._files.items() if now < kept.expires}
        self._files = {**fresh, name: file}

    def find(self, name: str, now: int) -> SharedFile:
        """The file of that name.

        Raises:
            ApiError: 404, there is none, or none any more.
        """
        file = self._files.get(name)
        if file is None or now >= file.expires:
            raise not_found("file")
        return file


def media_field(content_type: str, body: bytes) -> tuple[bytes, str]:
    """The content and the media type of the field `media` of a multipart/form-data body.

    Raises:
        ApiError: 400, it has no such field.
    """
    head = f"Content-Type: {content_type}\r\n\r\n".encode("latin-1")
    form = message_from_bytes(head + body, policy=policy.HTTP)
    for part in form.iter_parts():
        if part.get_param("name", header="content-disposition") == "media":
            content = part.get_payload(decode=True)
            return (content if isinstance(content, bytes) else b""), part.get_content_type()
    raise bad_request("the form has no field media")
