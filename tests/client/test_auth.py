"""How long a token lives, and how few are asked for."""

from __future__ import annotations

import base64
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from sakari_client.auth import TokenSource
from sakari_client.errors import AuthenticationError, InvalidAnswerError, ServerError
from tests.fake_clock import FakeClock


def jwt(**claims: Any) -> str:
    payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    return f"e30.{payload}.c2ln"


class Server:
    """Gives tokens, and counts."""

    def __init__(self, **answer: Any) -> None:
        self.answer = answer
        self.count = 0

    def __call__(self) -> Any:
        self.count += 1
        return {"access_token": f"token-{self.count}", **self.answer}


NOW = int(FakeClock().now)


@pytest.mark.parametrize(
    ("answer", "good_for"),
    [
        ({"expires_in": 3600}, 3540),
        ({"expires_in": "3600"}, 3540),
        ({"expires_in": 100}, 90),
        ({"expires_in": 3600, "access_token": jwt(exp=NOW + 100)}, 3540),
        ({"access_token": jwt(exp=NOW + 1000)}, 940),
        # A local clock that is a day wrong does no harm where the token says when it was made.
        ({"access_token": jwt(iat=NOW - 86_400, exp=NOW - 86_400 + 1000)}, 940),
        ({"expires_in": 0, "access_token": jwt(exp=NOW + 1000)}, 940),
        ({"expires_in": "soon"}, 1440),
        ({"expires_in": True}, 1440),
        ({"access_token": jwt(exp=NOW - 5)}, 1440),
        ({"access_token": "opaque"}, 1440),
        ({"access_token": "a.b.c"}, 1440),
        ({"access_token": jwt(sub="x")}, 1440),
    ],
)
def test_a_token_is_renewed_a_little_early(answer: dict[str, Any], good_for: float) -> None:
    fake = FakeClock()
    server = Server(**answer)
    tokens = TokenSource(server, fake.clock)
    tokens.token()
    fake.now += good_for - 1
    tokens.token()
    assert server.count == 1
    fake.now += 2
    tokens.token()
    assert server.count == 2


def test_eight_threads_at_start_ask_once() -> None:
    server = Server()
    barrier = threading.Barrier(8)
    tokens = TokenSource(server, FakeClock().clock)

    def ask() -> str:
        barrier.wait()
        return tokens.token()

    with ThreadPoolExecutor(8) as threads:
        given = list(threads.map(lambda _: ask(), range(8)))
    assert given == ["token-1"] * 8
    assert server.count == 1


def test_a_refused_token_is_renewed_once_for_all_threads() -> None:
    server = Server()
    tokens = TokenSource(server, FakeClock().clock)
    refused = tokens.token()
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: tokens.renew(refused), range(8)))
    assert tokens.token() == "token-2"
    assert server.count == 2


def test_wrong_credentials_are_tried_only_once() -> None:
    calls = []

    def refuse() -> None:
        calls.append(1)
        raise AuthenticationError("client_id: no")

    tokens = TokenSource(refuse, FakeClock().clock)
    for _ in range(3):
        with pytest.raises(AuthenticationError):
            tokens.token()
    assert len(calls) == 1


def test_a_failure_that_passes_is_tried_again() -> None:
    answers: list[Any] = [ServerError("503"), {"access_token": "good"}]

    def ask() -> Any:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    tokens = TokenSource(ask, FakeClock().clock)
    with pytest.raises(ServerError):
        tokens.token()
    assert tokens.token() == "good"


@pytest.mark.parametrize("answer", [None, [], {}, {"access_token": ""}, {"access_token": 5}])
def test_an_answer_without_a_token_is_an_error(answer: Any) -> None:
    tokens = TokenSource(lambda: answer, FakeClock().clock)
    with pytest.raises(InvalidAnswerError, match="holds no access_token"):
        tokens.token()


@pytest.mark.parametrize("token", ["s3cret\u20ac", "s3cret\r\nX-Injected: yes", "s3cret\0"])
def test_a_token_that_no_header_can_hold_is_an_error(token: str) -> None:
    tokens = TokenSource(lambda: {"access_token": token}, FakeClock().clock)
    with pytest.raises(
        InvalidAnswerError, match="holds no access_token that can be used"
    ) as caught:
        tokens.token()
    assert "s3cret" not in str(caught.value)
