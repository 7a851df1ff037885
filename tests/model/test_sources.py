"""A source says all that a pull needs, and nothing that cannot be."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from readiness.errors import InputError
from readiness.model.sources import LiveSource, StoredSource

WHOLE: dict[str, Any] = {"kind": "phoenix", "url": "https://traces.example", "project": "support"}
MADE = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"project": ""}, "it is not said what of the server is meant; expected a project or an experiment"),
        ({"holds": "results"}, "the results of Phoenix are those of an experiment; expected its id"),
        (
            {"kind": "langfuse", "holds": "results"},
            "the results of Langfuse are those of an experiment; expected its name",
        ),
        ({"version": "1", "role": "candidate"}, "a version and a role exclude one another; expected one of them"),
        ({"every_hours": 0}, "0 is not allowed here"),
        ({"kind": "weave"}, "'weave' is not allowed here"),
        ({"url": ""}, "'' is not allowed here"),
    ],
)
def test_what_cannot_be_pulled_is_no_source(fields: dict[str, Any], problem: str) -> None:
    with pytest.raises(InputError) as caught:
        LiveSource.checked(**WHOLE | fields)
    assert problem in str(caught.value)


def test_a_source_is_due_when_its_cadence_is_over_and_at_once_where_it_was_never_pulled() -> None:
    source = StoredSource(1, "desk", LiveSource.checked(**WHOLE, every_hours=6), 1, "dana", MADE)
    assert source.is_due(MADE)
    assert source.stale(MADE + dt.timedelta(hours=7)) == ""
    assert source.stale(MADE + dt.timedelta(hours=8)) == "never pulled"
    pulled = StoredSource(1, "desk", source.record, 1, "dana", MADE, pulled_at=MADE)
    assert not pulled.is_due(MADE + dt.timedelta(hours=5))
    assert pulled.is_due(MADE + dt.timedelta(hours=6))
