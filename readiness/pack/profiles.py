"""Who may be given what: the audiences of a pack as a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from readiness.errors import InputError

Audience = Literal["leadership", "security", "procurement"]
SectionId = Literal[
    "decision",
    "gaps",
    "packet",
    "differences",
    "approval",
    "boundary",
    "gates",
    "rollback",
    "traces",
    "monitoring",
    "ownership",
    "budgets",
    "scope",
    "checklist",
    "policy",
    "results",
    "provenance",
]


PUBLIC_DIMENSIONS = (
    *("language", "locale", "region", "query_class", "query_type", "intent"),
    *("severity", "concurrency", "policy_version"),
)
"""Kinds of cohorts that tell questions and versions apart, and no customers; a release policy may add its own."""


@dataclass(frozen=True)
class Profile:
    """One audience. `leaves` and `left_out` say in words what the snapshot does; the tests hold them together.

    Values of cohorts may be read where their dimension is one of `public_dimensions` or public by the release policy,
    and are numbered otherwise; people are told by their role unless `names_people`, and files by their kind always.
    """

    id: Audience
    name: str
    reader: str
    sections: tuple[SectionId, ...]
    leaves: tuple[str, ...]
    left_out: tuple[str, ...]
    public_dimensions: tuple[str, ...] = PUBLIC_DIMENSIONS
    names_people: bool = False


_NUMBERED = (
    "names of tenants and customers, and every other value of a cohort that is not public: they are numbered",
    "names of files, which stand by their kind and a number",
)
_PEOPLE = "names and addresses of people, who stand by their role"

LEADERSHIP = Profile(
    id="leadership",
    name="Leadership",
    reader="Those who decide on the rollout. One page, the decision first.",
    sections=("decision", "gaps", "packet", "differences", "approval"),
    leaves=(
        "the verdict, its reason, the score and the evidenced score against the bands",
        "the rules that fired",
        "the five most pressing gaps with owner, due date and next action",
        "the state of the five packet parts",
        "the largest differences of the scorecard, with intervals, sample sizes and dates",
        "the target date, and by name who decides and who has signed off",
    ),
    left_out=(
        *_NUMBERED,
        "the whole checklist, notes and evidence addresses",
        "traces, in any form",
        "rollback steps, alerts, budgets, and what approvers commented",
    ),
    names_people=True,
)
SECURITY = Profile(
    id="security",
    name="Security",
    reader="Those who review security, privacy and operations.",
    sections=(
        "boundary",
        "gates",
        "rollback",
        "traces",
        "monitoring",
        "ownership",
        "budgets",
        "provenance",
    ),
    leaves=(
        "the verdict and its reason",
        "the data boundary answer with its note, evidence, owner and next action",
        "gates and their results",
        "rollback steps and the rehearsal",
        "one trace for each path: id, kinds, names, times and status of its spans, the lesson, and what was redacted",
        "input, output and error text of its spans, redacted, where somebody released it, with the role of who did",
        "the self times of each stage over all workflows, failures and repeated tries",
        "the monitoring plan, the roles that own it and have signed off, and time and retry budgets",
        "the files the figures come from by kind, with digest and date",
    ),
    left_out=(
        "what else users and the system wrote: every other text, and the attributes of every span",
        *_NUMBERED,
        _PEOPLE,
        "the answers to the rest of the checklist",
        "rows that an import skipped, who imported a file, and what approvers commented",
    ),
)
PROCUREMENT = Profile(
    id="procurement",
    name="Procurement",
    reader="Those who buy, or who answer a customer's questionnaire.",
    sections=("scope", "checklist", "policy", "results", "provenance"),
    leaves=(
        "scope, versions and the verdict",
        "every checklist answer in words, with whether somebody owns each gap, and its due date",
        "the release policy: gates, stages, roles that approve and their sign-offs, and whether rollback was rehearsed",
        "the scorecard over all cases and the cohorts that lost most, with intervals, sample sizes and dates",
        "the files the figures come from by kind, with digest and date",
    ),
    left_out=(
        "notes, next actions, reasons for moved dates, and evidence addresses (they are counted)",
        *_NUMBERED,
        _PEOPLE,
        "traces, in any form",
        "rollback steps, alerts, routes and budgets",
        "rows that an import skipped, who imported a file, and what approvers commented",
    ),
)

AUDIENCES: dict[str, Profile] = {profile.id: profile for profile in (LEADERSHIP, SECURITY, PROCUREMENT)}

TITLES: dict[SectionId, str] = {
    "decision": "Decision",
    "gaps": "Most pressing gaps",
    "packet": "Evidence packet",
    "differences": "What changed in the figures",
    "approval": "Who decides",
    "boundary": "Data boundary",
    "gates": "Gates",
    "rollback": "Rollback",
    "traces": "Traces",
    "monitoring": "Monitoring",
    "ownership": "Ownership",
    "budgets": "Budgets",
    "scope": "Scope",
    "checklist": "Checklist",
    "policy": "Release policy",
    "results": "Scorecard",
    "provenance": "Provenance",
}


def get(audience: str) -> Profile:
    """Raises InputError with the audiences there are."""
    if audience not in AUDIENCES:
        raise InputError(
            f"the audience {audience!r} is not known", place="audience", expected=f"one of {', '.join(AUDIENCES)}"
        )
    return AUDIENCES[audience]
