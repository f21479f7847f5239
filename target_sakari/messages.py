"""Reads Singer messages. What is wrong with a line is said without showing any of it."""

from __future__ import annotations

import json
import math
import sys
from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from typing import IO, TYPE_CHECKING, Any

import msgspec
from singer_sdk.singerlib.encoding.base import GenericSingerReader

from sakari_client.http.nesting import DEEPEST, shallow
from target_sakari.lines import LONGEST_MB, LongLineError, Stop, read_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Message = dict[str, Any]

_decoder = msgspec.json.Decoder(float_hook=Decimal)
_encoder = msgspec.json.Encoder(enc_hook=str, decimal_format="number")

_MOST_DIGITS = 4_300
"""Of an integer; Python reads no longer ones."""

_MEMBERS: dict[str, dict[str, type]] = {
    "SCHEMA": {"stream": str, "schema": dict},
    "RECORD": {"stream": str, "record": dict},
    "STATE": {"value": dict},
    "ACTIVATE_VERSION": {"stream": str},
    "BATCH": {"stream": str},
}
"""What a message of each type must hold."""


class InputError(Exception):
    """The input is not what it must be: the message names the line or the stream."""


def as_json(value: Any) -> bytes:
    """A value as one line of JSON, with numbers as exact as they came; what is none is null."""
    try:
        return _encoder.encode(value)
    except UnicodeEncodeError:
        return as_ascii_json(value).encode()


def as_ascii_json(value: Any) -> str:
    """The same in ASCII, which holds half a character too, and is the same in every locale."""
    match value:
        case str():
            return json.dumps(value)
        case Mapping():
            members = (f"{json.dumps(name)}:{as_ascii_json(one)}" for name, one in value.items())
            return "{" + ",".join(members) + "}"
        case list() | tuple():
            return "[" + ",".join(map(as_ascii_json, value)) + "]"
    return _encoder.encode(value).decode()


def _decoded(line: bytes) -> Any:
    """What a line holds.

    What is no JSON but what some programs write all the same (NaN, half a character, a tab in a
    text, a mark at the beginning) or longer than numbers may be is read too: it is for the record
    that holds it to be rejected, not for the run.

    Raises:
        ValueError: it is not JSON.
    """
    try:
        return _decoder.decode(line)
    except (msgspec.DecodeError, ArithmeticError):
        # Not Decimal's NaN and infinity, which the encoder writes as they are: that is no JSON.
        text = line.decode("utf-8-sig")
        return json.loads(
            text, strict=False, parse_int=_whole, parse_float=_exact, parse_constant=float
        )


def _whole(digits: str) -> int | Decimal:
    return int(digits) if len(digits) <= _MOST_DIGITS else Decimal(digits)


def _exact(number: str) -> Decimal | float:
    try:
        return Decimal(number)
    except ArithmeticError:  # 1E+9999999999999999999
        return math.inf


class MessageReader(GenericSingerReader[bytes]):
    """Reads messages from lines of bytes or text.

    Attributes:
        stop: ends the input.
        wait: seconds to wait for input before `tick`; None for ever.
        tick: called after each line, and where none came for so long.
        line: number of the line that was read last, from 1.
        cut: whether the last message is deeper than `DEEPEST`; what lies below is a text in it.
    """

    def __init__(self) -> None:
        super().__init__()
        self.stop = Stop()
        self.wait: Callable[[], float | None] = lambda: None
        self.tick: Callable[[], None] = lambda: None
        self.line = 0
        self.cut = False

    @property
    def default_input(self) -> IO[bytes]:
        """Standard input.

        Raises:
            InputError: it was closed before the program began.
        """
        if sys.stdin is None:
            raise InputError(
                "there is no input: standard input is closed. Pipe a tap's output into it, or name "
                "a file by --input."
            )
        return sys.stdin.buffer

    def process_lines(
        self, file_input: IO[bytes] | None, callbacks: dict[str, Callable[[Message], None]]
    ) -> Counter[str]:
        """Read messages, and hand each to the callback of its type.

        Returns:
            How many messages of each type there were.

        Raises:
            InputError: a line is no Singer message.
        """
        counts: Counter[str] = Counter()
        for line in self._lines(file_input or self.default_input):
            if line is not None:
                self.line += 1
            if line and not line.isspace():
                message = self.deserialize_json(line)
                callbacks[message["type"]](message)
                counts[message["type"]] += 1
            self.tick()
        return counts

    def _lines(self, source: IO[bytes]) -> Iterator[bytes | str | None]:
        try:
            yield from read_lines(source, self.stop, self.wait)
        except LongLineError:
            raise InputError(
                f"line {self.line + 1} of the input is longer than {LONGEST_MB} MB. Is it a "
                "tap's output, one message a line?"
            ) from None
        except OSError as error:
            raise InputError(
                f"the input cannot be read after line {self.line}: {error.strerror}."
            ) from None

    def deserialize_json(self, line: bytes | str) -> Message:
        """Read one message.

        Raises:
            InputError: it is no Singer message.
        """
        whole = line.encode("utf-8", "surrogatepass") if isinstance(line, str) else line
        # Else whatever recurses into a record, from the reader on, might give up at it.
        kept = shallow(whole)
        self.cut = kept != whole
        try:
            message = _decoded(kept)
        except ValueError as error:
            missed = "UTF-8" if isinstance(error, UnicodeDecodeError) else "JSON"
            raise InputError(f"line {self.line} of the input is not {missed}.") from None
        kind = message.get("type") if isinstance(message, dict) else None
        if not isinstance(kind, str) or kind not in _MEMBERS:
            raise InputError(f"line {self.line} of the input is no Singer message.")
        for name, wanted in _MEMBERS[kind].items():
            if not isinstance(message.get(name), wanted):
                raise InputError(
                    f"line {self.line} of the input is no Singer message: a {kind} must hold "
                    f"{name!r}."
                )
        if self.cut and kind != "RECORD":  # of which one is rejected
            raise InputError(
                f"line {self.line} of the input is a {kind} that is nested deeper than {DEEPEST} "
                "levels, which target-sakari does not read."
            )
        return message  # type: ignore[no-any-return]
