"""Whether the record and the facts behind it fit together, in words. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from readiness import formatting
from readiness.language import marked, tr, trn
from readiness.model.dossier import ChainStatus, ChangedFact, FactStatus

_NOUNS = {
    "meta": marked("the fact about the store"),
    "system": marked("system"),
    "assessment": marked("assessment"),
    "mark": marked("answer"),
    "due_change": marked("the moved due dates of answer"),
    "handover": marked("the offers of answer"),
    "document": marked("the policy or plan of assessment"),
    "sign_off": marked("the sign-offs of assessment"),
    "decision": marked("the decisions on assessment"),
    "decision_condition": marked("the conditions of decisions on assessment"),
    "stage_step": marked("the steps through the stages of assessment"),
    "weekly_review": marked("the weekly reviews of assessment"),
    "evidence": marked("file"),
    "cell": marked("the figures of file"),
    "outcome": marked("the outcomes of file"),
    "trace": marked("the traces of file"),
    "stage_figure": marked("the stage times of file"),
    "trace_count": marked("the trace counts of file"),
    "excerpt": marked("the released texts of file"),
    "raw_text": marked("the texts before redaction of file"),
    "pair": marked("the paired cases of system"),
    "incident": marked("the incidents of system"),
    "incident_answer": marked("the answers to incidents of system"),
    "note": marked("note"),
    "note_reply": marked("the answers to note"),
    "pack_sent": marked("the record of pack"),
    "pack_link": marked("the link to pack"),
    "person": marked("person"),
    "person_address": marked("the addresses of person"),
    "person_login": marked("the logins of person"),
    "role_grant": marked("the roles of person"),
    "token": marked("token"),
    "source": marked("source"),
}


def chain(status: ChainStatus) -> str:
    """The audit chain in one sentence."""
    if status.broken_at is None:
        return trn("Chain intact over {n} event.", "Chain intact over {n} events.", status.events)
    return tr("The chain is broken at event {event}: somebody changed the record.", event=status.broken_at)


def facts(status: FactStatus, of: str = "") -> str:
    """How the stored facts, of a system or of all, fit the record, in one sentence."""
    if not status.changed:
        if not of:
            return trn(
                "What is stored is as this record left it, in each of {n} part.",
                "What is stored is as this record left it, in each of {n} parts.",
                status.facts,
            )
        return trn(
            "What is stored of {system} is as this record left it, in each of {n} part.",
            "What is stored of {system} is as this record left it, in each of {n} parts.",
            status.facts,
            system=of,
        )
    told = formatting.few([fact(changed) for changed in status.changed])
    return tr("Changed behind the record: {facts}.", facts=told)


def fact(changed: ChangedFact) -> str:
    """What does not fit, as a clause."""
    noun = f"{tr(_NOUNS[changed.table])} {changed.owner}"
    if changed.system:
        noun = f"{noun} {tr('of {system}', system=changed.system)}"
    if changed.how == "added":
        return tr("{fact}: stored without an event", fact=noun)
    if changed.how == "removed":
        return tr("{fact}: gone, though event {event} left it there", fact=noun, event=changed.event)
    return tr("{fact}: other than event {event} left it", fact=noun, event=changed.event)


def statuses(slugs: Sequence[str]) -> str:
    """The kept verdicts that their facts do not give."""
    if not slugs:
        return tr("each kept verdict is what its facts give")
    text = marked("the kept verdict of {systems} is not what its facts give; any write works it out anew")
    return tr(text, systems=formatting.named(slugs))
