"""Where streams go, and what is said of settings that cannot be meant."""

from __future__ import annotations

from typing import Any

import pytest

from sakari_client.errors import ConfigError
from target_sakari.routes import KINDS, Route
from target_sakari.routing import Routing
from target_sakari.target import TargetSakari

Settings = dict[str, Any]


def routing(settings: Settings, **more: Any) -> Routing:
    return Routing(TargetSakari(config={**settings, **more}).config)


@pytest.mark.parametrize("kind", KINDS)
def test_a_stream_named_like_a_kind_goes_there(settings: Settings, kind: str) -> None:
    assert routing(settings).route(kind) == Route(stream=kind, to=kind)  # type: ignore[arg-type]


def test_a_stream_goes_where_its_entry_says(settings: Settings) -> None:
    entry = {
        "to": "contacts",
        "mode": "mirror",
        "fields": {"mobile": "phone"},
        "attributes": ["plan"],
        "match_by": ["email", "mobile"],
        "tags": "replace",
        "null_clears": True,
        "delete": True,
        "default_country": "gb",
        "max_delete_percent": "2.5",
    }
    made = routing(settings, streams={"crm": entry}).route(
        "crm", key=["no"], properties=["no", "phone"], incremental=True
    )
    assert made == Route(
        stream="crm",
        to="contacts",
        mode="mirror",
        fields={"mobile": "phone"},
        attributes=("plan",),
        match_by=("email", "mobile"),
        tags="replace",
        null_clears=True,
        delete=True,
        default_country="GB",
        max_delete_percent=2.5,
        key=("no",),
        properties=("no", "phone"),
        incremental=True,
    )


def test_an_entry_may_send_a_stream_named_like_a_kind_elsewhere(settings: Settings) -> None:
    made = routing(settings, streams={"contacts": {"attributes": "all"}})
    assert made
    route = made.route("contacts")
    assert route is not None
    assert route.attributes == "all"


def test_the_default_country_is_for_all_streams_but_those_with_their_own(
    settings: Settings,
) -> None:
    made = routing(
        settings, default_country="us", streams={"crm": {"to": "contacts", "default_country": "uk"}}
    )
    routes = [made.route(stream) for stream in ("contacts", "crm")]
    assert [one.default_country for one in routes if one] == ["US", "GB"]


def test_entries_that_never_came_are_known(settings: Settings) -> None:
    made = routing(settings, streams={"crm": {"to": "contacts"}, "shop": {"to": "templates"}})
    assert made.route("crm") is not None
    assert made.route("orders") is None
    assert made.unused() == ["shop"]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"streams": {"crm": {}}}, "streams.crm.to: is missing. It must be one of contacts, "),
        ({"streams": {"crm": {"to": "people"}}}, "streams.crm.to: must be one of contacts, "),
        (
            {"streams": {"crm": {"too": "contacts"}}},
            "streams.crm: has no setting 'too'; there are to, mode, ",
        ),
        ({"streams": {"contacts": {"mode": "insert"}}}, "streams.contacts.mode: must be one of "),
        ({"streams": {"contacts": {"fields": {"a": 1}}}}, "streams.contacts.fields.a: must be te"),
        ({"streams": {"contacts": {"attributes": "plan"}}}, 'must be a list of field names, or "'),
        ({"streams": {"contacts": {"match_by": []}}}, "streams.contacts.match_by: must name one"),
        ({"streams": {"contacts": {"match_by": ["id", "id"]}}}, "each once"),
        ({"streams": {"contacts": {"match_by": ["name"]}}}, "must be one of mobile, id, email"),
        ({"streams": {"contacts": {"max_delete_percent": 101}}}, "a number from 0 to 100"),
        ({"streams": {"contacts": {"default_country": "XX"}}}, "must be a country's two letters"),
        (
            {"streams": {"contacts": {"fields": {"mobil": "x"}}}},
            "contacts.fields.mobil: con",
        ),
        (
            {"streams": {"webhooks": {"attributes": "all"}}},
            "streams.webhooks.attributes: ",
        ),
        ({"streams": {"templates": {"mode": "mirror"}}}, "mirror is for contacts only"),
        (
            {"streams": {"crm": {"to": "webhooks", "match_by": ["id"]}}},
            "streams.crm.match_by: means nothing for webhooks. Leave it out.",
        ),
        ({"streams": {"templates": {"tags": "add"}}}, "tags: means nothing for templates"),
        ({"streams": {"campaigns": {"default_country": "US"}}}, "means nothing for campaigns"),
        ({"streams": {"conversations": {"mode": "delete"}}}, "mode: means nothing for conv"),
        ({"streams": {"conversations": {"delete": True}}}, "delete: means nothing for conv"),
        ({"streams": {"webhooks": {"null_clears": True}}}, "null_clears: means nothing for webh"),
        ({"streams": ["contacts"]}, "streams: must be an object"),
        ({"default_country": "USA"}, "default_country: must be a country's two letters"),
        ({"default_contry": "US"}, "default_contry: is no setting. Did you mean default_country?"),
        ({"write_method": "csv"}, "write_method: must be one of auto, bulk, single"),
        ({"on_unknown_stream": "ignore"}, "on_unknown_stream: must be one of fail, skip"),
        ({"batch_size_rows": 0}, "batch_size_rows: must be 1 or more"),
        ({"batch_wait": "soon"}, "batch_wait: must be a number from 0 to 86,400"),
        ({"max_rejected": -1}, "max_rejected: must be 0 or more"),
        ({"max_rejected_percent": "half"}, "max_rejected_percent: must be a number from 0 to 100"),
        ({"stream_maps": {"__others__": None}}, "stream_maps: "),
    ],
)
def test_a_wrong_setting_is_named_in_one_line(
    settings: Settings, more: Settings, said: str
) -> None:
    with pytest.raises(ConfigError) as failed:
        TargetSakari(config={**settings, **more})
    assert said in str(failed.value)
    assert "\n" not in str(failed.value)
