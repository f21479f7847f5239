"""Catalogs as users and Meltano make them."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from tap_sakari.tap import TapSakari

if TYPE_CHECKING:
    from collections.abc import Collection

Catalog = dict[str, Any]


def discovered() -> Catalog:
    """What `tap-sakari --discover` prints."""
    tap = TapSakari(config={"client_id": "a", "client_secret": "b", "account_id": "c"})
    return copy.deepcopy(tap.catalog_dict)


def selecting(*streams: str, but: Collection[str] = ()) -> Catalog:
    """A catalog of which some streams are selected, marked as Meltano does it: on every field.

    Args:
        streams: those that are selected, all of their fields.
        but: paths of fields that are not: `contacts.mobile.number`.
    """
    catalog = discovered()
    for stream in catalog["streams"]:
        name = stream["tap_stream_id"]
        stream["selected"] = name in streams
        for entry in stream["metadata"]:
            path = ".".join([name, *entry["breadcrumb"][1::2]])
            entry["metadata"]["selected"] = name in streams and path not in but
    return catalog


def full_table(catalog: Catalog, *streams: str) -> Catalog:
    """The same catalog with streams that are read as full tables."""
    for stream in catalog["streams"]:
        if stream["tap_stream_id"] in streams:
            stream["replication_method"] = "FULL_TABLE"
            for entry in stream["metadata"]:
                if not entry["breadcrumb"]:
                    entry["metadata"]["replication-method"] = "FULL_TABLE"
    return catalog
