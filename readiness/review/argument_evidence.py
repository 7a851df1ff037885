"""What stands behind one answer, piece by piece: what each check found, references, incidents, and the files. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from readiness import formatting
from readiness.decision.answers import Outcome, references
from readiness.decision.findings import CheckResult, EvidenceContext, by_check
from readiness.decision.findings.context import WEIGHT
from readiness.language import tr
from readiness.model.checklist import AnswerState
from readiness.model.checks import Check
from readiness.model.judges import base

from . import incident_words, scorecard_words, summaries
from .argument_graph import ClaimState, PageLink
from .items import Answer, EvidenceItem
from .review import Review

_FOUND: dict[Outcome, ClaimState] = {
    "supports": "holds",
    "contradicts": "against",
    "uncovered": "in part",
    "silent": "open",
}
_ANSWERED: dict[AnswerState, ClaimState] = {
    "shown": "holds",
    "attested": "in part",
    "uncovered": "in part",
    "not shown": "open",
    "contradicted": "against",
    "unanswered": "open",
}
_ORDER: tuple[ClaimState, ...] = ("against", "in part", "holds", "open")
_OF_PARTS = {
    **dict.fromkeys(("policy", "release policy", "monitoring", "monitoring plan"), PageLink("release")),
    "scorecard": PageLink("scorecard"),
    "checklist": PageLink("checklist"),
    "traces": PageLink("traces"),
}
_OF_TRACES = ("traced", "failed-tool", "stage-times")
_OF_PLAN = ("covers",)
_OF_POLICY = ("gates", "judged", "budgets", "staged", "approvers", "rehearsal")


class ShownFile(NamedTuple):
    """A file or a document, how it counts, and where it is seen."""

    words: str
    state: ClaimState
    link: PageLink


class ShownEvidence(NamedTuple):
    """A piece of evidence with the files it comes from; an open one says what nothing shows."""

    words: str
    state: ClaimState
    link: PageLink
    detail: str = ""
    files: tuple[ShownFile, ...] = ()


def state(answer: Answer) -> ClaimState:
    """How the claim that a risk is controlled stands: on somebody's word it holds in part, on nothing it is open."""
    if answer.mark.mark == "yes":
        return "against"
    if answer.mark.mark == "partial":
        return "against" if answer.contradicted else "in part"
    return _ANSWERED[answer.state]


def behind(review: Review, context: EvidenceContext, answer: Answer) -> list[ShownEvidence]:
    """What speaks against the claim first, then what leaves something out, what supports it and what is open."""
    found = [*_admitted(answer), *_incidents(review, answer), *_checked(review, context, answer)]
    found += _attested(review, answer)
    if state(answer) == "against":
        found = [one for one in found if one.state != "open"]  # what shows nothing adds nothing
    return sorted(dict.fromkeys(found), key=lambda one: _ORDER.index(one.state))


def own_page(answer: Answer) -> PageLink:
    return PageLink("checklist", (("signal", answer.signal.id),))


def _admitted(answer: Answer) -> Iterator[ShownEvidence]:
    if answer.mark.mark == "yes":
        owner, due = answer.mark.owner or tr("nobody"), formatting.day(answer.mark.due)
        closes = tr("{owner} closes it, due {due}", owner=owner, due=due)
        told = closes if answer.mark.due else tr("{owner} closes it", owner=owner)
        yield ShownEvidence(formatting.capital(tr(answer.signal.gap)), "against", PageLink("gaps"), told)


def _incidents(review: Review, answer: Answer) -> Iterator[ShownEvidence]:
    for one in review.incidents:
        record = one.incident.record
        if answer.signal.id in record.signals:
            told = tr("Incident of {day}: {what}", day=formatting.day(record.on), what=formatting.plain(record.what))
            answered: ClaimState = "holds" if one.answer else "against"
            yield ShownEvidence(told, answered, PageLink("incidents"), incident_words.answered(one))


def _checked(review: Review, context: EvidenceContext, answer: Answer) -> Iterator[ShownEvidence]:
    if answer.mark.mark is None:
        yield ShownEvidence(tr("Nobody has answered"), "open", own_page(answer))
        return
    if answer.signal.checks:
        for check, result in sorted(by_check(answer.signal, context), key=lambda one: WEIGHT.index(one[1].outcome)):
            yield _of_check(review, context, answer, check, result)
    elif answer.state == "not shown":
        yield ShownEvidence(formatting.capital(answer.standing.why), "open", own_page(answer))


def _of_check(
    review: Review, context: EvidenceContext, answer: Answer, check: Check, result: CheckResult
) -> ShownEvidence:
    files = () if result.outcome == "silent" else tuple(_files(review, context, check))
    link = _page(review, answer, check)
    return ShownEvidence(formatting.capital(result.why), _FOUND[result.outcome], link, files=files)


def _page(review: Review, answer: Answer, check: Check) -> PageLink:
    """Where what a check is about can be seen."""
    if check.kind in _OF_TRACES:
        return PageLink("traces")
    if check.kind in (*_OF_POLICY, *_OF_PLAN, "fields"):
        return PageLink("release")
    if check.kind == "complete":
        return PageLink("evidence")
    if metric := getattr(check, "metric", ""):
        known = next((name for name in review.boards.by_metric if metric in (name, base(name))), "")
        return PageLink("scorecard", (("metric", scorecard_words.metric_name(review, known)),) if known else ())
    return own_page(answer)


def _files(review: Review, context: EvidenceContext, check: Check) -> Iterator[ShownFile]:
    """The files that hold what a check looked at, or the document that it read."""
    document = getattr(check, "document", "")
    if check.kind in _OF_PLAN or document == "monitoring":
        if review.monitoring:
            yield ShownFile(
                tr("Monitoring plan, revision {number}", number=review.monitoring.number), "holds", PageLink("release")
            )
    elif (check.kind in _OF_POLICY or document == "policy") and review.policy:
        yield ShownFile(
            tr("Release policy, revision {number}", number=review.policy.number), "holds", PageLink("release")
        )
    names = context.files_with_traces if check.kind in _OF_TRACES else _measured(context, check)
    yield from (file(item) for item in review.items.values() if item.evidence.name.lower() in names)


def _measured(context: EvidenceContext, check: Check) -> frozenset[str]:
    gates = [result.gate.metric for result in context.gates] if check.kind == "gates" else []
    metrics = {getattr(check, "metric", ""), *gates}
    files = [names for metric, names in context.files_with.items() if {metric, base(metric)} & metrics]
    return frozenset[str]().union(*files)


def file(item: EvidenceItem) -> ShownFile:
    """A file that was imported; one that does not count is open."""
    counts: ClaimState = "holds" if item.freshness == "fresh" else "open"
    day = f", {formatting.day(item.evidence.measured_on)}" if item.evidence.measured_on else ""
    aged = "" if item.freshness == "fresh" else f" {tr(summaries.FRESHNESS[item.freshness])}"
    return ShownFile(f"{item.evidence.name}{day}{aged}", counts, PageLink("evidence"))


def _attested(review: Review, answer: Answer) -> Iterator[ShownEvidence]:
    """The references of an answer that rests on them, or that it is said not to apply."""
    if answer.state != "attested" or answer.mark.mark == "yes":  # which shows a gap, and no control
        return
    stored = {item.evidence.name.lower(): item for item in review.items.values()}
    named = references(answer.mark, answer.finding)
    for name in named:
        item = stored.get(name.lower())
        link = PageLink("evidence") if item else _OF_PARTS.get(name.lower(), own_page(answer))
        yield ShownEvidence(
            name, "in part", link, tr("named by the answer, not measured"), (file(item),) if item else ()
        )
    if not named:
        yield ShownEvidence(tr("Said not to apply"), "in part", own_page(answer), answer.mark.note)
