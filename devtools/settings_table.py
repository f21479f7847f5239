"""The settings tables of the docs, made from the code.

`python -m devtools.settings_table` writes them anew; a test holds them equal to the code.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from devtools.marked import fill
from sakari_client.config import REQUIRED, SETTINGS
from tap_sakari.settings import TAP_SETTINGS
from target_sakari.settings import TARGET_SETTINGS

DOCUMENT = Path(__file__).parent.parent / "docs" / "settings.md"
_PLUGINS = {
    "tap-sakari": {**SETTINGS, **TAP_SETTINGS},
    "target-sakari": {**SETTINGS, **TARGET_SETTINGS},
}


def table(settings: dict[str, dict[str, Any]], prefix: str) -> str:
    """A Markdown table of a plugin's own settings, in the order of the code."""
    lines = [
        "| setting | environment variable | default | what it does |",
        "| --- | --- | --- | --- |",
    ]
    for name, setting in settings.items():
        default = f"`{setting['default']}`" if setting.get("default") else ""
        if name in REQUIRED:
            default = "required"
        secret = " Never shown." if setting.get("secret") else ""
        what = setting["description"] + secret
        lines.append(f"| `{name}` | `{prefix}{name.upper()}` | {default} | {what} |")
    return "\n".join(lines)


def render(document: str) -> str:
    """The document with its tables made anew, each between its two marker comments."""
    for name, settings in _PLUGINS.items():
        document = fill(document, name, table(settings, f"{name.upper().replace('-', '_')}_"))
    return document


if __name__ == "__main__":
    DOCUMENT.write_text(render(DOCUMENT.read_text("utf-8")), "utf-8")
