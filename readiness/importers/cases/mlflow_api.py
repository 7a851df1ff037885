"""Traces with assessments as MLflow's REST interface answers with them, as rows of an evaluation table.

`POST /api/3.0/mlflow/traces/search` gives pages without spans, `traces/batchGet` the same beside the spans
(https://mlflow.org/docs/latest/rest-api.html). An assessment is feedback, with a value or an error, or an expectation;
one that was overridden is not valid any more. The duration is a text such as `0.456s`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from readiness import english
from readiness.errors import InputError
from readiness.importers.source.gateway import parse_json
from readiness.importers.source.shapes import items, members

from .rows import TableRow
from .scored import Run

_SECONDS = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)s")


def rows(records: Iterable[tuple[str, Any]], run: Run) -> Iterator[tuple[str, TableRow]]:
    """A row for each trace with an assessment; the others are no cases, and are counted."""
    others = 0
    for place, record in records:
        info = members(members(record).get("trace_info") or record)
        assessments = [one for one in map(members, items(info.get("assessments"))) if one.get("valid") is not False]
        if assessments:
            yield place, _row(info, assessments)
        else:
            others += 1
    if others:
        run.notes.append(f"{english.counted(others, 'trace')} without an assessment, which are no cases")


def _row(info: Mapping[str, Any], assessments: list[dict[str, Any]]) -> TableRow:
    row: TableRow = {key: info.get(key) for key in ("tags", "trace_metadata", "state", "request_time", "trace_id")}
    row |= {"client_request_id": info.get("client_request_id"), "assessments": assessments}
    row["inputs"] = _asked(info.get("request_preview"))
    seconds = _SECONDS.fullmatch(str(info.get("execution_duration")))
    row["execution_duration"] = float(seconds[1]) * 1000 if seconds else None
    for assessment in sorted(assessments, key=lambda one: str(one.get("create_time"))):
        name, told = str(assessment.get("assessment_name")), members(assessment.get("feedback"))
        error = members(told.get("error"))
        row[f"{name}/value"] = members(assessment.get("expectation") or told).get("value")
        row[f"{name}/error_message"] = str(error.get("error_message") or error.get("error_code") or "") or None
    return row


def _asked(preview: Any) -> Any:
    """What was asked; the beginning of it, as text, where it was cut."""
    try:
        return parse_json(preview, file="") if isinstance(preview, str) else preview
    except InputError:
        return preview
