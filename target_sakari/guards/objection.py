"""What a guard has against a text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from target_sakari.reasons import Reason


@dataclass(frozen=True)
class Objection:
    """Why a text does not go out to a recipient now.

    Attributes:
        outcome: rejected, where the record is to be mended; skipped, where it is not to be sent;
            deferred, where it is to be sent later.
        reason: for scripts.
        detail: for people; holds no number, name or text.
    """

    outcome: Literal["rejected", "skipped", "deferred"]
    reason: Reason
    detail: str
