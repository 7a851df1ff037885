"""What is open before a decision, each with where it is settled."""

from __future__ import annotations

from readiness.review import open_points
from tests import factories
from tests.decided import DAY
from tests.factories import TODAY
from tests.review.dossiers import reviewed


def words(**answers: object) -> dict[str, str]:
    return {point.words: point.page for point in open_points.of(reviewed(answers))}


def test_evidence_that_leaves_something_out_is_all_that_is_open_where_every_answer_is_no() -> None:
    assert words() == {"2 answers with evidence that leaves something out": "checklist"}


def test_each_thing_that_is_open_is_counted_and_leads_to_its_page() -> None:
    said = words(capacity=None, abstention=factories.mark("abstention", "partial", due=TODAY - DAY))
    assert said["1 question not answered"] == "checklist"
    assert said["1 gap overdue"] == "gaps"


def test_files_that_no_longer_count_and_gates_without_enough_data_are_open() -> None:
    late = reviewed(as_of=TODAY + 400 * DAY)
    said = {point.words: point.page for point in open_points.of(late)}
    assert said["2 files that count no more"] == "evidence"
    assert any(told.endswith("not decided") for told in said)
    assert any("of the packet not complete" in told for told in said)
