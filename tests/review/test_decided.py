"""Where a decision stands on a day, and how it is said."""

from __future__ import annotations

from typing import Any

import pytest

from readiness.model.incidents import IncidentAnswer
from readiness.portfolio import status
from readiness.review import decided, incident_words, signoff, summaries
from readiness.review.review import Review
from tests.decided import CONDITION, DAY, RISK, decision, stored
from tests.decision.test_incidents import incident
from tests.factories import TODAY
from tests.review.dossiers import reviewed

GAP = {"rollback_rehearsal": "yes"}
BLOCKED = {"rollback": "yes"}


def review(*decisions: Any, answers: Any = None, **fields: Any) -> Review:
    return reviewed(answers, decisions=decisions, **fields)


def test_nothing_is_decided_until_somebody_does() -> None:
    now = decided.standing(review())
    assert (now.state, now.last, now.goes_on) == ("open", None, False)
    assert decided.sentence(review()).startswith("Not decided yet")
    assert decided.brief(review()) == decided.clause(review()) == ""


def test_a_go_on_a_verdict_that_allows_it_adds_nothing_to_the_verdict() -> None:
    now = review(stored(decision(level="staged")))
    standing = decided.standing(now)
    assert (standing.state, standing.against, standing.until, standing.goes_on) == ("stands", False, None, True)
    assert decided.sentence(now) == "Go, decided by dana and lee on 20 Nov 2026."
    assert decided.brief(now) == "▶ go"
    assert decided.clause(now) == ""
    assert summaries.headline(now).startswith("Staged: ")


def blocked(*decisions: Any, **fields: Any) -> Review:
    found = review(*decisions, answers={"rollback_rehearsal": "yes"}, **fields)
    assert found.verdict.level == "blocked"
    return found


AGAINST = {"level": "blocked", "risks": [RISK]}


def test_a_go_against_the_verdict_reads_as_such_and_the_verdict_stays() -> None:
    now = blocked(stored(decision(**AGAINST)))
    assert decided.standing(now).against
    assert decided.clause(now) == "going on by decision of dana and lee until 21 Nov 2026"
    assert summaries.headline(now).startswith(f"Blocked; {decided.clause(now)}: ")
    kept = status.of(now)
    assert (kept.level, kept.headline) == ("blocked", summaries.headline(now))
    assert status.read(status.dump(kept), TODAY) == kept


@pytest.mark.parametrize(("outcome", "words"), [("hold", "on hold"), ("no-go", "not going on")])
def test_what_is_held_though_it_could_go_reads_as_such(outcome: str, words: str) -> None:
    now = review(stored(decision(outcome=outcome)))
    assert decided.clause(now) == f"{words} by decision of dana and lee"
    assert not decided.standing(now).goes_on
    held = blocked(stored(decision(outcome=outcome, level="blocked")))
    assert decided.clause(held) == ""


@pytest.mark.parametrize("days", [0, 1, 2, 10, 11])
def test_a_condition_that_is_late_or_a_risk_that_expired_opens_it_again(days: int) -> None:
    record = decision(outcome="conditional", conditions=[CONDITION], **AGAINST)
    now = blocked(stored(record), as_of=TODAY + days * DAY)
    standing = decided.standing(now)
    expected = [
        *(
            ["the condition “Japanese answers are measured again” of omar was due on 30 Nov 2026 and is not met"]
            * (days > 10)
        ),
        *(["the accepted risk “a tenant reads another's text” expired on 21 Nov 2026"] * (days > 1)),
    ]
    assert list(standing.lapsed) == expected
    assert standing.state == ("reopened" if expected else "stands")
    assert standing.goes_on is not bool(expected)
    if expected:
        assert decided.sentence(now).startswith(f"Open again: {expected[0]}")
        assert decided.clause(now) == "the decision of dana and lee to go on has lapsed"
        assert status.of(now).reopened == tuple(expected)
        assert not status.of(now).decided


def test_a_condition_that_is_met_never_opens_it_again() -> None:
    record = decision(outcome="conditional", conditions=[CONDITION])
    late = TODAY + 60 * DAY
    assert decided.standing(review(stored(record), as_of=TODAY + 11 * DAY)).state == "reopened"
    assert decided.standing(review(stored(record, at_0=TODAY), as_of=TODAY + 11 * DAY)).state == "stands"
    assert "omar" in decided.standing(review(stored(record), as_of=late)).lapsed[0]


def test_a_verdict_that_is_worse_than_the_one_that_was_seen_opens_a_go_again() -> None:
    worse = blocked(stored(decision(level="narrow")))
    assert decided.standing(worse).lapsed == ("the verdict was ◐ narrow when it was made and is ⛔ blocked now",)
    assert decided.standing(blocked(stored(decision(outcome="hold", level="narrow")))).state == "stands"
    better = review(stored(decision(level="narrow")))
    assert decided.standing(better).state == "stands"


def test_the_last_decision_counts_and_those_on_other_versions_do_not() -> None:
    first, second = stored(decision(), 1), stored(decision(outcome="hold"), 2)
    earlier = stored(decision(outcome="no-go"), 3, assessment=2)
    now = review(earlier, first, second)
    assert decided.standing(now).last == second
    assert decided.earlier(now) == [first, earlier]
    assert decided.standing(review(earlier)).state == "open"
    assert decided.earlier(review(earlier)) == [earlier]


def test_what_changed_since_it_was_seen_is_named_and_does_not_undo_it() -> None:
    before = review()
    same = review(stored(decision(parts=signoff.seen(before))))
    assert decided.since(same) == ()
    other = review(stored(decision(parts=signoff.seen(before))), answers={"capacity": "partial"})
    assert decided.since(other) == ("the answer on Capacity at expansion",)
    assert decided.since(review()) == ()


def test_the_status_holds_up_to_the_day_on_which_the_decision_lapses() -> None:
    soon = CONDITION | {"due": TODAY + 2 * DAY}
    now = review(stored(decision(outcome="conditional", conditions=[soon])))
    assert status.of(now).valid_until == TODAY + 2 * DAY
    assert status.of(review()).valid_until > TODAY + 2 * DAY


def test_of_several_incidents_it_is_counted_how_many_are_answered() -> None:
    none = reviewed(incidents=[incident()])
    assert incident_words.sentence(none) == "1 incident, not answered for 2026.11."
    good = none.path("good")[0].trace.trace_id
    answered = incident(IncidentAnswer(kind="trace", reference=good, version="2026.11"))
    assert incident_words.sentence(reviewed(incidents=[answered])) == "1 incident, answered for 2026.11."
    both = reviewed(incidents=[answered, incident()])
    assert incident_words.sentence(both) == "2 incidents; 1 is not answered for 2026.11."
    assert incident_words.sentence(reviewed(incidents=[incident(), incident()])).endswith(
        "none of them answered for 2026.11."
    )
