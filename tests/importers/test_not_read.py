"""Files of known tools that no importer reads yet: each refused with its name, in place of figures that are false."""

from __future__ import annotations

from pathlib import Path

import pytest

from readiness.errors import InputError
from readiness.importers import IMPORTERS, Options, Source, not_read, read
from tests import samples
from tests.importers.reading import read_file

K6_POINTS = "a report of k6 (its single measurements)"
HISTORY = "a report of Locust (its history)"
FAILURES = "a report of Locust (its failures)"
AB, PERCENTILES = "a report of ab (its requests)", "a report of ab (its percentiles)"
HITS = "a report of garak (its hits, without what was not hit)"
DATASET_RUN = "a dataset run of Langfuse, without its scores"
PYRIT = "a report of PyRIT (its conversations as CSV)"
PHOENIX_SPANS, PHOENIX_TRACES = "a page of spans from Phoenix's API", "a page of traces from Phoenix's API"
RUNS = "a page of runs from MLflow's API"
PROTOBUF = "telemetry in OpenTelemetry's protobuf encoding"
CASES = "results with a row for each case, or --format table if its rows are cases"
FORMATS = "results or traces in one of the formats that are read"
PROPOSAL = "evidence; the page Evidence in and readiness propose show what it would change in a document"
INCIDENTS = "a list of incidents (PagerDuty, Opsgenie)"
EXPORTED = "spans that Phoenix exported, or OTLP"

OWN = {
    "ab_percentiles.csv": (PERCENTILES, CASES),
    "ab_requests.tsv": (AB, CASES),
    "cyclonedx.json": ("a bill of materials (CycloneDX)", PROPOSAL),
    "evidently.json": ("a report of Evidently", FORMATS),
    "garak.hitlog.jsonl": (HITS, CASES),
    "k6_points.csv": (K6_POINTS, CASES),
    "k6_points.jsonl": (K6_POINTS, CASES),
    "langfuse_dataset_run.json": (DATASET_RUN, "experiment items with fields=scores"),
    "locust_failures.csv": (FAILURES, CASES),
    "locust_history.csv": (HISTORY, CASES),
    "mlflow_runs.json": (RUNS, "the evaluation table of a run"),
    "opsgenie.csv": (INCIDENTS, PROPOSAL),
    "pagerduty.csv": (INCIDENTS, PROPOSAL),
    "openslo.yaml": ("a service level objective (OpenSLO)", PROPOSAL),
    "oscal.json": ("an assessment result (OSCAL)", FORMATS),
    "otlp.pb": (PROTOBUF, "OTLP as JSON"),
    "pyrit.csv": (PYRIT, CASES),
    "phoenix_spans_page.json": (PHOENIX_SPANS, EXPORTED),
    "phoenix_traces_page.json": (PHOENIX_TRACES, EXPORTED),
}
"""What each sample is, and what would have been right in its place."""
SHARED = {
    "cyclonedx_mlbom/bom.json": "a bill of materials (CycloneDX)",
    "evidently/v0.7.23_run.json": "a report of Evidently",
    "garak/base.hitlog.jsonl": HITS,
    "hey/ab.tsv": AB,
    "hey/ab_percentiles.csv": PERCENTILES,
    "locust/cand_failures.csv": FAILURES,
    "locust/cand_stats_history.csv": HISTORY,
    "mlflow_api/runs_search.json": RUNS,
    "openslo/occurrences.yaml": "a service level objective (OpenSLO)",
    "oscal/assessment-results.json": "an assessment result (OSCAL)",
    "otlp_protobuf/batch.pb": PROTOBUF,
    "phoenix_api/otlpv1_page1.json": PHOENIX_SPANS,
    "phoenix_api/traces_page1.json": PHOENIX_TRACES,
}


def refusal(path: Path) -> str:
    with pytest.raises(InputError) as caught:
        read(Source.open(path))
    return str(caught.value)


@pytest.mark.parametrize("name", OWN)
def test_a_file_of_a_known_tool_is_refused_by_its_name_in_one_sentence(name: str) -> None:
    what, expected = OWN[name]
    assert refusal(samples.DATA / "not_read" / name) == (
        f"{name}: this is {what}, which is not read yet; expected {expected}."
    )


@pytest.mark.parametrize("path", samples.shared(*SHARED))
def test_no_file_of_another_tool_is_taken_for_any_table(path: Path) -> None:
    what = SHARED[path.relative_to(samples.SHARED).as_posix()]
    assert f": this is {what}, which is not read yet; expected " in refusal(path)


@pytest.mark.parametrize("path", [*samples.own(*(f"not_read/{name}" for name in OWN)), *samples.shared(*SHARED)])
def test_no_strict_importer_takes_what_is_not_read(path: Path) -> None:
    source = Source.open(path)
    assert [importer.format for importer in IMPORTERS[:-1] if importer.sniff(source)] == []


def test_every_known_file_has_a_sample_and_every_sample_stands_here() -> None:
    assert {known.what for known in not_read.KNOWN} == {what for what, _ in OWN.values()}
    assert {path.name for path in (samples.DATA / "not_read").iterdir()} == set(OWN)


def test_a_person_who_names_the_format_is_obeyed() -> None:
    path = samples.DATA / "jmeter" / "results.jtl"
    batch = read(Source.open(path), Options(format="table", mapping={"metric": "elapsed", "workflow": "label"}))
    assert (batch.format, {cell.metric for cell in batch.cells}) == ("table", {"elapsed"})


@pytest.mark.parametrize(
    "data",
    [
        "label,success,elapsed\nrefund,1,20\nrefund,0,30\n",
        "Method,Name,score\nPOST,refund,0.5\nPOST,claim,1\n",
        "timestamp,seconds,quality\n1,2,0.5\n2,3,1\n",
        '{"probe": "a", "detector": "b", "score": 1}\n' * 2,
        '{"example_id": "a", "scores": {"exact": 1}, "expected": "x"}\n' * 2,
    ],
)
def test_a_table_that_only_resembles_one_is_read(tmp_path: Path, data: str) -> None:
    assert read_file(tmp_path, data).format == "table"
