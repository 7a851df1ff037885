from __future__ import annotations

import datetime as dt

import pytest

from readiness.model.decisions import OpenCondition, StoredCondition
from readiness.portfolio import digest
from readiness.portfolio.digest import Digest, DueItem, Recipient, ReminderKey
from readiness.review.items import OpenGap
from tests import decided, factories
from tests.factories import CHECKLIST, SLUG, TODAY

OMAR, ROSA = Recipient("Omar", "omar@example.com"), Recipient("rosa")


def gap(signal: str = "capacity", *, days: int = 5, owner: str = "omar", system: str = SLUG, **more: str) -> OpenGap:
    """One that is due in so many days."""
    mark = factories.mark(signal, "yes", owner=owner, due=TODAY + dt.timedelta(days), **more)
    return OpenGap(1, 1, system, CHECKLIST.signal(signal), mark, (), TODAY)


def due(*gaps: OpenGap | DueItem, sent: tuple[ReminderKey, ...] = (), days: int = 0) -> list[Digest]:
    def whose(one: DueItem) -> Recipient:
        return OMAR if one.owner == "omar" else ROSA

    items = [DueItem.of_gap(one) if isinstance(one, OpenGap) else one for one in gaps]
    return digest.due(items, whose, sent, TODAY + dt.timedelta(days), {SLUG: "Support Copilot"})


@pytest.mark.parametrize(
    ("days", "stage"),
    [(31, None), (30, 30), (8, 30), (7, 7), (2, 7), (1, 1), (0, 1), (-1, 0), (-400, 0)],
)
def test_a_date_reaches_a_stage_at_30_7_and_1_days_and_when_it_is_past(days: int, stage: int | None) -> None:
    assert digest.stage(TODAY + dt.timedelta(days), TODAY) == stage


def test_everybody_is_told_once_at_each_stage_that_a_day_is_given_to() -> None:
    one, stages = gap(days=40), []
    sent: list[ReminderKey] = []
    for day in range(60):
        for told in due(one, sent=tuple(sent), days=day):
            stages += [(day, key.stage) for key in told.keys]
            sent += told.keys
    assert stages == [(10, 30), (33, 7), (39, 1), (41, 0)]


def test_a_stage_that_nothing_was_sent_at_is_not_made_up_for() -> None:
    (told,) = due(gap(days=40), days=50)
    assert [key.stage for key in told.keys] == [digest.OVERDUE]


def test_a_date_that_moved_begins_anew_and_another_owner_is_told_too() -> None:
    (first,) = due(gap(days=5))
    sent = tuple(first.keys)
    assert due(gap(days=5), sent=sent) == []
    assert len(due(gap(days=6), sent=sent)) == 1
    assert [told.recipient for told in due(gap(days=5, owner="rosa"), sent=sent)] == [ROSA]


def test_each_gets_one_digest_with_the_most_urgent_first_and_what_has_no_date_is_left_out() -> None:
    undated = OpenGap(1, 1, SLUG, CHECKLIST.signal("sign-off"), factories.mark("sign-off", "no"), (), TODAY)
    told = due(gap("capacity", days=20), gap("ownership", days=-3), gap("tail-latency", owner="rosa"), undated)
    assert [(one.recipient, len(one.items)) for one in told] == [(OMAR, 2), (ROSA, 1)]
    assert told[0].subject == "Readiness: 1 gap overdue and 1 due soon"
    assert told[1].subject == "Readiness: 1 gap due soon"
    lines = told[0].text.splitlines()
    assert lines[0] == "For Omar."
    assert [line for line in lines if line.endswith(":")] == ["Overdue:", "Due within 30 days:"]
    assert lines[3].startswith("- 17 Nov 2026")
    assert "Support Copilot" in lines[3]


def test_no_text_that_was_imported_begins_a_line_of_its_own() -> None:
    (told,) = due(gap(action="Close it\r\nBcc: everybody@example.com\n\n/assign @omar"))
    assert not [line for line in told.text.splitlines() if line.startswith(("Bcc", "/"))]


def condition(days: int = 5, number: int = 7) -> DueItem:
    record = decided.condition(owner="omar", due=TODAY + dt.timedelta(days))
    return DueItem.of_condition(OpenCondition(SLUG, "2026.11", StoredCondition(number, 1, record)), TODAY)


def test_conditions_of_decisions_are_reminded_of_like_gaps_and_told_apart() -> None:
    (told,) = due(condition(-1))
    assert told.subject == "Readiness: 1 condition overdue"
    assert [key.signal for key in told.keys] == ["condition 7"]
    assert "1 day over: Support Copilot, Japanese answers are measured again. A condition of the decision" in told.text
    assert told.text.splitlines()[-1].startswith("Each condition stands on the page Decision")
    assert due(condition(-1), sent=tuple(told.keys)) == []
    (both,) = due(condition(), gap(days=-3))
    assert both.subject == "Readiness: 1 task overdue and 1 due soon"
    assert [line.split()[1] for line in both.text.splitlines()[-2:]] == ["gap", "condition"]
