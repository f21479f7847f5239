"""Sakari's OpenAPI document as assertions, for any test: `check_request`, `check_response`."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from openapi_schema_validator import OAS30Validator, oas30_format_checker
from referencing import Registry
from referencing.jsonschema import DRAFT4

from tests.contract.contradictions import CONTRADICTIONS

if TYPE_CHECKING:
    from collections.abc import Mapping

Json = dict[str, Any]

DOCUMENT = Path(__file__).parent / "sakari-openapi-1.0.1.json"
JSON = "application/json"
_ROOT = "urn:sakari"


@dataclass(frozen=True)
class Contract:
    """The document, corrected in all respects that are known, but for those left out."""

    document: Json

    @classmethod
    def without(cls, *names: str) -> Contract:
        """The contract with some of the corrections not made."""
        document = json.loads(DOCUMENT.read_text(encoding="utf-8"))
        for contradiction in CONTRADICTIONS:
            if contradiction.name not in names:
                contradiction.correct(document)
        return cls(document)

    def check_request(
        self,
        method: str,
        path: str,
        query: Mapping[str, Any] | None,
        body: Any = None,
        kind: str = JSON,
    ) -> None:
        """Assert that the document allows a request.

        Args:
            method: Such as "GET".
            path: Without host and query: "/v1/accounts/…/contacts".
            query: Parameters; integers may be given as text.
            body: JSON, or text for a body that is not, or the fields of a form as an object, or
                None without one.
            kind: Media type of the body.

        Raises:
            AssertionError: With what is wrong and where.
        """
        operation = self._operation(method, path)
        self._check_query(operation, query or {}, f"{method} {path}")
        where = f"body of {method} {path}"
        declared = operation.get("requestBody")
        if body is None:
            assert not (declared or {}).get("required"), f"{where}: is missing"
            return
        assert declared, f"{where}: the document has none"
        assert kind in declared["content"], f"{where}: may not be {kind}"
        self._check(body, declared["content"][kind]["schema"], where)

    def check_response(self, method: str, path: str, status: int, body: Any) -> None:
        """Assert that the document allows an answer.

        Args:
            method: Of the request.
            path: Of the request, without host and query.
            status: HTTP status.
            body: JSON, or None without one.

        Raises:
            AssertionError: With what is wrong and where.
        """
        responses = self._operation(method, path)["responses"]
        where = f"{status} of {method} {path}"
        declared = responses.get(str(status), responses.get(f"{status // 100}XX"))
        assert declared is not None, f"{where}: the document has {', '.join(responses)} only"
        if "content" not in declared:
            assert not body, f"{where}: the document has no body"
            return
        assert body is not None, f"{where}: a body is missing"
        self._check(body, declared["content"]["application/json"]["schema"], where)

    def _operation(self, method: str, path: str) -> Json:
        for template, operations in self.document["paths"].items():
            pattern = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(template))
            if re.fullmatch(pattern, path):
                assert method.lower() in operations, f"{method} {path}: no such method"
                operation: Json = operations[method.lower()]
                return operation
        raise AssertionError(f"{method} {path}: no such path")

    def _check_query(self, operation: Json, query: Mapping[str, Any], where: str) -> None:
        declared = [self._resolved(item) for item in operation.get("parameters", [])]
        schemas = {item["name"]: item["schema"] for item in declared if item["in"] == "query"}
        for name, value in query.items():
            assert name in schemas, f"{where}: no query parameter {name}, only {sorted(schemas)}"
            whole = schemas[name]["type"] == "integer" and re.fullmatch(r"-?\d+", str(value))
            self._check(int(value) if whole else value, schemas[name], f"{name} of {where}")

    def _resolved(self, item: Json) -> Json:
        if "$ref" not in item:
            return item
        found: Json = self.document["components"]["parameters"][item["$ref"].rpartition("/")[2]]
        return found

    def _check(self, value: Any, schema: Json, where: str) -> None:
        rooted = _rooted(schema)
        resource = DRAFT4.create_resource(self.document)
        registry: Registry[Any] = Registry().with_resource(_ROOT, resource)
        validator = OAS30Validator(rooted, registry=registry, format_checker=oas30_format_checker)
        errors = [f"{error.json_path}: {error.message}" for error in validator.iter_errors(value)]
        assert not errors, f"{where}: " + "; ".join(errors[:5])


def _rooted(schema: Any) -> Any:
    """The schema with its references made to point into the whole document."""
    if isinstance(schema, dict):
        return {
            key: _ROOT + value if key == "$ref" else _rooted(value) for key, value in schema.items()
        }
    return [_rooted(item) for item in schema] if isinstance(schema, list) else schema


@cache
def contract() -> Contract:
    """The contract with every known contradiction corrected."""
    return Contract.without()


def check_request(
    method: str, path: str, query: Mapping[str, Any] | None, body: Any = None, kind: str = JSON
) -> None:
    """Assert that the document allows a request; see `Contract.check_request`."""
    contract().check_request(method, path, query, body, kind)


def check_response(method: str, path: str, status: int, body: Any) -> None:
    """Assert that the document allows an answer; see `Contract.check_response`."""
    contract().check_response(method, path, status, body)
