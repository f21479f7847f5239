"""What is in an answer's envelope, `{success, data}`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sakari_client.errors import InvalidAnswerError
from sakari_client.http import answers

if TYPE_CHECKING:
    from sakari_client.http.answers import Answer


def whole(operation: str, answer: Answer) -> dict[str, Any]:
    """An answer's `data`, which is an object.

    Raises:
        InvalidAnswerError: it is not.
        SakariError: the answer is an error.
    """
    return _checked(operation, answer, _data(operation, answer))


def whole_if_any(operation: str, answer: Answer) -> dict[str, Any] | None:
    """As `whole`, but None where a successful answer has no body, or no `data`.

    Raises:
        InvalidAnswerError: the `data` is something else.
        SakariError: the answer is an error.
    """
    data = _data(operation, answer)
    return None if data is None else _checked(operation, answer, data)


def one(operation: str, answer: Answer) -> dict[str, Any]:
    """The object in an answer's `data`.

    Whether creating a record answers with an object or with an array of one is told differently
    by Sakari's documents and by clients that work; `{contacts: […]}` was seen too.

    Raises:
        InvalidAnswerError: there is no such object, or more than one.
        SakariError: the answer is an error.
    """
    data = _data(operation, answer)
    if isinstance(data, dict) and len(data) == 1:
        inner = next(iter(data.values()))
        data = inner if isinstance(inner, list) else data
    if isinstance(data, list) and len(data) == 1:
        data = data[0]
    return _checked(operation, answer, data)


def one_if_any(operation: str, answer: Answer) -> dict[str, Any] | None:
    """As `one`, but None where a successful answer has no body, or its object no `data`.

    Raises:
        InvalidAnswerError: the body, or the `data`, is something else.
        SakariError: the answer is an error.
    """
    document = answers.read(operation, answer)
    if document is None or (isinstance(document, dict) and document.get("data") is None):
        return None
    return one(operation, answer)


def objects(value: Any) -> list[dict[str, Any]]:
    """The objects in a list, such as one in `data`; none where it is no list."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _data(operation: str, answer: Answer) -> Any:
    document = answers.read(operation, answer)
    return document.get("data") if isinstance(document, dict) else None


def _checked(operation: str, answer: Answer, data: Any) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise InvalidAnswerError(
            f"{operation}: the answer holds no object in `data`.",
            operation=operation,
            status=answer.status,
        )
    return data
