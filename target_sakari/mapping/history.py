"""Messages that Sakari has sent or received, as a tap reads them: no texts to be sent."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from target_sakari.mapping.aliases import comparable

if TYPE_CHECKING:
    from collections.abc import Mapping

_SIGNS = frozenset({
    "outgoing", "segments", "status", "price", "read", "job", "jobid", "jobbatch", "operational",
    "conversation", "conversationid", "created", "createdat", "updated", "updatedat",
})  # fmt: skip
"""Fields of a message that only Sakari knows; see `schemas/messages.json`."""

_SURE_SIGNS = frozenset({"outgoing", "segments"})
"""Those that a queue of texts to be sent does not have."""

_FEWEST_SIGNS = 3
_FEWEST_WITH_SAKARI_ID = 2

_OVER = frozenset({"sent", "delivered", "received"})
_SAKARI_ID = re.compile(r"[0-9a-fA-F]{24}")


def is_history(record: Mapping[str, Any]) -> bool:
    """Whether a record is a message of Sakari's, by its fields, however they are spelt.

    It has an id, and one of `outgoing` and `segments` among other such fields; or Sakari's kind of
    id, and two such fields or a status that says that it was sent.
    """
    fields = {comparable(name): value for name, value in record.items()}
    if fields.get("id") is None:
        return False
    signs = _SIGNS & fields.keys()
    if signs & _SURE_SIGNS and len(signs) >= _FEWEST_SIGNS:
        return True
    if not _SAKARI_ID.fullmatch(str(fields["id"])):
        return False
    over = str(fields.get("status")).strip().casefold() in _OVER
    return over or len(signs) >= _FEWEST_WITH_SAKARI_ID
