"""Files as teams hand them in, whole and in good order; a test states only what it is about."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

from readiness import paths
from readiness.importers import Options
from readiness.model import checklist as checklists
from readiness.model.assessment import AssessmentFile, Mark, MarkValue
from readiness.model.dossier import Done
from readiness.model.traces import PATHS
from readiness.services import imports
from readiness.store import Store
from tests import factories
from tests.factories import BASELINE, CANDIDATE, TODAY, mark

HEADER = "version,workflow,cohort,metric,value,n"
WORKFLOWS = ("refund", "claims", "billing")
COHORTS = ("language=de", "language=en", "query_class=literal", "query_class=versioned", "query_class=long_tail")
PLACES = {"*,": 1200} | {f"{workflow},": 400 for workflow in WORKFLOWS} | {f"*,{cohort}": 400 for cohort in COHORTS}
"""Workflow and cohort, and how many cases stand there."""
GOOD = {
    "task_success": 0.93,
    "correct_escalation": 0.97,
    "escalation_rate": 0.1,
    "manual_review_rate": 0.2,
    "re_ask_rate": 0.05,
    "retrieval_recall": 0.95,
    "citation_validity": 0.97,
    "unsupported_claim_rate": 0.01,
    "tool_success": 0.99,
    "workflow_completion": 0.93,
    "answer_mode_labelled": 0.99,
    "groundedness": 0.95,
    "latency_ms": 1200,
    "retries_per_call": 0.1,
    "boundary_violation_rate": 0,
}
"""A figure that keeps its bound, for every metric that a check asks for."""
ROWS = [
    f"{version},{place},{metric},{value},{n}"
    for version in (BASELINE, CANDIDATE)
    for place, n in PLACES.items()
    for metric, value in GOOD.items()
]


Answer = MarkValue | Mark | None


def whole(**others: Answer) -> AssessmentFile:
    """Everything controlled and shown, save for `others` by their ids (`_` for `-`), with a policy and a plan."""
    ids = checklists.get(paths.CHECKLISTS, "llm-rollout").ids
    stated: dict[str, Answer] = dict.fromkeys(ids, "no")
    stated |= {name.replace("_", "-"): value for name, value in others.items()}
    marks = [
        value if isinstance(value, Mark) else mark(name, value, evidence=["https://evidence.example/1"])
        for name, value in stated.items()
        if value is not None
    ]
    return factories.assessment_file(*marks, policy=factories.policy(), monitoring=factories.monitoring())


def assessment(folder: Path, file: AssessmentFile | None = None, name: str = "assessment.toml") -> Path:
    path = folder / name
    path.write_text(imports.text(file or whole()), "utf-8")
    return path


def results(folder: Path, *rows: str, header: str = HEADER, name: str = "results.csv") -> Path:
    path = folder / name
    path.write_text("\n".join([header, *(rows or ROWS), ""]), "utf-8")
    return path


def spans(folder: Path, name: str = "spans.jsonl", day: dt.date = TODAY) -> Path:
    """A trace of the candidate for each path, with its stages below the request."""
    at: dict[str, Any] = {"start": f"{day}T09:00:00Z", "status": "ok"}
    root = at | {"span_id": "a", "kind": "request", "name": "answer", "duration_ms": 20, "input": "?", "output": "!"}
    stages = [
        at | {"span_id": kind[0], "parent_id": "a", "kind": kind, "name": kind, "duration_ms": 5}
        for kind in ("retrieval", "tool", "model")
    ]
    lines = [
        span | {"trace_id": f"t-{path}", "version": CANDIDATE, "path": path}
        for path in PATHS
        for span in (root, *stages)
    ]
    path = folder / name
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines), "utf-8")
    return path


def many_spans(folder: Path, number: int = 120, name: str = "many.jsonl") -> Path:
    """Traces `t-1`, `t-2` … of the candidate that last 1 ms, 2 ms …; every tenth has a tool that failed."""
    lines: list[dict[str, object]] = []
    for ms in range(1, number + 1):
        stated = {"trace_id": f"t-{ms}", "start": f"{TODAY}T09:00:00Z", "status": "ok", "input": "q", "output": "a"}
        root = {"span_id": "a", "kind": "request", "name": "answer", "duration_ms": ms, "version": CANDIDATE}
        tool = {"span_id": "b", "parent_id": "a", "kind": "tool", "name": "look up", "duration_ms": ms / 2}
        lines += [stated | root | {"workflow": "refund"}, stated | tool | ({"status": "error"} if ms % 10 == 0 else {})]
    path = folder / name
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines), "utf-8")
    return path


def keep(store: Store, *files: Path, measured_on: dt.date | None = TODAY, as_of: dt.date = TODAY) -> list[Done]:
    """Import the files together."""
    by = factories.principal()
    requests = [
        imports.ImportRequest(path=path, options=Options(measured_on=measured_on if path.suffix == ".csv" else None))
        for path in files
    ]
    return [
        imports.keep(store, by, parcel.batch, system=parcel.system, as_of=as_of)
        for parcel in imports.read_all(store, by, requests)
    ]
