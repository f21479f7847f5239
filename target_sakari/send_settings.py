"""The settings of sends."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal, get_args

from sakari_client.errors import ConfigError
from sakari_client.settings_check import NOT_BLANK
from target_sakari.guards.caps import Limits
from target_sakari.guards.quiet_hours import QuietHours
from target_sakari.settings_values import number, path, same_file

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

Delivery = Literal["at_most_once", "at_least_once"]

_MOST_RECIPIENTS = 1_000
_MOST_HOURS = 24 * 366
_MOST_SECONDS = 7 * 86_400
_MOST_MB = 100
_MOST_COST = 1_000_000_000

SEND_SETTINGS: dict[str, dict[str, Any]] = {
    "send_enabled": {
        "type": "boolean",
        "title": "Sending enabled",
        "default": False,
        "description": "Whether texts are sent. Until this is true, each one is only planned, as "
        "in a dry run; nothing else is held back.",
    },
    "ledger_url": {
        "type": ["string", "null"],
        "title": "Ledger",
        "secret": True,
        "description": "SQLAlchemy URL of the database of what was sent, which keeps a text from "
        "going out twice; all who send from one source share it. Default: a SQLite file for the "
        "account, singer-sakari/ledger-ACCOUNT.db in XDG_STATE_HOME or ~/.local/state.",
    },
    "new_ledger": {
        "type": "boolean",
        "title": "New ledger",
        "default": True,
        "description": "Whether a ledger is made where there is none. Set it to false once there "
        "is one: then a wrong `ledger_url`, another user's home folder or a lost file ends the run "
        "before anything is sent, instead of everything being sent again.",
    },
    "send_window_hours": {
        "type": ["number", "string"],
        "title": "Window of equal texts",
        "default": 24,
        "minimum": 0,
        "maximum": _MOST_HOURS,
        "description": "Where a stream has neither key properties nor `send_key`: the same text "
        "to the same recipient within so many hours is the same send.",
    },
    "delivery": {
        "type": "string",
        "title": "Delivery",
        "default": "at_most_once",
        "enum": list(get_args(Delivery)),
        "description": "What to do where nobody knows whether a text went out: `at_most_once` "
        "looks it up and leaves it to you, `at_least_once` sends it again at once: somebody may "
        "get it, and you may pay for it, twice.",
    },
    "resend_unknown": {
        "type": "boolean",
        "title": "Send what is not found",
        "default": False,
        "description": "Whether a text that an earlier run left unknown, and that Sakari does not "
        "list after `unknown_grace_seconds`, is sent again.",
    },
    "unknown_grace_seconds": {
        "type": ["number", "string"],
        "title": "Wait for unknown texts",
        "default": 300,
        "minimum": 0,
        "maximum": _MOST_SECONDS,
        "description": "Seconds that a text may take to be listed by Sakari, from when its request "
        "ended. Where the run that meant to send it may be alive, they begin once that can be "
        "sending it no longer: four times its `request_timeout`.",
    },
    "recipients_per_request": {
        "type": "integer",
        "title": "Recipients of a request",
        "default": 100,
        "minimum": 1,
        "maximum": _MOST_RECIPIENTS,
        "description": "Most recipients of one text that go into one request.",
    },
    "deferred_path": {
        "type": ["string", "null"],
        "title": "Deferred file",
        "description": "File for the texts that were put off (quiet hours, `send_at`, caps), as a "
        "Singer stream: move it, and pipe it back in later. Default: they go into the rejects "
        "file; without that either, no state goes out that comes after them.",
    },
    "media_folder": {
        "type": ["string", "null"],
        "title": "Media folder",
        "description": "Folder of the local files that texts may carry; no other file is read. "
        "Default: none may.",
    },
    "max_media_mb": {
        "type": ["number", "string"],
        "title": "Largest file",
        "default": 5,
        "exclusiveMinimum": 0,
        "maximum": _MOST_MB,
        "description": "Largest local file that a text may carry, in megabytes.",
    },
    "check_balance": {
        "type": "boolean",
        "title": "Check the balance",
        "default": True,
        "description": "Whether the account's balance must pay for what is planned, before the "
        "first text goes out.",
    },
    "check_consent": {
        "type": "boolean",
        "title": "Check consent",
        "default": True,
        "description": "Whether recipients are looked up in Sakari first: who opted out, is "
        "blocked, or has an invalid number gets no text, and costs none.",
    },
    "require_opt_in": {
        "type": "boolean",
        "title": "Require an opt-in",
        "default": False,
        "description": "Whether recipients must be contacts that Sakari knows to have opted in.",
    },
    "skip_landlines": {
        "type": "boolean",
        "title": "Skip landlines",
        "default": True,
        "description": "Whether contacts whose number Sakari holds to be a landline get no text.",
    },
    "quiet_hours": {
        "type": ["string", "null"],
        "title": "Quiet hours",
        "description": "Hours in which nobody gets a text, such as 21:00-08:00, by the clock of "
        "where the number belongs; where that may be several zones, in any of them. What falls "
        "into them is put off: see `deferred_path`. Default: none, as texts such as one-time "
        "codes must not wait.",
    },
    "quiet_hours_zone": {
        "type": ["string", "null"],
        "title": "Zone of unplaced numbers",
        "description": "Time zone for numbers that belong to no place, such as toll-free ones, "
        "and for conversations; such as America/New_York. Default: with quiet hours, these are "
        "put off.",
    },
    "refuse_stop_words": {
        "type": "boolean",
        "title": "Refuse stop words",
        "default": True,
        "description": "Whether a text that is nothing but STOP, HELP, START or the like is "
        "rejected: people reply so, and a mapping has slipped.",
    },
    "require_opt_out_text": {
        "type": "boolean",
        "title": "Require an opt-out text",
        "default": False,
        "description": "Whether a text must hold the word of `opt_out_word`.",
    },
    "opt_out_word": {
        "type": "string",
        "title": "Opt-out word",
        "default": "STOP",
        "pattern": NOT_BLANK,
        "description": "The word by which a text says how to get no more of them.",
    },
    "max_per_recipient_per_day": {
        "type": ["integer", "null"],
        "title": "Texts for one recipient",
        "minimum": 1,
        "description": "Most texts for one recipient in 24 hours, by the ledger; further ones are "
        "put off. Default: any number.",
    },
    "max_messages": {
        "type": ["integer", "null"],
        "title": "Most messages",
        "minimum": 0,
        "description": "Most messages of a run. Default: any number.",
    },
    "max_segments": {
        "type": ["integer", "null"],
        "title": "Most segments",
        "minimum": 0,
        "description": "Most segments of a run: what is paid for. Default: any number.",
    },
    "max_cost": {
        "type": ["number", "string", "null"],
        "title": "Most money",
        "minimum": 0,
        "maximum": _MOST_COST,
        "description": "Most money of a run, in the account's currency, reckoned by the price of "
        "a segment that Sakari tells. Default: any sum.",
    },
    "plain_characters": {
        "type": "boolean",
        "title": "Plain characters",
        "default": False,
        "description": "Whether curly quotes, dashes and the like are sent as plain ones, where "
        "that makes a text GSM-7, which costs up to a third.",
    },
}
"""They are among those of the target."""


@dataclass(frozen=True)
class SendSettings:
    """The settings of sends; `SEND_SETTINGS` describes each.

    Raises:
        ConfigError: two of them do not go together; the error names one.
    """

    send_enabled: bool
    ledger_url: str | None
    new_ledger: bool
    send_window_hours: float
    delivery: Delivery
    resend_unknown: bool
    unknown_grace_seconds: float
    recipients_per_request: int
    deferred_path: Path | None
    media_folder: Path | None
    max_media_mb: float
    check_balance: bool
    check_consent: bool
    require_opt_in: bool
    skip_landlines: bool
    quiet_hours: QuietHours | None
    refuse_stop_words: bool
    opt_out_word: str | None
    max_per_recipient_per_day: int | None
    limits: Limits
    plain_characters: bool

    def __post_init__(self) -> None:
        if self.require_opt_in and not self.check_consent:
            raise ConfigError("check_consent", "must be true where require_opt_in is.")

    @classmethod
    def from_settings(cls, settings: Mapping[str, Any]) -> SendSettings:
        """Take them out of the target's settings, which fit their schema and are all there.

        Raises:
            ConfigError: one of them is wrong; the error names it.
        """
        deferred = path(settings.get("deferred_path"))
        for other in ("outcomes_path", "rejects_path"):
            if same_file(deferred, path(settings.get(other))):
                raise ConfigError("deferred_path", f"is the same file as {other}. Name another.")
        media_mb = number("max_media_mb", settings["max_media_mb"], _MOST_MB)
        if not media_mb:
            raise ConfigError("max_media_mb", "must be more than 0.")
        return cls(
            send_enabled=settings["send_enabled"],
            ledger_url=_text(settings.get("ledger_url")),
            new_ledger=settings["new_ledger"],
            send_window_hours=number(
                "send_window_hours", settings["send_window_hours"], _MOST_HOURS
            ),
            delivery=settings["delivery"],
            resend_unknown=settings["resend_unknown"],
            unknown_grace_seconds=number(
                "unknown_grace_seconds", settings["unknown_grace_seconds"], _MOST_SECONDS
            ),
            recipients_per_request=int(settings["recipients_per_request"]),
            deferred_path=deferred,
            media_folder=path(settings.get("media_folder")),
            max_media_mb=media_mb,
            check_balance=settings["check_balance"],
            check_consent=settings["check_consent"],
            require_opt_in=settings["require_opt_in"],
            skip_landlines=settings["skip_landlines"],
            quiet_hours=QuietHours.from_settings(
                _text(settings.get("quiet_hours")), _text(settings.get("quiet_hours_zone"))
            ),
            refuse_stop_words=settings["refuse_stop_words"],
            opt_out_word=settings["opt_out_word"].strip()
            if settings["require_opt_out_text"]
            else None,
            max_per_recipient_per_day=settings.get("max_per_recipient_per_day"),
            limits=Limits(
                settings.get("max_messages"),
                settings.get("max_segments"),
                _money("max_cost", settings.get("max_cost")),
            ),
            plain_characters=settings["plain_characters"],
        )


def _text(value: str | None) -> str | None:
    return value.strip() if value and value.strip() else None


def _money(name: str, value: Any) -> Decimal | None:
    """A sum, digit by digit as it is written."""
    if value is None or not str(value).strip():
        return None
    number(name, value, _MOST_COST)
    return Decimal(str(value).strip())
