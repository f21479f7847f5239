from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest
import requests

from sakari_emulator.server import EmulatorServer
from tests.emulator.conftest import Api

if TYPE_CHECKING:
    from collections.abc import Iterator


class Clock:
    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="module")
def _timed() -> Iterator[tuple[EmulatorServer, Clock]]:
    clock = Clock()
    with EmulatorServer(contacts=3, messages=3, clock=clock) as server:
        yield server, clock


@pytest.fixture
def timed(_timed: tuple[EmulatorServer, Clock]) -> Iterator[tuple[Api, Clock]]:
    server, clock = _timed
    server.reset()
    client = Api(server)
    client.log_in()
    yield client, clock
    client.session.close()


def test_a_token_ends_with_its_lifetime(timed: tuple[Api, Clock]) -> None:
    api, clock = timed
    clock.now += 3599
    assert api.get("contacts").status_code == 200
    clock.now += 1
    assert api.get("contacts").status_code == 401
    api.server.switch(token_lifetime=10)
    api.log_in()
    clock.now += 9
    assert api.get("contacts").status_code == 200
    clock.now += 1
    assert api.get("contacts").status_code == 401


def test_the_default_token_is_a_jwt_that_tells_its_end(timed: tuple[Api, Clock]) -> None:
    api, clock = timed
    answer = api.token().json()
    assert set(answer) == {"access_token", "token_type"}
    head, claims, signature = answer["access_token"].split(".")
    assert signature
    read = [json.loads(base64.urlsafe_b64decode(part + "==")) for part in (head, claims)]
    assert read[0]["typ"] == "JWT"
    assert (read[1]["iat"], read[1]["exp"]) == (clock.now, clock.now + 3600)


def test_token_form_opaque(api: Api) -> None:
    api.server.switch(token_form="opaque")
    assert "." not in api.token().json()["access_token"]
    api.log_in()
    assert api.get("contacts").status_code == 200


@pytest.mark.parametrize(("form", "told"), [("number", 60), ("string", "60")])
def test_token_expires_in(api: Api, form: str, told: Any) -> None:
    api.server.switch(token_expires_in=form, token_lifetime=60)
    assert api.token().json()["expires_in"] == told


def _form(api: Api) -> dict[str, str]:
    return {
        "grant_type": "client_credentials",
        "client_id": api.server.client_id,
        "client_secret": api.server.client_secret,
    }


@pytest.mark.parametrize(
    ("kind", "json_status", "form_status"), [("any", 200, 200), ("json", 200, 415)]
)
def test_token_body(api: Api, kind: str, json_status: int, form_status: int) -> None:
    api.server.switch(token_body=kind)
    assert api.token().status_code == json_status
    assert api.token(json=None, data=_form(api)).status_code == form_status


def test_token_body_form_refuses_json(api: Api) -> None:
    api.server.switch(token_body="form", token_refusal_status=400)
    assert api.token().status_code == 400
    assert api.token(json=None, data=_form(api)).status_code == 200


def test_wrong_credentials_are_401_in_json(api: Api) -> None:
    for name in ("client_id", "client_secret"):
        response = api.token(json={**_form(api), name: "wrong"})
        assert (response.status_code, response.json()["success"]) == (401, False)
    assert api.token(json={**_form(api), "grant_type": "password"}).status_code == 400
    assert api.token(json=["no"]).status_code == 400


@pytest.mark.parametrize(
    ("form", "status", "kind"),
    [
        ("401_json", 401, "application/json"),
        ("401_text", 401, "text/plain; charset=utf-8"),
        ("403_json", 403, "application/json"),
    ],
)
def test_expired_answer(api: Api, form: str, status: int, kind: str) -> None:
    api.server.switch(expired_answer=form)
    api.session.headers["Authorization"] = "Bearer unknown"
    response = api.get("contacts")
    assert (response.status_code, response.headers["content-type"]) == (status, kind)


def test_every_path_needs_a_token(api: Api) -> None:
    del api.session.headers["Authorization"]
    for method, path in [
        ("GET", "contacts"), ("GET", "messages/x"), ("POST", "contacts"), ("PUT", "contacts/x"),
        ("DELETE", "contacts/x"), ("POST", "messages"), ("GET", "nothing"),
    ]:  # fmt: skip
        assert api.call(method, path).status_code == 401


def test_the_scheme_may_be_in_lower_case(api: Api) -> None:
    token = str(api.session.headers["Authorization"]).split()[1]
    api.session.headers["Authorization"] = f"bearer {token}"
    assert api.get("contacts").status_code == 200


def test_another_account_is_not_there(api: Api) -> None:
    url = f"{api.server.url}/v1/accounts/{'f' * 24}/contacts"
    response = requests.get(url, headers=dict(api.session.headers), timeout=5)
    assert (response.status_code, response.json()["error"]["code"]) == (404, "ACCT-008")


def test_revoke_every(api: Api) -> None:
    api.server.switch(revoke_every=3)
    statuses = []
    for _ in range(6):
        response = api.get("contacts")
        statuses.append(response.status_code)
        if response.status_code == 401:
            api.log_in()
    assert statuses == [200, 200, 401, 200, 200, 401]


def test_token_error_every(api: Api) -> None:
    api.server.switch(token_error_every=2, error_status=503)
    assert [api.token().status_code for _ in range(3)] == [503, 200, 503]


def test_api_faults_spare_the_token_endpoint(api: Api) -> None:
    api.server.switch(error_every=1, reset_every=1, rate_limit_every=1)
    assert api.token().status_code == 200
