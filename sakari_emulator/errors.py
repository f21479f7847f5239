"""Refusals.

Codes that begin with EMU- are made up here, since no document tells the real one; the others are
Sakari's (v1.0.1 and help article 360038858932).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sakari_emulator.rows import Json

NOT_FOUND = "EMU-NOT-FOUND"
BAD_REQUEST = "EMU-BAD-REQUEST"
UNAUTHORIZED = "EMU-UNAUTHORIZED"
DUPLICATE = "EMU-DUPLICATE"
NOT_ALLOWED = "EMU-NOT-ALLOWED"
TOO_LARGE = "EMU-TOO-LARGE"
RATE_LIMIT = "EMU-RATE-LIMIT"
FAULT = "EMU-FAULT"

WRONG_ACCOUNT = "ACCT-008"
NO_ACCESS = "ACCT-016"
INVALID_NUMBER = "CONT-001"
OPTED_OUT = "CONT-010"
INVALID_CONVERSATION = "CONV-001"


class ApiError(Exception):
    """A request that is answered with an error envelope.

    Attributes:
        status: HTTP status.
        code: `error.code`.
        message: `error.message`.
    """

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


def envelope(code: str, message: str) -> Json:
    """ErrorResponse of v1.0.1."""
    return {"success": False, "error": {"code": code, "message": message}}


def bad_request(message: str, status: int = 400) -> ApiError:
    """A request that cannot be understood."""
    return ApiError(status, BAD_REQUEST, message)


def not_found(what: str) -> ApiError:
    """Something that is not there."""
    return ApiError(404, NOT_FOUND, f"{what} not found")
