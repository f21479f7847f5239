"""meltano.yml says of our plugins what the plugins say of themselves."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tap_sakari.streams import STREAMS
from tap_sakari.tap import TapSakari
from target_sakari.target import TargetSakari

if TYPE_CHECKING:
    from singer_sdk import Tap, Target

CHECKOUT = Path(__file__).parent.parent

PLUGINS: dict[str, tuple[str, type[Tap | Target]]] = {
    "tap-sakari": ("extractors", TapSakari),
    "target-sakari": ("loaders", TargetSakari),
}

#: Settings that the SDK adds to every plugin, and why meltano.yml does without them.
NOT_DECLARED = {
    "faker_config": "makes up data; needs an extra that the plugins do not install",
}

KINDS = {
    frozenset({"string"}): "string",
    frozenset({"integer"}): "integer",
    # Not `decimal`, which Meltano 4.4 cannot write into a plugin's config file.
    frozenset({"number", "string"}): "string",
    # Not `boolean`: of what it does not know Meltano would make false, such as of a dry run.
    frozenset({"boolean"}): "string",
    frozenset({"object"}): "object",
}


def declared(plugin: str) -> dict[str, Any]:
    project = yaml.safe_load((CHECKOUT / "meltano.yml").read_text())
    (definition,) = (one for one in project["plugins"][PLUGINS[plugin][0]] if one["name"] == plugin)
    assert isinstance(definition, dict)
    return definition


def settings(plugin: str) -> dict[str, dict[str, Any]]:
    """Return the JSON Schema of every setting, the SDK's own among them."""
    plugin_class = PLUGINS[plugin][1]
    schema = copy.deepcopy(plugin_class.config_jsonschema)
    plugin_class.append_builtin_config(schema)
    properties = schema["properties"]
    assert isinstance(properties, dict)
    return properties


def kind_of(schema: dict[str, Any]) -> str:
    if schema.get("format") in {"date-time", "date"}:
        return "date_iso8601"
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return KINDS[frozenset(types) - {"null"}]


@pytest.mark.parametrize("plugin", PLUGINS)
def test_every_setting_is_declared_and_no_other(plugin: str) -> None:
    in_file = [one["name"] for one in declared(plugin)["settings"]]
    assert sorted(in_file) == sorted(settings(plugin).keys() - NOT_DECLARED.keys())


@pytest.mark.parametrize("plugin", PLUGINS)
def test_kinds_match_the_types(plugin: str) -> None:
    schemas = settings(plugin)
    in_file = {one["name"]: one["kind"] for one in declared(plugin)["settings"]}
    assert in_file == {name: kind_of(schemas[name]) for name in in_file}


@pytest.mark.parametrize("plugin", PLUGINS)
def test_exactly_the_secrets_are_sensitive(plugin: str) -> None:
    sensitive = {one["name"] for one in declared(plugin)["settings"] if one.get("sensitive")}
    assert sensitive == {name for name, one in settings(plugin).items() if one.get("secret")}


@pytest.mark.parametrize("plugin", PLUGINS)
def test_the_required_settings_are_one_group(plugin: str) -> None:
    required = PLUGINS[plugin][1].config_jsonschema["required"]
    assert declared(plugin)["settings_group_validation"] == [required]


def test_just_the_streams_are_selected_that_are_on_by_default() -> None:
    on = [f"{vars(one)['name']}.*" for one in STREAMS if one.selected_by_default]
    assert declared("tap-sakari")["select"] == on


@pytest.mark.parametrize("plugin", PLUGINS)
def test_capabilities_match(plugin: str) -> None:
    capabilities = {one.value for one in PLUGINS[plugin][1].capabilities}
    assert set(declared(plugin)["capabilities"]) == capabilities
