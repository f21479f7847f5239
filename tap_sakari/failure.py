"""Why a stream failed, in words that hold nothing of its records."""

from __future__ import annotations

import traceback
from pathlib import Path

from singer_sdk.exceptions import MappingError

from sakari_client.errors import SakariError
from tap_sakari.writer import OutputError

EXPLAINED = (SakariError, MappingError, OutputError)
"""Errors that say themselves what is wrong; any other is a mistake of the program."""


class RecordMapError(MappingError):
    """A record that the SDK could not turn into messages; a stream map is what may fail there."""

    def __init__(self, cause: type[Exception]) -> None:
        super().__init__(
            f"a stream map failed on a record ({cause.__name__}). Have the expressions in "
            "stream_maps take every value: a field may be absent, null or empty."
        )


def explain(error: Exception) -> str:
    """Say what went wrong.

    What a mistake of the program says is left out, as it may hold the values it stumbled over.
    """
    if isinstance(error, EXPLAINED):
        return str(error) or type(error).__name__
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{place}. This is a mistake in tap-sakari; please report it."


def traced(error: Exception) -> str:
    """The lines of code that led to a mistake of the program; nothing for other errors."""
    if isinstance(error, EXPLAINED):
        return ""
    return "\n" + "".join(traceback.format_tb(error.__traceback__)).rstrip()
