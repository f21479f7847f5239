"""The SDK's standard target suite, whole. All its streams are unknown to Sakari."""

from __future__ import annotations

from singer_sdk.testing import get_target_test_class

from target_sakari.target import TargetSakari

# Nothing is sent: no record of the suite goes into Sakari.
TestTargetSakari = get_target_test_class(
    TargetSakari,
    config={
        "client_id": "nobody",
        "client_secret": "nothing",
        "account_id": "0123456789abcdef01234567",
        "api_url": "http://127.0.0.1:9",
        "on_unknown_stream": "skip",
    },
)
