"""The client's settings: one table, read by the client, the tap and the target alike."""

from __future__ import annotations

import ipaddress
import math
import re
import ssl
from dataclasses import dataclass, fields
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from sakari_client.errors import ConfigError
from sakari_client.settings_check import check_settings
from sakari_client.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULT_API_URL = "https://api.sakari.io"

SETTINGS: dict[str, dict[str, Any]] = {
    "client_id": {
        "type": "string",
        "title": "Client id",
        "secret": True,
        "description": "Client id of the API credentials (hub.sakari.io, Settings > Account "
        "Settings > API).",
    },
    "client_secret": {
        "type": "string",
        "title": "Client secret",
        "secret": True,
        "description": "Client secret of the API credentials (same place as the client id).",
    },
    "account_id": {
        "type": "string",
        "title": "Account id",
        "description": "Id of the Sakari account, 24 hexadecimal digits (same place as the "
        "client id).",
    },
    "api_url": {
        "type": "string",
        "title": "API URL",
        "default": DEFAULT_API_URL,
        "description": "Origin of the API. Must be https, unless it is this machine "
        "(loopback), as the emulator is.",
    },
    "auth_url": {
        "type": ["string", "null"],
        "title": "Token URL",
        "description": "Address that gives access tokens. Default: /oauth2/token on the origin "
        "of api_url.",
    },
    "requests_per_second": {
        "type": ["number", "string"],
        "title": "Requests per second",
        "default": 20,
        "exclusiveMinimum": 0,
        "description": "Most requests per second, all streams together. Sakari does not publish "
        "its limit: the client learns it from the first 429 and stays just below it. Lower this to "
        "leave room for others who use the account; raise it where Sakari allows you more.",
    },
    "concurrency": {
        "type": "integer",
        "title": "Concurrency",
        "default": 8,
        "minimum": 1,
        "maximum": 64,
        "description": "Most requests in flight at the same time: there are a few at first, and "
        "more while that makes it faster, up to this. Also the size of the connection pool; at "
        "most half as many pages again are held in memory.",
    },
    "connect_timeout": {
        "type": ["number", "string"],
        "title": "Connect timeout",
        "default": 10,
        "exclusiveMinimum": 0,
        "maximum": 86400,
        "description": "Seconds to wait for a connection.",
    },
    "request_timeout": {
        "type": ["number", "string"],
        "title": "Request timeout",
        "default": 60,
        "exclusiveMinimum": 0,
        "maximum": 86400,
        "description": "Seconds for a request and its answer, from the first byte sent to the "
        "last one received.",
    },
    "max_retries": {
        "type": "integer",
        "title": "Retries",
        "default": 5,
        "minimum": 0,
        "description": "How often a request that failed is tried again, where repeating it does "
        "no harm.",
    },
    "retry_max_wait": {
        "type": ["number", "string"],
        "title": "Longest wait",
        "default": 60,
        "minimum": 0,
        "maximum": 86400,
        "description": "Longest wait in seconds between two tries. A server that asks for a "
        "longer one (Retry-After) ends the request with an error.",
    },
    "max_response_mb": {
        "type": ["number", "string"],
        "title": "Largest answer",
        "default": 64,
        "exclusiveMinimum": 0,
        "description": "Largest answer accepted, in megabytes, after decompression.",
    },
    "ca_file": {
        "type": ["string", "null"],
        "title": "CA file",
        "description": "PEM file of the certificate authorities to trust, for a network that "
        "inspects TLS. Default: REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE, else the built-in list.",
    },
    "proxy_url": {
        "type": ["string", "null"],
        "title": "Proxy URL",
        "secret": True,
        "description": "HTTP proxy, as http://user:password@host:port. Default: the variables "
        "HTTPS_PROXY, HTTP_PROXY and NO_PROXY.",
    },
    "circuit_breaker_failures": {
        "type": "integer",
        "title": "Circuit breaker: failures",
        "default": 10,
        "minimum": 1,
        "description": "After so many requests of one kind in a row that failed in spite of their "
        "retries, further ones fail at once.",
    },
    "circuit_breaker_cooldown": {
        "type": ["number", "string"],
        "title": "Circuit breaker: cool-down",
        "default": 60,
        "minimum": 0,
        "maximum": 86400,
        "description": "Seconds until one request is let through again to try.",
    },
    "user_agent": {
        "type": "string",
        "title": "User agent",
        "default": f"singer-sakari/{VERSION}",
        "pattern": "^[ -~]+$",
        "description": "User-Agent header of every request.",
    },
}
"""JSON Schema of every setting, by name. `secret: true` marks those that are never shown."""

_LABEL = "[a-z0-9_][a-z0-9_-]{0,62}"
_HOST = re.compile(rf"{_LABEL}(\.{_LABEL})*\.?|[0-9a-f:.]*:[0-9a-f:.]*", re.IGNORECASE)
"""Host names and addresses that can be looked up; not `.sakari.io`, not `api sakari.io`."""

REQUIRED = ("client_id", "client_secret", "account_id")


@dataclass(frozen=True)
class ClientConfig:
    """All settings of a client; `SETTINGS` describes each.

    Raises:
        ConfigError: a setting is missing or wrong; the error names it.
    """

    client_id: str
    client_secret: str
    account_id: str
    api_url: str = DEFAULT_API_URL
    auth_url: str | None = None
    requests_per_second: float = SETTINGS["requests_per_second"]["default"]
    concurrency: int = SETTINGS["concurrency"]["default"]
    connect_timeout: float = SETTINGS["connect_timeout"]["default"]
    request_timeout: float = SETTINGS["request_timeout"]["default"]
    max_retries: int = SETTINGS["max_retries"]["default"]
    retry_max_wait: float = SETTINGS["retry_max_wait"]["default"]
    max_response_mb: float = SETTINGS["max_response_mb"]["default"]
    ca_file: str | None = None
    proxy_url: str | None = None
    circuit_breaker_failures: int = SETTINGS["circuit_breaker_failures"]["default"]
    circuit_breaker_cooldown: float = SETTINGS["circuit_breaker_cooldown"]["default"]
    user_agent: str = SETTINGS["user_agent"]["default"]

    def __post_init__(self) -> None:
        for name in REQUIRED:
            object.__setattr__(self, name, getattr(self, name).strip())
            if not getattr(self, name):
                raise ConfigError(
                    name, "is empty. It stands at hub.sakari.io, Settings > Account Settings > API."
                )
        object.__setattr__(self, "api_url", _origin(self.api_url))
        auth_url = self.auth_url or f"{self.api_url}/oauth2/token"
        _require_safe_url("auth_url", auth_url)
        object.__setattr__(self, "auth_url", auth_url)
        if self.proxy_url:
            _require_proxy(self.proxy_url)
        if self.ca_file:
            _require_certificates(self.ca_file)
        if not (self.user_agent.isascii() and self.user_agent.isprintable()):
            raise ConfigError("user_agent", "must be printable ASCII, which is all headers hold.")

    def __repr__(self) -> str:
        """The settings without the secret ones."""
        shown = (
            f"{field.name}={getattr(self, field.name)!r}"
            for field in fields(self)
            if not SETTINGS[field.name].get("secret")
        )
        return f"ClientConfig({', '.join(shown)})"

    @classmethod
    def from_settings(cls, settings: Mapping[str, Any]) -> ClientConfig:
        """Take the client's settings out of a plugin's; those that are absent or null default.

        Raises:
            ConfigError: a setting is missing or wrong; the error names it.
        """
        given = {
            field.name: _number(field.name, settings[field.name])
            for field in fields(cls)
            if settings.get(field.name) is not None
        }
        for name in REQUIRED:
            if name not in given:
                raise ConfigError(name, "is missing, or None.")
        check_settings({"properties": SETTINGS}, given)
        return cls(**given)


def _number(name: str, value: Any) -> Any:
    """Turn text into a number where the setting is one: in the environment all is text."""
    if isinstance(value, Decimal):
        value = float(value)  # so the SDK reads the fractions in a file
    if SETTINGS[name]["type"] == "integer" and isinstance(value, float) and value.is_integer():
        return int(value)  # 4.0 is a whole number in JSON
    if not isinstance(value, str) or "number" not in SETTINGS[name]["type"]:
        return value
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise ConfigError(name, "must be a number.")
    return number


def _origin(api_url: str) -> str:
    """Reduce what people paste (`…/`, `…/v1`) to the API's origin."""
    origin = api_url.strip().rstrip("/").removesuffix("/v1").rstrip("/")
    _require_safe_url("api_url", origin)
    return origin


def _require_certificates(path: str) -> None:
    if not Path(path).is_file():
        raise ConfigError("ca_file", f"there is no file {path}.")
    try:
        ssl.create_default_context(cafile=path)
    except (ssl.SSLError, OSError):
        raise ConfigError("ca_file", f"{path} holds no certificates in PEM form.") from None


def _require_proxy(url: str) -> None:
    """Refuse what is no HTTP proxy; the address is not shown, as it may hold a password."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and _HOST.fullmatch(parts.hostname or "")
        _ = parts.port
    except ValueError:
        usable = None
    if not usable:
        raise ConfigError("proxy_url", "must look like http://user:password@host:port.")


def _require_safe_url(setting: str, url: str) -> None:
    """Refuse addresses that are none, or that would send credentials in the clear."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
        _ = parts.port
    except ValueError:
        host = None
    if not host or not _HOST.fullmatch(host) or parts.scheme not in {"http", "https"}:
        raise ConfigError(setting, f"is not an address. Use one such as {DEFAULT_API_URL}.")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ConfigError(setting, "must be a plain address, without user, query or fragment.")
    if parts.scheme == "http" and not is_loopback(host):
        raise ConfigError(
            setting,
            f"must begin with https:// ({host} is not this machine, and http would send "
            "the credentials unencrypted).",
        )


def is_loopback(host: str) -> bool:
    """Whether a host name or address means this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
