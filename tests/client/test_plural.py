"""Numbers with what they count."""

from __future__ import annotations

import pytest

from sakari_client.plural import many


@pytest.mark.parametrize(
    ("number", "said"), [(0, "0 texts"), (1, "1 text"), (2, "2 texts"), (1_000, "1,000 texts")]
)
def test_one_is_no_plural(number: int, said: str) -> None:
    assert many(number, "text") == said
