"""The SDK's standard target suite, whole. Its streams are unknown to Sakari, and skipped.

But one: the suite has a target end at a record without its key. This target rejects it, and ends
where no record may be rejected. What is skipped is not looked at.
"""

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
        "streams": {"test_record_missing_key_property": {"to": "contacts"}},
        "max_rejected": 0,
    },
)
