from __future__ import annotations

import datetime as dt

import pytest

from readiness import clock
from readiness.errors import InputError


def test_today_is_the_day_in_the_review_time_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    days = []
    for zone in ("Pacific/Pago_Pago", "UTC", "Pacific/Kiritimati"):  # 25 hours from the first to the last
        monkeypatch.setenv(clock.ZONE_VARIABLE, zone)
        days.append(clock.today())
    assert days == sorted(days)
    assert (days[-1] - days[0]).days in (1, 2)


def test_the_zone_is_utc_by_default_and_now_is_aware(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(clock.ZONE_VARIABLE, raising=False)
    assert str(clock.zone()) == "UTC"
    assert clock.now().utcoffset() == dt.timedelta(0)


@pytest.mark.parametrize("name", ["Mars/Olympus", "", "../../etc/passwd", "/etc/passwd", "Europe", "x" * 400, "a\nb"])
def test_a_zone_that_is_not_known_is_refused(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(clock.ZONE_VARIABLE, name)
    with pytest.raises(InputError, match="is not known; expected a name such as Europe/Berlin") as refused:
        clock.zone()
    assert refused.value.place == clock.ZONE_VARIABLE


@pytest.mark.parametrize("text", ["2024-02-29", "2026-12-31", "0001-01-01", "9999-12-31"])
def test_a_date_that_exists_is_read(text: str) -> None:
    assert clock.date_of(text, place="due").isoformat() == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-02-30",
        "2025-02-29",
        "2026-13-01",
        "2026-1-1",
        "01.12.2026",
        "tomorrow",
        "2026-11-20T00:00",
        "٢٠٢٦-١١-٢٠",
    ],
)
def test_a_date_that_does_not_exist_is_refused_with_its_place(text: str) -> None:
    with pytest.raises(InputError) as refused:
        clock.date_of(text, place="due")
    assert str(refused.value) == f"due: {text!r} is not a date; expected a date that exists, as YYYY-MM-DD."
