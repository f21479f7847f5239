"""What the target is measured against: a target as the SDK's template and documentation make one.

One sink, which posts each record as it comes: `POST /contacts`. Reading, validation and the rest
are the SDK's own. Nothing is slowed down on purpose and nothing is tuned.

    python -m bench.plain_target --config config.json < contacts.singer
"""

from __future__ import annotations

import functools
from typing import Any

import requests
from singer_sdk import RecordSink, Target
from singer_sdk import typing as th
from typing_extensions import override

from sakari_client.version import DISTRIBUTION

_TIMEOUT = 60
_FIELDS = ("firstName", "lastName", "email", "mobile", "attributes")


class ContactsSink(RecordSink):
    """Writes contacts, one request for each."""

    @functools.cached_property
    def session(self) -> requests.Session:
        """A session that has a token."""
        answer = requests.post(
            f"{self.config['api_url']}/oauth2/token",
            json={
                "grant_type": "client_credentials",
                "client_id": self.config["client_id"],
                "client_secret": self.config["client_secret"],
            },
            timeout=_TIMEOUT,
        )
        answer.raise_for_status()
        session = requests.Session()
        session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        return session

    @override
    def process_record(self, record: dict[str, Any], context: dict[str, Any]) -> None:
        answer = self.session.post(
            f"{self.config['api_url']}/v1/accounts/{self.config['account_id']}/contacts",
            json={name: record[name] for name in _FIELDS if name in record},
            timeout=_TIMEOUT,
        )
        answer.raise_for_status()


class PlainTarget(Target):
    """Writes contacts into a Sakari account."""

    name = "target-sakari-plain"
    package_name = DISTRIBUTION
    default_sink_class = ContactsSink
    config_jsonschema = th.PropertiesList(
        th.Property("client_id", th.StringType, required=True, secret=True),
        th.Property("client_secret", th.StringType, required=True, secret=True),
        th.Property("account_id", th.StringType, required=True),
        th.Property("api_url", th.StringType, default="https://api.sakari.io"),
    ).to_dict()


if __name__ == "__main__":
    PlainTarget.cli()
