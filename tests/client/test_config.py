"""Wrong settings are refused, and the error names the setting."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
import trustme

from sakari_client.config import SETTINGS, ClientConfig
from sakari_client.errors import ConfigError
from sakari_client.http.transport import Transport

if TYPE_CHECKING:
    from pathlib import Path

CREDENTIALS: dict[str, Any] = {"client_id": "an-id", "client_secret": "s3cret", "account_id": "1a"}


@pytest.mark.parametrize(
    ("given", "origin"),
    [
        ("https://api.sakari.io", "https://api.sakari.io"),
        ("https://api.sakari.io/", "https://api.sakari.io"),
        ("https://api.sakari.io/v1", "https://api.sakari.io"),
        ("https://api.sakari.io/v1/", "https://api.sakari.io"),
        ("http://127.0.0.1:8998", "http://127.0.0.1:8998"),
        ("http://localhost:8998/v1", "http://localhost:8998"),
        ("http://[::1]:8998", "http://[::1]:8998"),
    ],
)
def test_api_url_is_reduced_to_its_origin(given: str, origin: str) -> None:
    config = ClientConfig(**CREDENTIALS, api_url=given)
    assert config.api_url == origin
    assert config.auth_url == f"{origin}/oauth2/token"


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("client_id", ""),
        ("client_secret", "  "),
        ("account_id", ""),
        ("account_id", None),
        ("api_url", "http://api.sakari.io"),
        ("api_url", "http://192.0.2.1"),
        ("api_url", "api.sakari.io"),
        ("api_url", "ftp://api.sakari.io"),
        ("api_url", "https://"),
        ("api_url", "https://[oops"),
        ("api_url", "https://api.sakari.io:port"),
        ("api_url", "https://user:word@api.sakari.io"),
        ("api_url", "https://api.sakari.io/?a=b"),
        ("auth_url", "http://login.example.com/token"),
        ("ca_file", "no/such/file.pem"),
        ("client_secret", 12345),
        ("requests_per_second", 0),
        ("requests_per_second", "fast"),
        ("requests_per_second", "nan"),
        ("concurrency", 0),
        ("concurrency", 1000),
        ("concurrency", "many"),
        ("max_retries", -1),
        ("request_timeout", "0"),
        ("request_timeout", 1e300),
        ("api_url", "https://api sakari.io"),
        ("api_url", "https://.sakari.io"),
        ("api_url", "https://*.sakari.io"),
        ("api_url", f"https://{'a' * 70}.sakari.io"),
        ("proxy_url", "socks5://127.0.0.1:1080"),
        ("proxy_url", "http://user:pw@host:port"),
        ("proxy_url", "proxy.example.com:3128"),
        ("user_agent", "a\nb"),
        ("user_agent", "Zo\u00eb's tap"),
        ("user_agent", ""),
    ],
)
def test_a_wrong_setting_is_named(setting: str, value: object) -> None:
    with pytest.raises(ConfigError) as caught:
        ClientConfig.from_settings({**CREDENTIALS, setting: value})
    assert caught.value.setting == setting
    assert str(caught.value).startswith(f"{setting}: ")


@pytest.mark.parametrize("name", CREDENTIALS)
def test_what_is_missing_is_said_to_a_program_and_not_to_a_shell(name: str) -> None:
    given = {other: one for other, one in CREDENTIALS.items() if other != name}
    for settings in (given, {**given, name: None}):
        with pytest.raises(ConfigError) as caught:
            ClientConfig.from_settings(settings)
        assert str(caught.value) == f"{name}: is missing, or None."


def test_absent_and_null_settings_take_their_defaults() -> None:
    config = ClientConfig.from_settings({**CREDENTIALS, "proxy_url": None, "other": 1})
    assert config == ClientConfig(**CREDENTIALS)
    for name, schema in SETTINGS.items():
        if "default" in schema:
            assert getattr(config, name) == schema["default"]


def test_whole_numbers_may_be_written_as_floats() -> None:
    config = ClientConfig.from_settings({**CREDENTIALS, "concurrency": 4.0})
    assert isinstance(config.concurrency, int)


def test_a_ca_bundle_of_the_environment_must_exist(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "no/such/file.pem")
    with pytest.raises(ConfigError, match=r"^ca_file: REQUESTS_CA_BUNDLE names no/such"):
        Transport(ClientConfig(**CREDENTIALS))


def test_numbers_may_be_text_as_in_the_environment() -> None:
    config = ClientConfig.from_settings({**CREDENTIALS, "requests_per_second": "0.5"})
    assert config.requests_per_second == 0.5


def test_secrets_are_not_shown() -> None:
    config = ClientConfig(**CREDENTIALS, proxy_url="http://me:word@proxy.example.com")
    for secret in ("an-id", "s3cret", "word"):
        assert secret not in repr(config)
        assert secret not in str(config)


def test_a_ca_file_that_exists_is_accepted(tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    trustme.CA().cert_pem.write_to_path(str(file))
    assert ClientConfig(**CREDENTIALS, ca_file=str(file)).ca_file == str(file)


def test_a_fraction_in_a_settings_file_is_a_number_like_any_other() -> None:
    given = {**CREDENTIALS, "retry_max_wait": Decimal("0.5"), "requests_per_second": Decimal("2.5")}
    config = ClientConfig.from_settings(given)
    assert config.retry_max_wait * 0.5 == 0.25
    assert config.requests_per_second == 2.5
    assert isinstance(config.requests_per_second, float)
