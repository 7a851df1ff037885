"""Files of known tools that are not read yet: refused by name, so that nothing of them passes for a table of cases.

A file of requests, of aggregates or of hits has columns of numbers too, and read as any other table it would give
figures that are plainly false. What a tool's file is told by stands in `KNOWN`; a line goes when an importer reads it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from readiness.errors import InputError
from readiness.importers.cases import csv_rows, wide
from readiness.importers.source.gateway import Source
from readiness.importers.spans.documents import keys_at

TABLE = "results with a row for each case, or --format table if its rows are cases"
DOCUMENT = "results or traces in one of the formats that are read"
PROPOSAL = "evidence; the page Evidence in and readiness propose show what it would change in a document"


@dataclass(frozen=True)
class NotRead:
    """What a file is, in words that name its tool, and all that it is told by.

    `names` are columns of a table, or keys of the outermost object, `inner` those of the objects right within it, and
    `begins` matches the first bytes. `instead` is what a person may have of the tool that is read.
    """

    what: str
    names: frozenset[str] = frozenset()
    inner: frozenset[str] = frozenset()
    begins: re.Pattern[bytes] | None = None
    instead: str = ""


def _names(what: str, *names: str, inner: tuple[str, ...] = (), instead: str = "") -> NotRead:
    return NotRead(what, frozenset(names), frozenset(inner), instead=instead)


def _bytes(what: str, begins: bytes, instead: str = "") -> NotRead:
    return NotRead(what, begins=re.compile(begins, re.DOTALL), instead=instead)


KNOWN = (
    _names("a report of k6 (its single measurements)", "metric", "type", "data", inner=("name", "contains")),
    _names("a report of k6 (its single measurements)", "metric_name", "timestamp", "metric_value"),
    _names("a report of Locust (its history)", "User Count", "Total Request Count", "Total Failure Count"),
    _names("a report of Locust (its failures)", "Method", "Name", "Error", "Occurrences"),
    _names("a report of ab (its requests)", "starttime", "seconds", "ctime", "dtime", "ttime", "wait"),
    _names("a report of ab (its percentiles)", "Percentage served", "Time in ms"),
    _names("a report of garak (its hits, without what was not hit)", "attempt_id", "probe", "detector", "triggers"),
    _names("a report of PyRIT (its conversations as CSV)", *("conversation_id", "original_prompt_id", "scores")),
    _names(
        "a dataset run of Langfuse, without its scores",
        *("datasetName", "datasetRunItems"),
        instead="experiment items with fields=scores",
    ),
    _names("a report of Evidently", "metrics", "tests", inner=("metric_name",)),
    _names(
        "a page of spans from Phoenix's API",
        *("data", "next_cursor"),
        inner=("span_id", "start_time_unix_nano"),
        instead="spans that Phoenix exported, or OTLP",
    ),
    _names(
        "a page of traces from Phoenix's API",
        *("data", "next_cursor"),
        inner=("project_id", "token_count_total"),
        instead="spans that Phoenix exported, or OTLP",
    ),
    _names("a page of runs from MLflow's API", "runs", inner=("info", "data"), instead="the evaluation table of a run"),
    _bytes("a service level objective (OpenSLO)", rb"(?:.*\n)?apiVersion:[ \t]*openslo/", PROPOSAL),
    *(
        _names("a list of incidents (PagerDuty, Opsgenie)", *names, instead=PROPOSAL)
        for names in (("incident_number", "description", "created_on"), ("Message", "CreatedAt", "Priority"))
    ),
    _names("an assessment result (OSCAL)", "assessment-results"),
    _names("a bill of materials (CycloneDX)", "bomFormat", "specVersion", instead=PROPOSAL),
    _bytes(
        "telemetry in OpenTelemetry's protobuf encoding",
        rb"\n[\x80-\xff]*[\x00-\x7f]\n[\x80-\xff]*[\x00-\x7f]\n[\x80-\xff]*[\x00-\x7f]\n.[\w.]+\x12",
        "OTLP as JSON",
    ),
)


def refuse(source: Source) -> None:
    """Raises InputError with the tool's name where the file is one that is known and not read yet."""
    outer, inner = keys_at(source)
    names = outer | csv_rows.header(source)
    for known in KNOWN:
        if known.names <= names and known.inner <= inner and (not known.begins or known.begins.match(source.head)):
            expected = known.instead or (TABLE if _is_table(source) else DOCUMENT)
            raise InputError(f"this is {known.what}, which is not read yet", file=source.name, expected=expected)


def _is_table(source: Source) -> bool:
    return wide.is_wide(source) and not source.head_text.lstrip().startswith("[")
