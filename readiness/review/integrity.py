"""Whether the record and the facts behind it fit together, in words. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from readiness import formatting
from readiness.model.dossier import ChainStatus, ChangedFact, FactStatus

_NOUNS = {
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


def chain(status: ChainStatus) -> str:
    """The audit chain in one sentence."""
    if status.broken_at is None:
        return f"Chain intact over {formatting.count(status.events, 'event')}."
    return f"The chain is broken at event {status.broken_at}: somebody changed the record."


def facts(status: FactStatus, of: str = "") -> str:
    """How the stored facts, of a system or of all, fit the record, in one sentence."""
    if not status.changed:
        whose = f" of {of}" if of else ""
        return f"What is stored{whose} is as this record left it, in each of {formatting.count(status.facts, 'part')}."
    return f"Changed behind the record: {formatting.few([fact(changed) for changed in status.changed])}."


def fact(changed: ChangedFact) -> str:
    """What does not fit, as a clause."""
    noun = f"{_NOUNS[changed.table]} {changed.owner}" + (f" of {changed.system}" if changed.system else "")
    if changed.how == "added":
        return f"{noun}: stored without an event"
    if changed.how == "removed":
        return f"{noun}: gone, though event {changed.event} left it there"
    return f"{noun}: other than event {changed.event} left it"


def statuses(slugs: Sequence[str]) -> str:
    """The kept verdicts that their facts do not give."""
    if not slugs:
        return "each kept verdict is what its facts give"
    return f"the kept verdict of {formatting.named(slugs)} is not what its facts give; any write works it out anew"
