"""Singer messages, through stream maps, to records with a route; and what is wrong with them."""

from __future__ import annotations

import copy
import logging
from typing import TYPE_CHECKING, Any

from jsonschema import Draft7Validator
from jsonschema.exceptions import best_match
from singer_sdk.exceptions import (
    MappingError,
    RecordsWithoutSchemaException,
)
from singer_sdk.mapper import RemoveRecordTransform

from sakari_client.errors import ConfigError
from sakari_client.http.nesting import DEEPEST
from target_sakari.loading.received import Received
from target_sakari.mapping.columns import slips, unused
from target_sakari.messages import InputError
from target_sakari.outcome import Outcome
from target_sakari.reasons import Reason
from target_sakari.routes import KINDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from singer_sdk.mapper import PluginMapper, StreamMap

    from target_sakari.loading.loader import Loader
    from target_sakari.messages import Message
    from target_sakari.routes import Route
    from target_sakari.routing import Routing


logger = logging.getLogger(__name__)

_SKIPPED = Outcome("upsert", "skipped", Reason.UNKNOWN_STREAM)


class Incoming:
    """Takes SCHEMA and RECORD messages, and hands the loader what becomes of them."""

    def __init__(
        self, routing: Routing, mapper: PluginMapper, loader: Loader, *, skip_unknown: bool
    ) -> None:
        self._routing = routing
        self._mapper = mapper
        self._loader = loader
        self._skip_unknown = skip_unknown
        self._schemas: dict[str, Message] = {}
        self._routes: dict[str, dict[str, Route | None]] = {}

    def schema(self, message: Message) -> None:
        """Take a SCHEMA message.

        Raises:
            InputError: it is no valid schema, or its stream is unknown and not to be skipped.
            ConfigError: a stream map does not fit it.
        """
        stream = message["stream"]
        if self._schemas.get(stream) == message:
            return
        keys = _check_schema(message)
        try:
            self._mapper.register_raw_stream_schema(stream, message["schema"], keys)
        except MappingError as error:
            raise ConfigError("stream_maps", f"{error} Mend the expression.") from None
        except Exception as error:  # noqa: BLE001 - whatever the SDK stumbles over
            raise InputError(
                f"the SCHEMA of the stream {stream!r} is one that stream_maps or flattening cannot "
                f"read ({type(error).__name__}). Leave the stream out of them, or have the tap "
                "give the types of its fields."
            ) from None
        self._schemas[stream] = message
        incremental = bool(message.get("bookmark_properties"))
        self._routes[stream] = {
            one.stream_alias: self._route(stream, one, incremental=incremental)
            for one in self._mapper.stream_maps[stream]
            if not isinstance(one, RemoveRecordTransform)
        }

    def _route(self, stream: str, stream_map: StreamMap, *, incremental: bool) -> Route | None:
        alias = stream_map.stream_alias
        route = self._routing.route(
            alias,
            key=stream_map.transformed_key_properties or (),
            properties=tuple(stream_map.transformed_schema.get("properties", ())),
            incremental=incremental,
        )
        if route is not None:
            self._loader.add_route(stream, route)
            for setting, problem in slips(route):
                logger.warning("streams.%s.%s: %s", alias, setting, problem)
            spare = unused(route)
            if spare:
                logger.info("%s: fields that go nowhere: %s", alias, ", ".join(spare))
        elif not self._skip_unknown:
            raise InputError(
                f"the stream {alias!r} is unknown. Say in the setting `streams` what it goes to "
                f"({', '.join(KINDS)}), leave it out of the tap's selection, or set "
                "on_unknown_stream to skip."
            )
        return route

    def record(self, message: Message, *, cut: bool = False) -> None:
        """Take a RECORD message.

        Args:
            message: as it came.
            cut: whether it was nested too deeply to be read as it is.

        Raises:
            RecordsWithoutSchemaException: no SCHEMA came before.
            SakariError: something is wrong with the whole run.
            TooManyRejectedError: too many records were rejected.
        """
        stream = message["stream"]
        if stream not in self._schemas:
            raise RecordsWithoutSchemaException(
                f"a record of the stream {stream!r} came before its SCHEMA. This is the tap's "
                "mistake."
            )
        self._loader.whole.add_record(message)
        for one in self._mapper.stream_maps[stream]:
            if not isinstance(one, RemoveRecordTransform):
                self._map(message, one, cut=cut)

    def _map(self, message: Message, stream_map: StreamMap, *, cut: bool) -> None:
        route = self._routes[message["stream"]][stream_map.stream_alias]
        try:
            record = stream_map.transform(copy.copy(message["record"]))
        except Exception as error:  # noqa: BLE001 - whatever an expression stumbles over
            problem = f"A stream map failed on it ({type(error).__name__})."
            outcome = _SKIPPED if route is None else _rejected(problem)
            self._loader.add_outcome(self._received(message, {}), outcome)
            return
        if record is None:
            return
        key = {name: record.get(name) for name in stream_map.transformed_key_properties or ()}
        received = self._received(message, key)
        if route is None:
            self._loader.add_outcome(received, _SKIPPED)
        elif cut:
            outcome = _rejected(f"It is nested deeper than {DEEPEST} levels.")
            self._loader.add_outcome(received, outcome)
        else:
            self._loader.add_record(received, route, record)

    def _received(self, message: Message, key: Mapping[str, Any]) -> Received:
        stream = message["stream"]
        return Received(stream, key, self._schemas[stream], message)


def _rejected(problem: str) -> Outcome:
    return Outcome("upsert", "rejected", Reason.INVALID, problem)


def _check_schema(message: Message) -> Sequence[str] | None:
    """Check a SCHEMA message, and return its key properties.

    Raises:
        InputError: it is no valid schema.
    """
    stream, schema, keys = message["stream"], message["schema"], message.get("key_properties")
    if not isinstance(schema.get("properties"), dict):
        raise InputError(f"the SCHEMA of the stream {stream!r} has no properties.")
    if keys is not None and not (
        isinstance(keys, list) and all(isinstance(one, str) for one in keys)
    ):
        raise InputError(f"the key_properties of the stream {stream!r} are no list of names.")
    meta = Draft7Validator(Draft7Validator.META_SCHEMA)
    error = best_match(meta.iter_errors(schema))
    if error is not None:
        place = ".".join(map(str, error.absolute_path)) or "its top"
        raise InputError(
            f"the SCHEMA of the stream {stream!r} is no valid JSON Schema at {place}: it breaks "
            f"the rule {error.validator!r}. This is the tap's mistake."
        )
    return keys
