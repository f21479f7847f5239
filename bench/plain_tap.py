"""What the tap is measured against: a tap as the SDK's template and documentation make one.

One stream, `messages`, of the same account, with the same schema and the same lifted fields as
ours. Everything else is the SDK's own: requests one after another, its paginator, its retries, its
type conformance, its writer. Nothing is slowed down on purpose and nothing is tuned.

    python -m bench.plain_tap --config config.json [--catalog catalog.json]
"""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from singer_sdk import RESTStream, SchemaDirectory, Stream, StreamSchema, Tap
from singer_sdk import typing as th
from singer_sdk.authenticators import OAuthAuthenticator
from singer_sdk.pagination import OffsetPaginator
from typing_extensions import override

from sakari_client.version import DISTRIBUTION

if TYPE_CHECKING:
    import requests
    from singer_sdk.helpers.types import Context
    from singer_sdk.streams.rest import HTTPRequest, PageContext

SCHEMAS = SchemaDirectory(Path(__file__).parent.parent / "schemas")
PAGE_SIZE = 100


class PlainAuthenticator(OAuthAuthenticator):
    """Client credentials, sent as JSON as Sakari documents it."""

    @property
    @override
    def oauth_request_body(self) -> dict[str, Any]:
        return {
            "grant_type": "client_credentials",
            "client_id": self.client_id,
            "client_secret": self.client_secret,
        }

    @property
    @override
    def oauth_request_payload(self) -> str:  # type: ignore[override]
        # `requests` would send a dictionary as a form.
        return json.dumps(self.oauth_request_body)


class PlainPaginator(OffsetPaginator):
    """Pages by offset, until the answer says that none follows."""

    @override
    def has_more(self, response: requests.Response) -> bool:
        return bool(response.json()["pagination"]["hasNext"])


class MessagesStream(RESTStream[int]):
    """`GET /messages`."""

    name = "messages"
    path = "/messages"
    primary_keys = ("id",)
    replication_key = "updated_at"
    schema: ClassVar[StreamSchema] = StreamSchema(SCHEMAS)
    records_jsonpath = "$.data[*]"

    @property
    @override
    def url_base(self) -> str:
        return f"{self.config['api_url']}/v1/accounts/{self.config['account_id']}"

    @functools.cached_property
    @override
    def authenticator(self) -> PlainAuthenticator:
        return PlainAuthenticator(
            auth_endpoint=f"{self.config['api_url']}/oauth2/token",
            client_id=self.config["client_id"],
            client_secret=self.config["client_secret"],
            oauth_headers={"Content-Type": "application/json"},
        )

    @override
    def get_new_paginator(self) -> PlainPaginator:
        return PlainPaginator(start_value=0, page_size=PAGE_SIZE)

    @override
    def get_http_request(self, *, page: PageContext[int]) -> HTTPRequest:
        request = super().get_http_request(page=page)
        request.params.update(offset=page.next_page_token, limit=PAGE_SIZE)
        return request

    @override
    def post_process(self, row: dict[str, Any], context: Context | None = None) -> dict[str, Any]:
        row["created_at"] = row["created"]["at"]
        row["updated_at"] = row["updated"]["at"]
        row["phone_number"] = row.get("phoneNumber") or row["conversation"]["phoneNumber"]["number"]
        return row


class PlainTap(Tap):
    """Reads the messages of a Sakari account."""

    name = "tap-sakari-plain"
    package_name = DISTRIBUTION
    config_jsonschema = th.PropertiesList(
        th.Property("client_id", th.StringType, required=True, secret=True),
        th.Property("client_secret", th.StringType, required=True, secret=True),
        th.Property("account_id", th.StringType, required=True),
        th.Property("api_url", th.StringType, default="https://api.sakari.io"),
    ).to_dict()

    @override
    def discover_streams(self) -> list[Stream]:
        return [MessagesStream(self)]


if __name__ == "__main__":
    PlainTap.cli()
