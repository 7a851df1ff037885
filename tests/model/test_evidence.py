"""What does not fit in a file, who confirmed it, and what the file says that it ran."""

from __future__ import annotations

import datetime as dt

import pytest

from readiness.model.evidence import LONGEST_LABEL, Confirmation, Doubt, Evidence, Origin
from tests.factories import TODAY, evidence

DOUBT = Doubt(kind="total", what="accuracy", stated="0.9", counted="0.8")
CONFIRMED = Confirmation(by="dana", at=dt.datetime.combine(TODAY, dt.time(12), dt.UTC), reason="The total is of old")


@pytest.mark.parametrize(
    ("file", "doubted"),
    [
        (evidence(), False),
        (evidence(confirmed=CONFIRMED), False),
        (evidence(doubts=[DOUBT]), True),
        (evidence(doubts=[DOUBT], confirmed=CONFIRMED), False),
    ],
)
def test_a_file_in_which_something_does_not_fit_counts_once_a_person_confirms_it(file: Evidence, doubted: bool) -> None:
    assert file.doubted is doubted
    assert file.freshness(TODAY) == ("doubtful" if doubted else "fresh")
    assert file.stale(TODAY) is doubted
    assert file.freshness(TODAY + dt.timedelta(days=31)) == "stale"


def test_the_moment_of_a_confirmation_is_stored_as_text_and_read_again() -> None:
    stored = CONFIRMED.model_dump()
    assert stored["at"] == "2026-11-20T12:00:00+00:00"
    assert Confirmation.model_validate(stored) == CONFIRMED


def test_a_label_is_known_by_its_first_300_characters() -> None:
    origin = Origin(label="a" * 299 + "bc", version="c" * 301)
    assert (origin.label, origin.version) == ("a" * 299 + "b", "c" * LONGEST_LABEL)
    assert LONGEST_LABEL == 300
