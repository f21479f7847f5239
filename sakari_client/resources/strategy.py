"""What becomes of contacts who are known: `mergeStrategy` of `POST /contacts`."""

from __future__ import annotations

from typing import Literal, get_args

from sakari_client.errors import InvalidInputError

MergeStrategy = Literal["append", "core", "remove"]
"""What becomes of a contact who is known, by the mobile number.

* append: what is sent is added, and the rest stays.
* core: likewise, but only names and email (by analogy: Sakari does not say).
* remove: the contact becomes what is sent; what is not sent is removed.

The hub's CSV upload has the same choice (help article 360038871612).
"""


def check_strategy(merge: str) -> None:
    """Refuse a strategy that there is not; Sakari might ignore it in silence.

    Raises:
        InvalidInputError: it is none.
    """
    if merge not in get_args(MergeStrategy):
        raise InvalidInputError("merge", f"must be one of {', '.join(get_args(MergeStrategy))}.")
