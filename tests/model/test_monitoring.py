"""The monitoring plan: bounds beside the words of an alert, and how often somebody looks."""

from __future__ import annotations

import pytest

from readiness.errors import InputError
from readiness.model.monitoring import Alert, MonitoringPlan
from readiness.model.policy import Gate


def test_an_alert_in_words_alone_is_stored_as_it_always_was() -> None:
    assert Alert(metric="drift", condition="> 1").model_dump() == {"metric": "drift", "condition": "> 1", "route": ""}
    assert Alert(metric="drift", condition="> 1").gate is None


def test_an_alert_with_a_bound_is_a_gate_on_what_is_measured_in_operation() -> None:
    alert = Alert(metric="latency_ms", condition="slow", cohort="each", stat="p95", max=9000)
    assert alert.gate == Gate(metric="latency_ms", cohort="each", stat="p95", max=9000)
    assert alert.model_dump()["max"] == 9000
    assert "min" not in alert.model_dump()


def test_an_alert_that_looks_somewhere_without_a_bound_is_refused() -> None:
    with pytest.raises(InputError, match="has no bound; expected min or max"):
        Alert.checked(metric="latency_ms", condition="slow", cohort="each")


@pytest.mark.parametrize(
    ("cadence", "days"),
    [
        ("", 7),
        ("when there is time", 7),
        ("daily", 1),
        ("Every hour", 1),
        ("weekly", 7),
        ("daily in the first week, then weekly", 7),
        ("every two weeks", 14),
        ("fortnightly", 14),
        ("monthly", 31),
        ("weekly, and a monthly report", 31),
    ],
)
def test_the_longest_cadence_that_is_named_counts(cadence: str, days: int) -> None:
    assert MonitoringPlan(review_cadence=cadence).days_between == days
