"""Reads Singer messages. What is wrong with a line is said without showing any of it."""

from __future__ import annotations

import sys
from collections import Counter
from decimal import Decimal
from typing import IO, TYPE_CHECKING, Any

import msgspec
from singer_sdk.singerlib.encoding.base import GenericSingerReader

from target_sakari.lines import Stop, read_lines

if TYPE_CHECKING:
    from collections.abc import Callable

Message = dict[str, Any]

_decoder = msgspec.json.Decoder(float_hook=Decimal)
_encoder = msgspec.json.Encoder(enc_hook=str, decimal_format="number")

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
    """A value as one line of JSON, with numbers as exact as they came."""
    return _encoder.encode(value)


class MessageReader(GenericSingerReader[bytes]):
    """Reads messages from lines of bytes or text.

    Attributes:
        stop: ends the input.
        wait: seconds to wait for input before `on_idle`; None for ever.
        on_idle: called where no input came for so long.
        line: number of the line that was read last, from 1.
    """

    def __init__(self) -> None:
        super().__init__()
        self.stop = Stop()
        self.wait: Callable[[], float | None] = lambda: None
        self.on_idle: Callable[[], None] = lambda: None
        self.line = 0

    @property
    def default_input(self) -> IO[bytes]:
        """Standard input."""
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
        for line in read_lines(file_input or self.default_input, self.stop, self.wait):
            if line is None:
                self.on_idle()
                continue
            self.line += 1
            if line and not line.isspace():
                message = self.deserialize_json(line)
                callbacks[message["type"]](message)
                counts[message["type"]] += 1
        return counts

    def deserialize_json(self, line: bytes | str) -> Message:
        """Read one message.

        Raises:
            InputError: it is no Singer message.
        """
        try:
            message = _decoder.decode(line)
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            raise InputError(f"line {self.line} of the input is not JSON.") from None
        kind = message.get("type") if isinstance(message, dict) else None
        if not isinstance(kind, str) or kind not in _MEMBERS:
            raise InputError(f"line {self.line} of the input is no Singer message.")
        for name, wanted in _MEMBERS[kind].items():
            if not isinstance(message.get(name), wanted):
                raise InputError(
                    f"line {self.line} of the input is no Singer message: a {kind} must hold "
                    f"{name!r}."
                )
        return message  # type: ignore[no-any-return]
