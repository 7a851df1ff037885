"""What a store would give, as plain records: whole and in good order; a test states only what it is about."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from readiness.model.assessment import Assessment, Mark
from readiness.model.cells import Cell
from readiness.model.dossier import AssessmentSheet, Dossier, Revision, Signed, Stored, StoredEvidence
from readiness.model.evidence import Evidence
from readiness.model.policy import Gate
from readiness.model.sign_off import SignOff
from readiness.model.traces import Trace
from readiness.review import build
from readiness.review.review import Review
from tests import factories, files
from tests.decision.findings.contexts import walks
from tests.factories import CHECKLIST, TODAY

AT = dt.datetime.combine(TODAY, dt.time(9), dt.UTC)
RESULTS, SPANS = 7, 8
"""The ids of the two files."""


def revision(record: Any, number: int = 1) -> Revision[Any]:
    return Revision(number, record, "dana", AT)


def good() -> list[Cell]:
    """Figures of both versions that keep every bound, where files of teams state them."""
    return [
        factories.cell(
            version,
            value,
            metric=metric,
            workflow=workflow,
            dimension=dimension or "*",
            value=of or "*",
            n=n,
            stated=True,
        )
        for version in (factories.BASELINE, factories.CANDIDATE)
        for place, n in files.PLACES.items()
        for workflow, _, cohort in [place.partition(",")]
        for dimension, _, of in [cohort.partition("=")]
        for metric, value in files.GOOD.items()
    ]


def answered(answers: Mapping[str, Any]) -> dict[str, Mark]:
    """Every answer with a reference, “no” save for some."""
    marks = factories.marks(CHECKLIST, "no", **answers)
    reference = {"evidence": ["https://evidence.example/1"]}
    return {
        signal: record if signal.replace("-", "_") in answers else record.model_copy(update=reference)
        for signal, record in marks.items()
    }


def stored(records: Mapping[str, Mark]) -> dict[str, Stored[Mark]]:
    """Marks by signal, with ids from 101."""
    return {signal: Stored(number, 3, record) for number, (signal, record) in enumerate(records.items(), 101)}


def file(record: Evidence, number: int = RESULTS) -> dict[int, StoredEvidence]:
    return {number: StoredEvidence(number, 1, record, "omar", AT)}


def sheet(number: int, assessment: Assessment, **answers: Any) -> AssessmentSheet:
    """What an earlier assessment states."""
    marks = stored(answered(answers))
    return AssessmentSheet(Stored(number, 1, assessment), marks, revision(factories.policy()), None, None)


def dossier(answers: Mapping[str, Any] | None = None, **fields: Any) -> Dossier:
    """A candidate of which every answer is “no”, save for some, and shown."""
    assessment = Stored(4, 1, factories.assessment())
    spans = [(SPANS, Stored(20 + at, 2, trace)) for at, trace in enumerate(walks())]
    stated: dict[str, Any] = {
        "assessment": assessment,
        "marks": stored(answered(answers or {})),
        "policy": revision(factories.policy()),
        "monitoring": revision(factories.monitoring()),
        "card": None,
        "wrote": (),
        "answered_by": {},
        "sign_offs": (),
        "system": Stored(1, 1, factories.assessment_file().system),
        "others": (assessment,),
        "earlier": (),
        "moves": {},
        "evidence": file(factories.evidence()) | file(factories.evidence("spans.jsonl", kind="traces"), SPANS),
        "cells": [(RESULTS, cell) for cell in good()],
        "pairs": (),
        "traces": spans,
        "stages": (),
        "counts": (),
        "excerpts": (),
        "removed": (),
        "next_on": None,
    }
    return Dossier(**stated | fields)


def reviewed(answers: Mapping[str, Any] | None = None, as_of: dt.date = TODAY, **fields: Any) -> Review:
    return build.build(CHECKLIST, dossier(answers, **fields), as_of)


def measured(cells: Sequence[Cell], *gates: Gate, **fields: Any) -> Review:
    """The review of these figures alone, with the gates of the policy."""
    policy = factories.policy(gates=list(gates))
    return reviewed(cells=[(RESULTS, cell) for cell in cells], policy=revision(policy), **fields)


def traced(*traces: Trace, number: int = SPANS) -> list[tuple[int, Stored[Trace]]]:
    return [(number, Stored(30 + at, 1, trace)) for at, trace in enumerate(traces)]


def signed(by: str, parts: Mapping[str, str], at: dt.datetime = AT, **fields: Any) -> Signed:
    stated: dict[str, Any] = {"role": "quality", "decision": "approve", "parts": dict(parts), "digest": "0" * 64}
    return Signed(SignOff(**stated | fields), by, at)
