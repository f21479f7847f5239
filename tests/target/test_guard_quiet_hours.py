"""Nobody is texted at night, wherever the number may be."""

from __future__ import annotations

from datetime import datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sakari_client.errors import ConfigError
from target_sakari.guards.quiet_hours import QuietHours, zones_of
from target_sakari.reasons import Reason

NEW_YORK, BOISE_OR_SPOKANE, TOLL_FREE = "+12125550123", "+12085550123", "+18005550123"
LONDON, SYDNEY_OR_PERTH, NOWHERE = "+442079460123", "+61412345678", "+882161234567"
UTC = timezone.utc
ANY_TIME = st.times().map(lambda one: one.replace(second=0, microsecond=0))
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
ZONES = st.sampled_from(sorted(available_timezones()))


def hours(text: str, zone: str | None = None) -> QuietHours:
    found = QuietHours.from_settings(text, zone)
    assert found is not None
    return found


NIGHT = hours("21:00-08:00")


def is_quiet(number: str | None, year_to_minute: str, quiet: QuietHours = NIGHT) -> bool:
    found = quiet.objection(number, datetime.fromisoformat(year_to_minute).replace(tzinfo=UTC))
    assert found is None or found.outcome == "deferred"
    return found is not None and found.reason is Reason.QUIET_HOURS


@pytest.mark.parametrize(
    ("number", "utc", "quiet"),
    [
        (NEW_YORK, "2026-01-15T12:59:59", True),
        (NEW_YORK, "2026-01-15T13:00:00", False),
        (NEW_YORK, "2026-01-16T01:59:59", False),
        (NEW_YORK, "2026-01-16T02:00:00", True),
        (NEW_YORK, "2026-01-16T05:00:00", True),
        (NEW_YORK, "2026-07-15T12:00:00", False),
        (NEW_YORK, "2026-07-16T01:00:00", True),
        # The clocks went from two to three in the night to 8 March, and back on 1 November.
        (NEW_YORK, "2026-03-07T12:59:59", True),
        (NEW_YORK, "2026-03-08T12:00:00", False),
        (NEW_YORK, "2026-10-31T12:00:00", False),
        (NEW_YORK, "2026-11-01T12:59:59", True),
        # Eight in Boise, seven in the other zone of the same area code.
        (BOISE_OR_SPOKANE, "2026-07-15T14:30:00", True),
        (BOISE_OR_SPOKANE, "2026-07-15T15:00:00", False),
        (LONDON, "2026-07-15T07:00:00", False),
        # Nine in the evening in Sydney, six in Perth.
        (SYDNEY_OR_PERTH, "2026-07-15T11:00:00", True),
        (SYDNEY_OR_PERTH, "2026-07-15T10:00:00", False),
    ],
)
def test_it_is_night_where_the_number_may_be(number: str, utc: str, *, quiet: bool) -> None:
    assert is_quiet(number, utc) == quiet


def test_an_hour_that_comes_twice_is_quiet_twice() -> None:
    early = hours("01:30-02:00")
    found = [
        is_quiet(NEW_YORK, f"2026-11-01T{hour:02}:{minute:02}:00", early)
        for hour in (5, 6)
        for minute in (0, 30)
    ]
    assert found == [False, True, False, True]


def test_hours_within_a_day() -> None:
    noon = hours("12:00-14:00")
    times = ["11:59:59", "12:00:00", "13:59:59", "14:00:00"]
    assert [is_quiet(LONDON, f"2026-01-15T{one}", noon) for one in times] == [
        False,
        True,
        True,
        False,
    ]


@pytest.mark.parametrize("number", [TOLL_FREE, NOWHERE, "+1", "", None])
def test_numbers_of_no_place_wait_unless_a_zone_is_set_for_them(number: str | None) -> None:
    day, night = (datetime(2026, 1, 15, hour, tzinfo=UTC) for hour in (16, 4))
    found = [NIGHT.objection(number, now) for now in (day, night)]
    assert [one.reason for one in found if one] == [Reason.UNKNOWN_ZONE] * 2
    zoned = hours("21:00-08:00", "America/New_York")
    assert zoned.objection(number, day) is None
    assert is_quiet(number, "2026-01-15T04:00:00", zoned)


def test_the_fallback_is_for_no_other_numbers() -> None:
    assert not is_quiet(LONDON, "2026-01-15T10:00:00", hours("21:00-08:00", "America/New_York"))


def test_zones() -> None:
    assert zones_of(NEW_YORK) == (ZoneInfo("America/New_York"),)
    assert {str(one) for one in zones_of(BOISE_OR_SPOKANE)} == {
        "America/Boise",
        "America/Los_Angeles",
    }
    assert zones_of(TOLL_FREE) == zones_of("nonsense") == ()


def test_a_zone_that_this_machine_lacks_is_not_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    zones = ("America/New_York", "America/Atlantis")
    monkeypatch.setattr("phonenumbers.timezone.time_zones_for_number", lambda _: zones)
    assert zones_of(NEW_YORK) == ()


@given(ANY_TIME, ANY_TIME, ZONES, MOMENTS)
def test_what_is_quiet_is_loud_in_the_other_hours(
    begin: time, end: time, zone: str, now: datetime
) -> None:
    if begin == end:
        return
    places = (QuietHours(begin, end, ZoneInfo(zone)), QuietHours(end, begin, ZoneInfo(zone)))
    assert len([one for one in places if one.objection(None, now)]) == 1


@given(ANY_TIME, ANY_TIME, ZONES, MOMENTS)
def test_quiet_hours_begin_and_end_when_they_say(
    begin: time, end: time, zone: str, day: datetime
) -> None:
    quiet = QuietHours(begin, end, ZoneInfo(zone))
    for clock, expected in ((begin, True), (end, False)):
        now = day.replace(tzinfo=ZoneInfo(zone), hour=clock.hour, minute=clock.minute, fold=0)
        utc = now.astimezone(UTC)
        exists = utc.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == now.replace(tzinfo=None)
        if begin != end and exists:
            assert (quiet.objection(None, utc) is not None) == expected


@given(MOMENTS)
def test_several_zones_are_as_quiet_as_each(now: datetime) -> None:
    each = [QuietHours(NIGHT.begin, NIGHT.end, zone) for zone in zones_of(SYDNEY_OR_PERTH)]
    quiet = [one.objection(None, now) is not None for one in each]
    assert len(quiet) > 2
    assert (NIGHT.objection(SYDNEY_OR_PERTH, now) is not None) == any(quiet)


def test_every_number_has_an_hour_of_a_day_in_which_it_is_texted() -> None:
    start = datetime(2026, 1, 15, tzinfo=UTC)
    for number in (NEW_YORK, BOISE_OR_SPOKANE, LONDON, SYDNEY_OR_PERTH, "+79161234567"):
        clock = [start + timedelta(hours=hour) for hour in range(24)]
        assert any(NIGHT.objection(number, now) is None for now in clock), number


@pytest.mark.parametrize("text", ["9-5", "21:00", "25:00-08:00", "21:60-08:00", "08:00-08:00", "x"])
def test_hours_that_are_none(text: str) -> None:
    with pytest.raises(ConfigError, match="quiet_hours: must be two different times of day"):
        QuietHours.from_settings(text, None)


@pytest.mark.parametrize("zone", ["Mars/Base", "../etc/passwd", "/etc/passwd", "\0", "America"])
def test_zones_that_are_none(zone: str) -> None:
    with pytest.raises(ConfigError, match="quiet_hours_zone: must be a time zone"):
        QuietHours.from_settings("21:00-08:00", zone)


def test_a_machine_without_time_zones_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("target_sakari.guards.quiet_hours._zone", lambda _: None)
    assert QuietHours.from_settings(None, None) is None
    with pytest.raises(ConfigError, match="quiet_hours: needs data of time zones"):
        QuietHours.from_settings("21:00-08:00", None)
