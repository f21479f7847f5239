from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import requests

from sakari_emulator.server import EmulatorServer
from tests.emulator.conftest import PATIENCE, Api
from tests.fake_clock import FakeClock

if TYPE_CHECKING:
    from collections.abc import Iterator

EVERY_BYTE = b"\r\n--" + bytes(range(256)) * 3 + b"\n\r\n\r--\r\n"
HOUR = 3600


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def timed(clock: FakeClock) -> Iterator[Api]:
    """A client of an emulator whose time the test moves."""
    with EmulatorServer(contacts=1, messages=1, clock=lambda: clock.now) as server:
        client = Api(server)
        client.log_in()
        yield client
        client.session.close()


def _share(api: Api, content: bytes = EVERY_BYTE, **more: Any) -> requests.Response:
    if not more:
        more = {"data": content, "headers": {"Content-Type": "application/octet-stream"}}
    return api.session.post(f"{api.server.url}/v1/tools/sharefile", timeout=PATIENCE, **more)


def _shared(api: Api, content: bytes = EVERY_BYTE, **more: Any) -> dict[str, Any]:
    response = _share(api, content, **more)
    assert (response.status_code, response.json()["success"]) == (200, True)
    data: dict[str, Any] = response.json()["data"]
    return data


def test_a_link_gives_the_file_to_anybody(api: Api) -> None:
    link = _shared(api)["link"]
    assert link.startswith(f"{api.server.url}/s/")
    response = requests.get(link, timeout=PATIENCE)
    assert (response.status_code, response.content) == (200, EVERY_BYTE)
    assert response.headers["content-type"] == "application/octet-stream"
    assert _shared(api)["link"] != link


@pytest.mark.parametrize(
    "content",
    [EVERY_BYTE, b"\r\n", b"\n", b"\r", b"no line", b"a\r\n\r\nb\r\n", "\u00e9".encode() * 1000],
)
def test_a_file_in_a_form_comes_back_byte_for_byte(api: Api, content: bytes) -> None:
    form = {
        "note": (None, "not the file"),
        "media": ("caf\u00e9 1.png", content, "image/png"),
    }
    response = requests.get(_shared(api, files=form)["link"], timeout=PATIENCE)
    assert response.content == content
    assert response.headers["content-type"] == "image/png"


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        ({"data": b"", "headers": {"Content-Type": "application/octet-stream"}}, 400),
        ({"files": {"media": b""}}, 400),
        ({"files": {"file": b"GIF89a"}}, 400),
        ({"data": b"x", "headers": {"Content-Type": "multipart/form-data"}}, 400),
        ({"json": {"media": "x"}}, 415),
        ({"data": b"x"}, 415),
    ],
    ids=["empty", "empty field", "another field", "no boundary", "json", "no type"],
)
def test_what_is_no_file_is_refused(api: Api, request_: dict[str, Any], status: int) -> None:
    response = _share(api, **request_)
    assert (response.status_code, response.json()["error"]["code"]) == (status, "EMU-BAD-REQUEST")


def test_sharing_needs_a_token(api: Api) -> None:
    del api.session.headers["Authorization"]
    assert _share(api).status_code == 401


def test_a_link_that_was_never_given_is_not_found(api: Api) -> None:
    response = requests.get(f"{api.server.url}/s/nothing", timeout=PATIENCE)
    assert (response.status_code, response.json()["success"]) == (404, False)


@pytest.mark.parametrize("share_hours", [24, 2])
def test_a_link_expires(timed: Api, clock: FakeClock, share_hours: int) -> None:
    timed.server.switch(share_hours=share_hours)
    shared = _shared(timed)
    day, hour = (15, 22) if share_hours == 24 else (15, 0)
    assert shared["expires"] == f"2023-11-{day}T{hour:02d}:13:20.000Z"
    clock.now += share_hours * HOUR - 1
    assert requests.get(shared["link"], timeout=PATIENCE).status_code == 200
    clock.now += 1
    assert requests.get(shared["link"], timeout=PATIENCE).status_code == 404


def test_a_new_file_does_not_end_those_that_have_time_left(timed: Api, clock: FakeClock) -> None:
    old = _shared(timed)["link"]
    clock.now += HOUR // 2
    new = _shared(timed, b"new")["link"]
    assert requests.get(old, timeout=PATIENCE).content == EVERY_BYTE
    assert requests.get(new, timeout=PATIENCE).content == b"new"


def test_reset_forgets_the_files(api: Api) -> None:
    link = _shared(api)["link"]
    api.server.reset()
    assert requests.get(link, timeout=PATIENCE).status_code == 404


def test_share_max_mb(api: Api) -> None:
    large = b"x" * 1_000_001
    assert _share(api, large).status_code == 200
    api.server.switch(share_max_mb=1)
    response = _share(api, large)
    assert (response.status_code, response.json()["error"]["code"]) == (413, "EMU-TOO-LARGE")
    assert _share(api, large[1:]).status_code == 200
    assert _share(api, files={"media": large}).status_code == 413
