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
from readiness.language import marked, tr

TABLE = marked("results with a row for each case, or --format table if its rows are cases")
DOCUMENT = marked("results or traces in one of the formats that are read")
PROPOSAL = marked("evidence; the page Evidence in and readiness propose show what it would change in a document")


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
    _names(marked("a report of k6 (its single measurements)"), "metric", "type", "data", inner=("name", "contains")),
    _names(marked("a report of k6 (its single measurements)"), "metric_name", "timestamp", "metric_value"),
    _names(
        marked("a report of Locust (its history)"),
        "User Count",
        "Total Request Count",
        "Total Failure Count",
    ),
    _names(marked("a report of Locust (its failures)"), "Method", "Name", "Error", "Occurrences"),
    _names(marked("a report of ab (its requests)"), "starttime", "seconds", "ctime", "dtime", "ttime", "wait"),
    _names(marked("a report of ab (its percentiles)"), "Percentage served", "Time in ms"),
    _names(
        marked("a report of garak (its hits, without what was not hit)"), "attempt_id", "probe", "detector", "triggers"
    ),
    _names(
        marked("a report of PyRIT (its conversations as CSV)"), *("conversation_id", "original_prompt_id", "scores")
    ),
    _names(
        marked("a dataset run of Langfuse, without its scores"),
        *("datasetName", "datasetRunItems"),
        instead=marked("experiment items with fields=scores"),
    ),
    _names(marked("a report of Evidently"), "metrics", "tests", inner=("metric_name",)),
    _names(
        marked("a page of spans from Phoenix's API"),
        *("data", "next_cursor"),
        inner=("span_id", "start_time_unix_nano"),
        instead=marked("spans that Phoenix exported, or OTLP"),
    ),
    _names(
        marked("a page of traces from Phoenix's API"),
        *("data", "next_cursor"),
        inner=("project_id", "token_count_total"),
        instead=marked("spans that Phoenix exported, or OTLP"),
    ),
    _names(
        marked("a page of runs from MLflow's API"),
        "runs",
        inner=("info", "data"),
        instead=marked("the evaluation table of a run"),
    ),
    _bytes(marked("a service level objective (OpenSLO)"), rb"(?:.*\n)?apiVersion:[ \t]*openslo/", PROPOSAL),
    *(
        _names(marked("a list of incidents (PagerDuty, Opsgenie)"), *names, instead=PROPOSAL)
        for names in (("incident_number", "description", "created_on"), ("Message", "CreatedAt", "Priority"))
    ),
    _names(marked("an assessment result (OSCAL)"), "assessment-results"),
    _names(marked("a bill of materials (CycloneDX)"), "bomFormat", "specVersion", instead=PROPOSAL),
    _bytes(
        marked("telemetry in OpenTelemetry's protobuf encoding"),
        rb"\n[\x80-\xff]*[\x00-\x7f]\n[\x80-\xff]*[\x00-\x7f]\n[\x80-\xff]*[\x00-\x7f]\n.[\w.]+\x12",
        marked("OTLP as JSON"),
    ),
)


def refuse(source: Source) -> None:
    """Raises InputError with the tool's name where the file is one that is known and not read yet."""
    outer, inner = keys_at(source)
    names = outer | csv_rows.header(source)
    for known in KNOWN:
        if known.names <= names and known.inner <= inner and (not known.begins or known.begins.match(source.head)):
            expected = tr(known.instead or (TABLE if _is_table(source) else DOCUMENT))
            raise InputError(
                tr("this is {what}, which is not read yet", what=tr(known.what)), file=source.name, expected=expected
            )


def _is_table(source: Source) -> bool:
    return wide.is_wide(source) and not source.head_text.lstrip().startswith("[")
