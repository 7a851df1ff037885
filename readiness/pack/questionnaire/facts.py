"""What a question may be answered by: each fact is read from a section of a snapshot, so nothing else can be told.

A fact that its section does not hold is not stated; one whose section the audience does not get is not shown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeAlias

from readiness import formatting
from readiness.kept import spoken
from readiness.language import marked, tr
from readiness.model import card, checklist
from readiness.pack.request import NOT_STATED
from readiness.pack.sections.base import NOT_NAMED
from readiness.pack.sections.figures import NO_DATA
from readiness.pack.sections.operations import NEVER, NOT_SET
from readiness.pack.snapshot import PackSection, Snapshot
from readiness.review import scorecard_words, signoff

from . import signals
from .signals import AnswerWord

_FIGURES_SHOWN = 8
_RISKS = {"residual_risk": "residual", "limits": "limits"}
Data: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True)
class AnsweredFact:
    """What a fact says in words, how far it is borne out, and where it stands.

    `of` is what it is called; what is `withheld` may be stored, but this audience is not told.
    """

    of: str
    text: str
    state: AnswerWord
    source: str
    withheld: bool = False

    @property
    def silent(self) -> bool:
        return not self.text


Read: TypeAlias = Callable[[Data], tuple[str, AnswerWord]]
"""Text and state out of the data of a section; an empty text where it says nothing."""


@dataclass(frozen=True)
class PackFact:
    """`read` has the sections that tell it, the fullest first: the first that an audience gets is asked."""

    id: str
    title: str
    read: Mapping[str, Read]


def tell(taken: Snapshot, fact_id: str) -> AnsweredFact:
    """The fact as this audience may be told it."""
    fact = every()[fact_id]
    sections = {section.id: section for section in (_head(taken), *taken.sections)}
    for name, read in fact.read.items():
        if name in sections:
            text, state = read(sections[name].data)
            return AnsweredFact(fact.title, text, state, _source(taken, fact, sections[name]))
    return AnsweredFact(
        fact.title, "", "not shown", tr("not part of a {audience} pack", audience=taken.head["audience"]), withheld=True
    )


def _head(taken: Snapshot) -> PackSection:
    """What opens every pack, read as a section is."""
    return PackSection("head", tr("Review as of {as_of}", as_of=taken.head["as_of"]), taken.head)


@spoken(4)
def every() -> dict[str, PackFact]:
    """Every fact by its id; signals are those of the checklist that is shipped, which the frameworks are mapped to."""
    said = (replace(fact, title=tr(fact.title)) for fact in _SAID)
    found = [*said, *(_of_card(fact) for fact in card.FACTS), *map(_of_signal, checklist.named("llm-rollout").all)]
    return {fact.id: fact for fact in found}


def _source(taken: Snapshot, fact: PackFact, section: PackSection) -> str:
    """`System card, Revision 1, stored 12 Nov 2026`."""
    if fact.id.startswith("signal:"):
        return tr("Checklist: {title}, assessed on {assessed}", title=fact.title, assessed=taken.head["assessed"])
    since = str(section.data.get("revision", "") or section.data.get("sources", "")).rstrip(".")
    return f"{section.title}, {since}" if since else section.title


def _of_signal(signal: checklist.Signal) -> PackFact:
    title = f"{signal.number} · {tr(signal.name)}" if signal.scored else tr(signal.name)
    reads: dict[str, Read] = {"checklist": partial(signals.read, "answers", signal.id)}
    if not signal.scored:
        reads = {"boundary": partial(signals.read, "attestations", signal.id), **reads}
    return PackFact(f"signal:{signal.id}", title, reads)


def _of_card(fact: card.CardFact) -> PackFact:
    reads: dict[str, Read] = {
        "components": partial(_of_components, fact.id.partition(".")[2].removesuffix("_use")),
        "red-team": _red_team,
        "incidents": _incidents,
    }
    read = {"card": reads.get(fact.section, partial(_listed, fact.section, tr(fact.title)))}
    if fact.id in _RISKS:
        read["risk"] = partial(_risk, _RISKS[fact.id])
    return PackFact(f"card:{fact.id}", tr(fact.title), read)


def _risk(field: str, data: Data) -> tuple[str, AnswerWord]:
    """In the few lines that leaders are told."""
    return _stated(str(data.get(field, "")).rstrip("."))


def _stated(text: str) -> tuple[str, AnswerWord]:
    return (text, "stated") if text and text != tr(NOT_STATED) else ("", "not stated")


def _listed(section: str, title: str, data: Data) -> tuple[str, AnswerWord]:
    """The row of a title, and the rows without one that follow it."""
    said: list[str] = []
    at = ""
    for row in data.get(section, ()):
        at = row["what"] or at
        if at == title:
            said.append(row["value"])
    return _stated("; ".join(said))


def _of_components(column: str, data: Data) -> tuple[str, AnswerWord]:
    """Each part that is asked; where some do not say it, the answer leaves them uncovered and names them."""
    parts = [(part["part"], part[column]) for part in data.get("components", ()) if part[column] != "–"]
    said = [value != tr(NOT_STATED) for _, value in parts]
    if not any(said):
        return "", "not stated"
    return "; ".join(f"{part}: {value}" for part, value in parts), "stated" if all(said) else "uncovered"


def _red_team(data: Data) -> tuple[str, AnswerWord]:
    """Where the reports are is no matter of a pack for a customer."""
    runs = [
        tr(
            "{on}, by {by}: {tried}; succeeded: {succeeded}",
            on=run["on"],
            by=run["by"],
            tried=run["tried"],
            succeeded=run["succeeded"],
        )
        + (tr("; report: {report}", report=run["report"]) if "report" in run else "")
        for run in data.get("red_team", ())
        if {run["tried"], run["succeeded"]} != {tr(NOT_STATED)}
    ]
    return _stated(" | ".join(runs))


def _incidents(data: Data) -> tuple[str, AnswerWord]:
    told = [
        tr("{on}: {what}; done: {done}", on=one["on"], what=one["what"], done=one["done"])
        for one in data.get("incidents", ())
    ]
    if told:
        until = tr("; told up to {until}", until=data["until"]) if data.get("until") else ""
        return _stated(" | ".join(told) + until)
    return _stated(data.get("none", ""))


def _scope(data: Data) -> tuple[str, AnswerWord]:
    return _stated(" ".join(filter(None, (data.get("description", ""), data.get("scope", "")))))


def _decision(data: Data) -> tuple[str, AnswerWord]:
    return _stated(f"{data['verdict']}: {data['sentence']}")


def _version(data: Data) -> tuple[str, AnswerWord]:
    return _stated(str(data["candidate"]))


def _gates(data: Data) -> tuple[str, AnswerWord]:
    """Passing or failing, a gate that was decided is shown; what has no figures enough leaves it uncovered."""
    gates = data.get("gates", ())
    settled = tr(scorecard_words.GATES["pass"]), tr(scorecard_words.GATES["fail"])
    decided = [gate["state"] in settled for gate in gates]
    if not gates:
        return "", "not stated"
    text = "; ".join(f"{gate['gate']}: {gate['state']}" for gate in gates)
    return text, "shown" if all(decided) else "uncovered" if any(decided) else "not shown"


def _results(data: Data) -> tuple[str, AnswerWord]:
    rows = data.get("rows", ())
    measured = [row for row in rows if row["candidate"] != tr(NO_DATA)]
    if not measured:
        return "", "not shown"
    told = [
        tr(
            "{metric}: {candidate}; baseline {baseline}",
            metric=row["metric"],
            candidate=row["candidate"],
            baseline=row["baseline"],
        )
        for row in measured[:_FIGURES_SHOWN]
    ]
    more = len(measured) - _FIGURES_SHOWN
    return "; ".join([*told, *([tr("and {more} more", more=more)] if more > 0 else [])]), "shown"


def _stages(data: Data) -> tuple[str, AnswerWord]:
    told = [
        tr(
            "{name} ({share} for {hours} hours; goes on if: {proceed_if})",
            name=stage["name"],
            share=stage["share"],
            hours=stage["hours"],
            proceed_if=stage["proceed_if"],
        )
        for stage in data.get("stages", ())
        if {stage["share"], stage["hours"], stage["proceed_if"]} - {tr(NOT_SET), tr(NOT_STATED)}
    ]
    return _stated("; ".join(told))


def _rollback_row(data: Data, what: str) -> str:
    return next((str(row["value"]) for row in data.get("rollback", ()) if row["what"] == what), "")


def _rollback(data: Data) -> tuple[str, AnswerWord]:
    """In the words of either section; some audiences are told the rehearsal and no step."""
    rehearsal = data.get("rehearsal", "") or _rollback_row(data, tr("Rehearsal"))
    written = _rollback_row(data, tr("Steps"))
    if "steps" in data:
        written = tr("{steps} written down", steps=formatting.count(len(data["steps"]), "step"))
    if rehearsal == tr(NEVER) and not written.strip("0 ").startswith(tuple("123456789")):
        return "", "not stated"
    return _stated("; ".join(filter(None, (written, tr("rehearsal: {rehearsal}", rehearsal=rehearsal)))))


def _approving(data: Data) -> list[Data]:
    """Those who approve, by either section; `–` is who only reviews."""
    return [row for row in data.get("approvers", data.get("people", ())) if row["signed"] != "–"]


def _approvers(data: Data) -> tuple[str, AnswerWord]:
    return _stated(
        "; ".join(f"{row['role']}: {row['name']}" for row in _approving(data) if row["name"] != tr(NOT_NAMED))
    )


def _signed(data: Data) -> tuple[str, AnswerWord]:
    """Of whoever has decided; an approval that nobody has given is not stated."""
    decided = [row for row in _approving(data) if set(_apart(row["signed"])) != {tr(signoff.STATES["open"])}]
    return _stated("; ".join(f"{row['role']}: {row['signed']}" for row in decided))


def _apart(listed: str) -> list[str]:
    """What `formatting.listed` put together."""
    return re.split(f", | {re.escape(tr(formatting.AND))} ", listed)


def _owners(data: Data) -> tuple[str, AnswerWord]:
    named = [row for row in data.get("owners", ()) if row["name"] != tr(NOT_NAMED)]
    return _stated("; ".join(f"{row['role']}: {row['name']}" for row in named))


def _monitoring(data: Data) -> tuple[str, AnswerWord]:
    covers, cadence = data.get("covers", tr(NOT_STATED)), data.get("cadence", tr(NOT_SET))
    alerts = [f"{alert['metric']} {alert['condition']}" for alert in data.get("alerts", ())]
    if covers == tr(NOT_STATED) and cadence == tr(NOT_SET) and not alerts:
        return "", "not stated"
    return _stated(
        tr(
            "Covers: {covers}; review: {cadence}; alerts: {alerts}",
            covers=covers,
            cadence=cadence,
            alerts="; ".join(alerts) or tr("none"),
        )
    )


def _budgets(data: Data) -> tuple[str, AnswerWord]:
    told = [
        tr(
            "{stage}: timeout {timeout}, retries {retries}, fallback {fallback}",
            stage=row["stage"],
            timeout=row["timeout"],
            retries=row["retries"],
            fallback=row["fallback"],
        )
        for row in data.get("budgets", ())
        if {row["timeout"], row["retries"], row["fallback"]} != {tr(NOT_SET)}
    ]
    return _stated("; ".join(told))


def _traces(data: Data) -> tuple[str, AnswerWord]:
    paths: Sequence[Data] = data.get("paths", ())
    found = [path["name"] for path in paths if path["found"]]
    if not found:
        return "", "not shown"
    missing = [path["name"] for path in paths if not path["found"]]
    text = tr("A recorded trace each: {paths}", paths=formatting.listed(found)) + (
        tr("; none: {paths}", paths=formatting.listed(missing)) if missing else ""
    )
    return text, "uncovered" if missing else "shown"


def _files(data: Data) -> tuple[str, AnswerWord]:
    files = data.get("files", ())
    if not files:
        return "", "not shown"
    stale = tr(", {stale} of them out of date", stale=data["stale"]) if data.get("stale") else ""
    named = formatting.few([f"{file['name']} ({file['measured']})" for file in files], 4)
    return f"{formatting.count(len(files), 'file')}{stale}: {named}", "shown"


_SAID = (
    PackFact("scope", marked("Scope"), {"scope": _scope}),
    PackFact("decision", marked("Verdict"), {"head": _decision}),
    PackFact("version", marked("Version under review"), {"head": _version}),
    PackFact("gates", marked("Gates"), {"gates": _gates, "policy": _gates}),
    PackFact("results", marked("Results"), {"results": _results, "differences": _results}),
    PackFact("policy.stages", marked("Rollout stages"), {"policy": _stages}),
    PackFact(
        "policy.approvers", marked("Approvers"), {"policy": _approvers, "ownership": _approvers, "approval": _approvers}
    ),
    PackFact("policy.rollback", marked("Rollback"), {"rollback": _rollback, "policy": _rollback}),
    PackFact("policy.budgets", marked("Time and retry budgets"), {"budgets": _budgets}),
    PackFact("sign-offs", marked("Sign-offs"), {"policy": _signed, "ownership": _signed, "approval": _signed}),
    PackFact("monitoring", marked("Monitoring plan"), {"monitoring": _monitoring}),
    PackFact("ownership", marked("Owners"), {"ownership": _owners}),
    PackFact("packet.traces", marked("Traces"), {"traces": _traces}),
    PackFact("provenance", marked("Files behind the figures"), {"provenance": _files}),
)
