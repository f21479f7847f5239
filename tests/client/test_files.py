"""Files: shared by a link, from bytes, a path or a stream, in both documented forms."""

from __future__ import annotations

import io
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from sakari_client.client import SakariClient
from sakari_client.errors import InvalidAnswerError, InvalidInputError
from sakari_client.resources import files
from sakari_emulator.server import EmulatorServer
from tests.client.reach import Sleeps
from tests.conftest import settings_for
from tests.odd_server import answer, odd_server

if TYPE_CHECKING:
    from collections.abc import Iterator

CONTENT = bytes(range(256)) * 40 + b"\r\n--boundary--\r\n"


@pytest.fixture
def sakari(emulator: EmulatorServer, settings: dict[str, Any]) -> Iterator[SakariClient]:
    with SakariClient.from_settings(settings, clock=Sleeps().clock) as client:
        yield client


def fetched(link: str) -> bytes:
    with urllib.request.urlopen(link, timeout=5) as response:  # noqa: S310 - of the emulator
        content: bytes = response.read()
    return content


@pytest.mark.parametrize("as_form", [False, True])
@pytest.mark.parametrize("kind", ["bytes", "bytearray", "view", "path", "text path", "stream"])
def test_a_shared_file_can_be_fetched(
    sakari: SakariClient,
    tmp_path: Path,
    kind: str,
    as_form: bool,  # noqa: FBT001
) -> None:
    path = tmp_path / 'pictüre "1".png'
    path.write_bytes(CONTENT)
    file: dict[str, Any] = {
        "bytes": CONTENT,
        "bytearray": bytearray(CONTENT),
        "view": memoryview(CONTENT),
        "path": path,
        "text path": str(path),
        "stream": io.BytesIO(CONTENT),
    }
    shared = sakari.files.share(file[kind], as_form=as_form)
    assert fetched(shared.link) == CONTENT
    assert shared.expires


class Dripping(io.BytesIO):
    """A stream that gives a little at a time, and None where it has nothing yet."""

    def __init__(self, parts: list[bytes | None]) -> None:
        self._parts = parts

    def read(self, _size: int | None = -1) -> Any:
        return self._parts.pop(0) if self._parts else b""


def test_a_stream_is_read_until_it_gives_nothing(
    emulator: EmulatorServer, sakari: SakariClient
) -> None:
    assert fetched(sakari.files.share(Dripping([b"a", b"bc", b"d"])).link) == b"abcd"
    asked = len(emulator.requests)
    with pytest.raises(InvalidInputError, match="gives no bytes"):
        sakari.files.share(Dripping([b"a", None, b"bc"]))  # it is not there yet
    assert len(emulator.requests) == asked


def test_a_form_tells_the_name_and_the_type(settings: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "cat.png").write_bytes(CONTENT)
    body = b'{"success": true, "data": {"link": "https://skri.io/x"}}'
    with odd_server(answer(body)) as server:
        with SakariClient.from_settings({**settings, "api_url": server.url}) as sakari:
            shared = sakari.files.share(tmp_path / "cat.png", as_form=True)
            sakari.files.share(b"text", name="a.txt", as_form=True)
            sakari.files.share(b"bytes")
    assert (shared.link, shared.expires) == ("https://skri.io/x", None)
    assert server.heads[-1].startswith("POST /v1/tools/sharefile ")
    assert "Content-Type: application/octet-stream" in server.heads[-1]
    assert server.bodies[-1] == b"bytes"
    assert b'name="media"; filename="cat.png"\r\nContent-Type: image/png' in server.bodies[-3]
    assert b'filename="a.txt"\r\nContent-Type: text/plain' in server.bodies[-2]


def test_a_share_whose_answer_is_lost_is_repeated(
    emulator: EmulatorServer, sakari: SakariClient
) -> None:
    emulator.switch(fail_after_accept_every=2)
    for _ in range(3):
        assert fetched(sakari.files.share(CONTENT).link) == CONTENT


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (b"", "is empty"),
        ("/nowhere/cat.png", "cannot be read: No such file"),
        (io.StringIO("text"), "open it with 'rb'"),
        (None, "must be bytes, a path, or a stream"),
        (123, "must be bytes, a path, or a stream"),
    ],
)
def test_what_is_no_file_is_said(
    emulator: EmulatorServer, sakari: SakariClient, file: Any, said: str
) -> None:
    with pytest.raises(InvalidInputError, match=said):
        sakari.files.share(file)
    assert not emulator.requests


def test_no_more_than_the_most_is_read(
    sakari: SakariClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "LARGEST", 1_000_000)
    path = tmp_path / "large"
    with path.open("wb") as opened:
        opened.truncate(10_000_000)
    with pytest.raises(InvalidInputError, match="larger than 1 MB"):
        sakari.files.share(path)
    with pytest.raises(InvalidInputError, match="larger than 1 MB"):
        sakari.files.share(Path("/dev/zero"))


def test_an_answer_without_a_link_is_said(settings: dict[str, Any]) -> None:
    with odd_server(answer(b'{"success": true, "data": {}}')) as server:
        quick = {**settings, "api_url": server.url, "max_retries": 0}
        with SakariClient.from_settings(quick) as sakari:
            with pytest.raises(InvalidAnswerError, match="holds no link"):
                sakari.files.share(b"x")


def test_a_link_ends() -> None:
    now = [1_800_000_000.0]
    with EmulatorServer(clock=lambda: now[0]) as emulator:
        with SakariClient.from_settings(settings_for(emulator)) as sakari:
            link = sakari.files.share(CONTENT).link
        assert fetched(link) == CONTENT
        now[0] += 25 * 3600
        with pytest.raises(urllib.error.HTTPError, match="404") as caught:
            fetched(link)
        caught.value.close()
