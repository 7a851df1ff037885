"""Whether the record and the facts behind it fit together, in words."""

from __future__ import annotations

from typing import Any

import pytest

from readiness.model.dossier import ChainStatus, ChangedFact, FactStatus
from readiness.review import integrity
from readiness.store.facts import OWNERS

KINDS = {
    "meta": "the fact about the store",
    "system": "system",
    "assessment": "assessment",
    "mark": "answer",
    "due_change": "the moved due dates of answer",
    "handover": "the offers of answer",
    "document": "the policy or plan of assessment",
    "sign_off": "the sign-offs of assessment",
    "decision": "the decisions on assessment",
    "decision_condition": "the conditions of decisions on assessment",
    "stage_step": "the steps through the stages of assessment",
    "weekly_review": "the weekly reviews of assessment",
    "evidence": "file",
    "cell": "the figures of file",
    "outcome": "the outcomes of file",
    "trace": "the traces of file",
    "stage_figure": "the stage times of file",
    "trace_count": "the trace counts of file",
    "excerpt": "the released texts of file",
    "raw_text": "the texts before redaction of file",
    "pair": "the paired cases of system",
    "incident": "the incidents of system",
    "incident_answer": "the answers to incidents of system",
    "note": "note",
    "note_reply": "the answers to note",
    "pack_sent": "the record of pack",
    "pack_link": "the link to pack",
    "person": "person",
    "person_address": "the addresses of person",
    "person_login": "the logins of person",
    "role_grant": "the roles of person",
    "token": "token",
    "source": "source",
}


def changed(table: str = "mark", how: Any = "changed", system: str = "desk") -> ChangedFact:
    return ChangedFact(table, "7", how, 12, system)


def test_a_chain_is_whole_or_broken_at_an_event() -> None:
    assert integrity.chain(ChainStatus(1, "f" * 64)) == "Chain intact over 1 event."
    assert integrity.chain(ChainStatus(1200, "f" * 64)) == "Chain intact over 1,200 events."
    broken = "The chain is broken at event 0: somebody changed the record."
    assert integrity.chain(ChainStatus(9, "f" * 64, 0)) == broken


@pytest.mark.parametrize("table", KINDS)
def test_each_kind_of_fact_is_named(table: str) -> None:
    assert integrity.fact(changed(table)) == f"{KINDS[table]} 7 of desk: other than event 12 left it"


def test_what_does_not_fit_is_told_by_what_happened_to_it() -> None:
    assert integrity.fact(changed(how="added")) == "answer 7 of desk: stored without an event"
    assert integrity.fact(changed(system="")) == "answer 7: other than event 12 left it"


def test_each_table_that_is_held_against_the_record_has_a_name() -> None:
    assert set(KINDS) == set(OWNERS)


def test_facts_fit_the_record_or_the_first_that_do_not_are_named() -> None:
    assert integrity.facts(FactStatus(1)) == "What is stored is as this record left it, in each of 1 part."
    assert (
        integrity.facts(FactStatus(40), "desk")
        == "What is stored of desk is as this record left it, in each of 40 parts."
    )
    one = integrity.fact(changed())
    assert (
        integrity.facts(FactStatus(40, (changed(),) * 5)) == f"Changed behind the record: {one}; {one}; {one}; 2 more."
    )


def test_kept_verdicts_that_their_facts_do_not_give_are_named() -> None:
    assert integrity.statuses([]) == "each kept verdict is what its facts give"
    assert integrity.statuses(["a", "b"]) == (
        "the kept verdict of a and b is not what its facts give; any write works it out anew"
    )


def test_what_is_gone_says_that_no_event_took_it() -> None:
    gone = ChangedFact("mark", "7", "removed", 12, "desk")
    assert integrity.fact(gone) == "answer 7 of desk: gone, though event 12 left it there"
