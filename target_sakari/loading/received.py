"""A record as it came in, before stream maps."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Received:
    """A record as it came in.

    Attributes:
        stream: its stream's name.
        key: values of its key properties, after stream maps; None for what it lacks.
        schema: the SCHEMA message that it belongs to.
        message: the RECORD message.
    """

    stream: str
    key: Mapping[str, Any] = field(repr=False)
    schema: Mapping[str, Any] = field(repr=False)
    message: Mapping[str, Any] = field(repr=False)
