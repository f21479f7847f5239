"""What a contact becomes by a record: what is not mentioned stays."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from target_sakari.contacts.values import alike
from target_sakari.mapping.inputs import is_empty

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sakari_client.resources.base import Record
    from target_sakari.mapping.inputs import ContactInput


@dataclass(frozen=True)
class Becoming:
    """A contact before and after.

    Attributes:
        after: what it is to be.
        changes: what that changes, as `contacts.update` takes it; empty where it changes nothing.
        erases: whether something goes, which no appending can do.
    """

    after: Record = field(repr=False)
    changes: Record = field(repr=False)
    erases: bool


def become(before: Record, wanted: ContactInput, tags: Literal["add", "replace"]) -> Becoming:
    """What a contact becomes, its number apart.

    Args:
        before: the contact; empty for a new one.
        wanted: what a record mentions.
        tags: whether its tags are added, or take the place of those there.
    """
    texts = _different(before, wanted.fields)
    attributes_before = before.get("attributes")
    attributes_before = attributes_before if isinstance(attributes_before, dict) else {}
    attributes = _different(attributes_before, wanted.attributes)
    tags_before = tags_of(before.get("tags"))
    tags_after = _tags(tags_before, wanted.tags, tags)
    after, changes = _with(before, texts), dict(texts)
    if attributes:
        after["attributes"] = _with(attributes_before, attributes)
        changes["attributes"] = {
            name: _in_place_of(attributes_before.get(name), value)
            for name, value in attributes.items()
        }
    if tags_after != tags_before:
        after["tags"] = [{"tag": tag, "visible": shown} for tag, shown in tags_after.items()]
        changes["tags"] = after["tags"]
    cleared = None in (*texts.values(), *attributes.values())
    return Becoming(after, changes, erases=cleared or not tags_before.items() <= tags_after.items())


def tags_of(tags: Any) -> dict[str, bool]:
    """Tags and whether they are visible; Sakari shows objects `{tag, visible}`, or only names."""
    found: dict[str, bool] = {}
    for one in tags if isinstance(tags, list) else ():
        name = one.get("tag") if isinstance(one, dict) else one
        if isinstance(name, str) and name.strip():
            found[name.strip()] = not (isinstance(one, dict) and one.get("visible") is False)
    return found


def _tags(
    before: Mapping[str, bool],
    wanted: Iterable[Record] | None,
    how: Literal["add", "replace"],
) -> dict[str, bool]:
    if wanted is None:
        return dict(before)
    after = dict(before) if how == "add" else {}
    for one in wanted:
        name, visible = str(one["tag"]).strip(), one.get("visible")
        after[name] = after.get(name, before.get(name, True)) if visible is None else bool(visible)
    return after


def _different(before: Mapping[str, Any], wanted: Mapping[str, Any]) -> Record:
    """Those of the wanted values that are not there yet; None for those to be cleared."""
    return {
        name: None if is_empty(value) else value
        for name, value in wanted.items()
        if not alike(before.get(name), value)
    }


def _with(before: Mapping[str, Any], changes: Mapping[str, Any]) -> Record:
    after = {**before, **changes}
    return {name: value for name, value in after.items() if value is not None}


def _in_place_of(before: Any, value: Any) -> Any:
    """An object as it must be given to replace another, since an update merges the two."""
    if not (isinstance(before, dict) and isinstance(value, dict)):
        return value
    replaced = {name: _in_place_of(before.get(name), inner) for name, inner in value.items()}
    return {**dict.fromkeys(before), **replaced}
