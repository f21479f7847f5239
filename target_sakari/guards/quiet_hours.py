"""Hours in which nobody is texted, by the clock of where a number belongs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from sakari_client.errors import ConfigError
from target_sakari.guards.objection import Objection
from target_sakari.reasons import Reason

_HOURS = re.compile(r"(\d{1,2}):(\d\d)\s*[-\u2013]\s*(\d{1,2}):(\d\d)")
_ANY_ZONE = "America/New_York"


@dataclass(frozen=True)
class QuietHours:
    """Quiet hours, from `begin` until just before `end`, which may be the next day.

    Attributes:
        begin: by the local clock.
        end: the same.
        fallback: the zone of numbers whose own is not known.
    """

    begin: time
    end: time
    fallback: ZoneInfo | None = None

    @classmethod
    def from_settings(cls, hours: str | None, zone: str | None) -> QuietHours | None:
        """Read the settings `quiet_hours` and `quiet_hours_zone`.

        Raises:
            ConfigError: one of them is wrong, or there are no data of time zones.
        """
        fallback = None
        if zone is not None:
            fallback = _zone(zone)
            if fallback is None:
                raise ConfigError("quiet_hours_zone", "must be a time zone: America/New_York.")
        if hours is None:
            return None
        if _zone(_ANY_ZONE) is None:
            raise ConfigError(
                "quiet_hours", "needs data of time zones: pip install tzdata, or the system's."
            )
        begin, end = _read(hours)
        return cls(begin, end, fallback)

    def objection(self, number: str | None, now: datetime) -> Objection | None:
        """What the hour has against texting a number.

        Args:
            number: in E.164; None where it is not known.
            now: with its zone.
        """
        zones = zones_of(number) if number else ()
        if not zones and self.fallback:
            zones = (self.fallback,)
        if not zones:
            detail = "The number's time zone is not known; quiet_hours_zone sets one for such."
            return Objection("deferred", Reason.UNKNOWN_ZONE, detail)
        if not any(self._covers(now.astimezone(zone).time()) for zone in zones):
            return None
        detail = f"It is in the quiet hours, {self}, where the recipient is or may be."
        return Objection("deferred", Reason.QUIET_HOURS, detail)

    def __str__(self) -> str:
        return f"{self.begin:%H:%M}-{self.end:%H:%M}"

    def _covers(self, clock: time) -> bool:
        if self.begin < self.end:
            return self.begin <= clock < self.end
        return clock >= self.begin or clock < self.end


def zones_of(number: str) -> tuple[ZoneInfo, ...]:
    """The time zones that a number may be in; none where they are not known.

    Args:
        number: in E.164.
    """
    import phonenumbers  # noqa: PLC0415 - large: only with quiet hours
    from phonenumbers import timezone  # noqa: PLC0415

    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return ()
    if phonenumbers.number_type(parsed) == phonenumbers.PhoneNumberType.TOLL_FREE:
        # They are in all zones of North America, and it is always night in one of them.
        return ()
    zones = [_zone(name) for name in timezone.time_zones_for_number(parsed)]
    # Where the machine does not know one of them, it may be night in just that one.
    return () if None in zones else tuple(zone for zone in zones if zone)


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError):  # unknown, or not the name of a zone at all
        return None


def _read(hours: str) -> tuple[time, time]:
    found = _HOURS.fullmatch(hours.strip())
    try:
        if found:
            one, two, three, four = map(int, found.groups())
            begin, end = time(one, two), time(three, four)
            if begin != end:
                return begin, end
    except ValueError:
        pass
    raise ConfigError("quiet_hours", "must be two different times of day, such as 21:00-08:00.")
