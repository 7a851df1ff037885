"""MLflow: tables and aggregates of 2.x and 3.x, figures of the tool itself, and what is skipped or refused."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from readiness.importers import Options, Source
from readiness.importers.formats.mlflow_eval import IMPORTER
from tests import samples
from tests.importers.reading import cells, read_file, refusal, skips

DATA = samples.DATA / "mlflow"
TABLE, LEGACY = DATA / "v3.17.2_genai_eval_results.csv", DATA / "v2.20_eval_results_table.json"
AGGREGATES = DATA / "v3.17.2_genai_metrics.json"
SPLIT = {"workflow": "tags.workflow", "cohort": "tags.cohort"}
HERE = "this file"
Row = dict[str, Any]


def trace(*names: str, expected: tuple[str, ...] = (), tags: Row | None = None, metadata: Row | None = None) -> str:
    said = [{"assessment_name": name, "feedback": {"value": 1}} for name in names]
    said += [{"assessment_name": name, "expectation": {"value": 1}} for name in expected]
    return json.dumps({"info": {"assessments": said, "tags": tags or {}, "trace_metadata": metadata or {}}, "data": {}})


def row(value: Any = 0.5, *, error: Any = None, **more: Any) -> Row:
    held = {"trace_id": "tr-1", "good/value": value, "good/error_message": error, "good/rationale": None}
    return held | {"trace": trace("good"), "request_time": 1795426427051, "execution_duration": 40, **more}


def as_csv(*rows: Row) -> str:
    """As pandas writes it: nothing for None, and True for true."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, dict.fromkeys(name for each in rows for name in each), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def as_split(*rows: Row, **more: Any) -> str:
    columns = list(dict.fromkeys(name for each in rows for name in each))
    return json.dumps({"columns": columns, "data": [[each.get(name) for name in columns] for each in rows], **more})


def escaped(text: str) -> str:
    """As pandas writes a slash."""
    return text.replace("/", "\\/")


SHAPES: dict[str, Callable[..., str]] = {
    "CSV": as_csv,
    "CSV of Windows": lambda *rows: as_csv(*rows).replace("\n", "\r\n"),
    "split": as_split,
    "split of pandas": lambda *rows: escaped(as_split(*rows)),
    "records": lambda *rows: json.dumps(rows, indent=2),
    "records of pandas": lambda *rows: escaped(json.dumps(rows)),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_the_same_rows_give_the_same_figures_in_every_shape(tmp_path: Path, shape: str) -> None:
    rows = [row(True), row("no"), row(0.75), row(None, error="judge returned no JSON"), row(None)]
    batch = read_file(tmp_path, "\ufeff" + SHAPES[shape](*rows))
    assert (batch.format, batch.versions) == ("mlflow-eval", (HERE,))
    assert {key[3]: (cell.n, cell.errors, cell.mean) for key, cell in cells(batch).items()} == {
        "good": (3, 2, pytest.approx(1.75 / 3)),
        "latency_ms": (5, 0, 40),
    }
    assert skips(batch) == []
    assert "1 cell with neither a score nor an error, which count as not scored" in batch.warnings
    assert batch.evidence is not None
    assert batch.evidence.measured_on == dt.date(2026, 11, 23)


def test_every_mean_is_the_one_that_the_tool_states(tmp_path: Path) -> None:
    found = cells(read_file(tmp_path, TABLE.read_bytes()))
    stated = json.loads(AGGREGATES.read_bytes())
    assert len(stated) == 3
    for name, mean in stated.items():
        assert found[HERE, "*", "*", name.removesuffix("/mean")].mean == pytest.approx(mean, rel=1e-15)


@pytest.mark.parametrize(
    ("workflow", "cohort", "metric", "figures"),
    [
        ("*", "*", "contains_policy", (2, 0, 0.5, 1)),
        ("*", "*", "verdict", (2, 0, 0.5, 1)),
        ("*", "*", "concision", (2, 0, (0.8823529411764706 + 0.7692307692307693) / 2, None)),
        ("*", "*", "flaky", (0, 2, None, None)),
        ("*", "*", "latency_ms", (2, 0, (1043 + 643) / 2, None)),
        ("refund", "*", "verdict", (1, 0, 1, 1)),
        ("order-status", "*", "verdict", (1, 0, 0, 0)),
        ("*", "cohort=enterprise-eu", "concision", (1, 0, 0.8823529411764706, None)),
        ("*", "cohort=smb-us", "flaky", (0, 1, None, None)),
    ],
)
def test_a_table_of_version_3_has_the_figures_that_were_counted_by_hand(
    tmp_path: Path, workflow: str, cohort: str, metric: str, figures: tuple[object, ...]
) -> None:
    cell = cells(read_file(tmp_path, TABLE.read_bytes(), Options(mapping=SPLIT)))[HERE, workflow, cohort, metric]
    assert (cell.n, cell.errors, cell.mean, cell.passed) == pytest.approx(figures)


def test_what_was_expected_is_no_metric(tmp_path: Path) -> None:
    batch = read_file(tmp_path, TABLE.read_bytes(), Options(mapping=SPLIT))
    assert {key[3] for key in cells(batch)} == {"flaky", "concision", "contains_policy", "verdict", "latency_ms"}
    assert "columns with what was expected are no scores: must" in batch.warnings


def test_the_evidence_says_what_can_split_it_and_when_it_was_measured(tmp_path: Path) -> None:
    batch = read_file(tmp_path, TABLE.read_bytes())
    assert batch.evidence is not None
    assert (batch.evidence.tool, batch.evidence.kept, batch.evidence.skipped) == ("MLflow", 2, 0)
    assert batch.evidence.measured_on == dt.date(2026, 11, 23)
    assert (set(batch.fields), batch.proposed) == ({"state", "tags.workflow", "tags.cohort"}, SPLIT)


def test_a_table_of_version_2_has_the_figures_that_were_counted_by_hand(tmp_path: Path) -> None:
    batch = read_file(tmp_path, LEGACY.read_bytes(), Options(mapping={"cohort": "cohort"}))
    assert {key[2:]: (cell.n, cell.errors, cell.mean) for key, cell in cells(batch).items()} == {
        ("*", "contains"): (2, 0, 0.5),
        ("cohort=eu", "contains"): (1, 0, 1),
        ("cohort=us", "contains"): (1, 0, 0),
    }
    assert batch.fields == ("cohort",)


def test_aggregates_are_stated_without_the_number_of_cases(tmp_path: Path) -> None:
    batch = read_file(tmp_path, AGGREGATES.read_bytes(), Options(version="9", measured_on=dt.date(2026, 11, 23)))
    assert {cell.metric: (cell.version, cell.n, cell.mean, cell.stated) for cell in batch.cells} == {
        "contains_policy": ("9", None, 0.5, True),
        "concision": ("9", None, 0.8257918552036199, True),
        "verdict": ("9", None, 0.5, True),
    }
    assert batch.warnings == ("3 figures stated without the number of cases, which no gate that asks for it can pass",)


def legacy(**more: Any) -> Row:
    return {"inputs": "?", "outputs": "!", "toxicity/v1/score": 0.25, "toxicity/v1/justification": None, **more}


@pytest.mark.parametrize("shape", ["CSV", "split", "records"])
def test_version_2_measures_latency_in_seconds_and_counts_tokens(tmp_path: Path, shape: str) -> None:
    rows = [legacy(latency=1.5, token_count=10), legacy(latency=0, token_count=None)]
    found = cells(read_file(tmp_path, SHAPES[shape](*rows)))
    assert {key[3]: (cell.n, cell.errors, cell.mean, cell.unit) for key, cell in found.items()} == {
        "toxicity": (2, 0, 0.25, "ratio"),
        "token_count": (1, 0, 10, "tokens"),
        "latency_ms": (1, 0, 1500, "ms"),
    }


def test_an_empty_score_of_version_2_is_an_error_and_never_0(tmp_path: Path) -> None:
    cell = cells(read_file(tmp_path, as_split(legacy(), legacy() | {"toxicity/v1/score": None})))[
        HERE, "*", "*", "toxicity"
    ]
    assert (cell.n, cell.errors, cell.mean) == (1, 1, 0.25)


def test_two_versions_of_a_metric_stay_apart(tmp_path: Path) -> None:
    found = cells(read_file(tmp_path, as_split(legacy() | {"toxicity/v2/score": 1, "toxicity/value": 2})))
    assert {key[3]: cell.mean for key, cell in found.items()} == {
        "toxicity/v1": 0.25,
        "toxicity/v2": 1,
        "toxicity": 2,
    }


@pytest.mark.parametrize(
    ("cell", "mean"),
    [
        (1, 1),
        (0.25, 0.25),
        (-3, -3),
        (True, 1),
        (False, 0),
        ("yes", 1),
        ("No", 0),
        ("True", 1),
        ("1e-2", 0.01),
        (".5", 0.5),
    ],
)
def test_numbers_booleans_and_yes_or_no_are_scores(tmp_path: Path, cell: Any, mean: float) -> None:
    for write in (as_csv, as_split):
        assert cells(read_file(tmp_path, write(row(cell))))[HERE, "*", "*", "good"].mean == mean


@pytest.mark.parametrize("cell", ["good", "nan", "inf", "1_000", "0x1", "1,5", [1], {"a": 1}, "9" * 400])
def test_a_score_that_is_not_a_number_is_skipped_and_the_rest_of_its_row_is_kept(tmp_path: Path, cell: Any) -> None:
    other = row(cell, **{"other/value": 1, "trace": trace("good", "other")})
    batch = read_file(tmp_path, as_csv(row(), other))
    assert skips(batch) == [("row 2", "the score 'good' is neither a number nor yes or no")]
    assert {key[3]: cell.n for key, cell in cells(batch).items()} == {"good": 1, "other": 1, "latency_ms": 2}


def test_a_number_that_was_expected_is_told_by_the_assessments(tmp_path: Path) -> None:
    said = row(**{"limit/value": 14, "trace": trace("good", expected=("limit",))})
    assert {key[3] for key in cells(read_file(tmp_path, as_csv(said)))} == {"good", "latency_ms"}
    assessments = [{"assessment_name": "limit", "expectation": {"value": 14}}]
    bare = row(**{"limit/value": 14, "trace": None, "assessments": assessments})
    assert {key[3] for key in cells(read_file(tmp_path, as_split(bare)))} == {"good", "latency_ms"}


def test_without_assessments_text_is_what_was_expected_and_the_rest_is_named(tmp_path: Path) -> None:
    batch = read_file(tmp_path, as_csv(row(**{"must/value": "14 days", "trace": None})))
    assert {key[3] for key in cells(batch)} == {"good", "latency_ms"}
    assert batch.warnings[-2:] == (
        "columns with what was expected are no scores: must",
        "the file does not say which columns hold what was expected; read as scores: good",
    )


def test_a_scorer_that_never_gave_a_value_is_all_errors(tmp_path: Path) -> None:
    bare = {"trace_id": "t", "good/value": 1, "broken/error_message": "no", "trace": trace("good", "broken")}
    cell = cells(read_file(tmp_path, as_csv(bare)))[HERE, "*", "*", "broken"]
    assert (cell.n, cell.errors) == (0, 1)


def test_a_request_that_failed_is_an_error_of_every_metric_and_has_no_latency(tmp_path: Path) -> None:
    batch = read_file(tmp_path, as_csv(row(state="OK"), row(None, state="ERROR")))
    assert {key[3]: (cell.n, cell.errors) for key, cell in cells(batch).items()} == {
        "good": (1, 1),
        "latency_ms": (1, 0),
    }


@pytest.mark.parametrize(
    ("rows", "versions"),
    [
        ([row()], (HERE,)),
        ([row(model_id="m-1"), row(model_id="m-2")], ("m-1", "m-2")),
        ([row(run_name="nightly", run_id="1")], ("nightly",)),
        ([row(trace=trace("good", metadata={"mlflow.modelId": "m-7"}))], ("m-7",)),
        ([row(trace=trace("good", tags={"mlflow.runName": "calm-owl-7"}))], ("calm-owl-7",)),
        ([row(trace=trace("good", metadata={"mlflow.sourceRun": "r1"}))] * 2, (HERE,)),
        ([row(trace=trace("good", metadata={"mlflow.sourceRun": run})) for run in ("r1", "r2")], ("r1", "r2")),
    ],
    ids=["none", "models", "run name", "model of a trace", "run of a trace", "one run", "several runs"],
)
def test_a_version_is_a_model_or_a_run_by_name_and_several_runs_are_never_merged(
    tmp_path: Path, rows: list[Row], versions: tuple[str, ...]
) -> None:
    assert read_file(tmp_path, as_csv(*rows)).versions == versions


def test_own_columns_inputs_tags_and_metadata_can_name_a_workflow_and_a_cohort(tmp_path: Path) -> None:
    held = {"plan": "free", "inputs": {"question": "?"}, "deep": {"a": 1}}
    said = row(**held, trace=trace("good", tags={"team": "x", "mlflow.user": "root"}, metadata={"site": "eu"}))
    assert read_file(tmp_path, as_split(said)).fields == ("plan", "inputs.question", "tags.team", "metadata.site")


def test_a_trace_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    batch = read_file(tmp_path, as_csv(row(trace="{'info': {}}")))
    assert "1 trace that cannot be read, so the tags of those rows are unknown" in batch.warnings


def test_a_score_under_a_name_of_ours_is_left_out(tmp_path: Path) -> None:
    batch = read_file(tmp_path, as_csv(row(**{"pass/value": 1, "trace": trace("good", "pass")})))
    assert skips(batch) == [("pass/value", "the score cannot be kept under this name")]
    assert {key[3] for key in cells(batch)} == {"good", "latency_ms"}


def test_aggregates_of_version_2_keep_only_what_has_a_place(tmp_path: Path) -> None:
    stated = {"toxicity/v1/mean": 0.25, "toxicity/v1/median": 0.2, "toxicity/v1/variance": 1, "latency/mean": 1.5}
    batch = read_file(tmp_path, json.dumps(stated | {"pass/mean": 1, "odd/mean": "1"}))
    assert {cell.metric: (cell.mean, cell.p50, cell.unit) for cell in batch.cells} == {
        "toxicity": (0.25, 0.2, ""),
        "latency_ms": (1500, None, "ms"),
    }
    assert skips(batch) == [
        ("toxicity/v1/variance", "there is no place for a figure of this kind (variance)"),
        ("pass/mean", "the score cannot be kept under this name"),
        ("odd/mean", "the figure is not a number"),
    ]


@pytest.mark.parametrize(
    ("data", "place", "reason"),
    [
        (json.dumps([row(), 3]), "[1]", "the row is not an object"),
        (as_split(row()).replace('"data": [', '"data": [7, '), "data[0]", "the row is not a list"),
        (as_split(row()).replace('"data": [', '"data": [[1, 2], '), "data[0]", "the row has 2 cells for 7 columns"),
        (as_csv(row(), row("x")), "row 2", "the score 'good' is neither a number nor yes or no"),
    ],
    ids=["not an object", "not a list", "too short", "text"],
)
def test_a_row_that_cannot_be_used_is_skipped_with_its_place(
    tmp_path: Path, data: str, place: str, reason: str
) -> None:
    batch = read_file(tmp_path, data)
    assert skips(batch) == [(place, reason)]
    assert cells(batch)[HERE, "*", "*", "good"].n == 1


NAMED = Options(format="mlflow-eval")
NO_TABLE = "upload.bin: this is not a table; expected names in columns and rows in data."
NOTHING = "upload.bin: the run holds no results; expected a run that has finished."
JSON_BREAKS = "the JSON breaks off or is malformed; expected one whole JSON document."
CSV_BREAKS = "the CSV breaks off or is malformed; expected a whole CSV file."


@pytest.mark.parametrize(
    ("data", "options", "sentence"),
    [
        (as_csv(row()).partition("\n")[0], Options(), NOTHING),
        ('{"columns": ["inputs", "a/score"], "data": []}', Options(), NOTHING),
        ("[]", NAMED, NOTHING),
        ("{}", NAMED, NO_TABLE),
        ('{"columns": ["inputs", "a/score"], "data": {}}', Options(), NO_TABLE),
        ('{"columns": ["inputs", "a/score", 3], "data": []}', Options(), NO_TABLE),
        (
            "inputs,a/score,a/score\n?,1,1\n",
            Options(),
            "upload.bin: the column 'a/score' stands twice; expected each column once.",
        ),
        (
            '{"columns": ["inputs", "a/score", "inputs"], "data": []}',
            Options(),
            "upload.bin: the column 'inputs' stands twice; expected each column once.",
        ),
        (
            "inputs,a/score\n?\n",
            Options(),
            "upload.bin: the run holds no results: the row has 1 cell for 2 columns; expected a run that has finished.",
        ),
        (
            "inputs,a/score\n?,1,2\n",
            Options(),
            "upload.bin: the run holds no results: the row has 3 cells for 2 columns; "
            "expected a run that has finished.",
        ),
        ('inputs,a/score\n"?\n,1\n', Options(), f"upload.bin, line 3: {CSV_BREAKS}"),
        ('inputs,a/score\n"?"!,1\n', Options(), f"upload.bin, line 2: {CSV_BREAKS}"),
        (
            '{"columns": ["inputs", "a/score"], "data": [["?", NaN]]}',
            Options(),
            "upload.bin: NaN is not JSON; expected finite numbers, or null.",
        ),
        ('{"a/mean": NaN}', Options(), "upload.bin: NaN is not JSON; expected finite numbers, or null."),
        ('{"a/mean": 0.5, "b', Options(), f"upload.bin, line 1, column 17: {JSON_BREAKS}"),
        ('{"columns": ["inputs", "a/score"], "data": [[', Options(), f"upload.bin, line 1, column 46: {JSON_BREAKS}"),
        (
            b"inputs,a/score\n\x81,1\n",
            Options(),
            "upload.bin, byte 15: the text is not UTF-8; expected UTF-8 text.",
        ),
        (as_csv(row()).encode("utf-16")[:-1], NAMED, "upload.bin: the text is not UTF-16; expected UTF-8 text."),
        (
            as_csv(row(model_id="1"), row(model_id="2")),
            Options(version="9"),
            "upload.bin: the file holds 2 versions, which one name would merge; "
            'expected --map "version:LABEL=NAME" for 1, 2.',
        ),
    ],
    ids=[
        *("only a header", "no data", "no record", "no object", "data", "columns", "column twice", "key twice"),
        *("short row", "long row", "open quote", "stray quote", "NaN", "NaN stated", "cut stated", "cut", "latin-1"),
        *("utf-16", "merged"),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused_whole(
    tmp_path: Path, data: str | bytes, options: Options, sentence: str
) -> None:
    assert refusal(tmp_path, data, options) == sentence


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_a_table_that_breaks_off_is_refused_whole(tmp_path: Path, share: float) -> None:
    data = TABLE.read_bytes().rstrip()
    found = refusal(tmp_path, data[: int(len(data) * share)])
    assert found.startswith("upload.bin, ")
    assert found.endswith((CSV_BREAKS, "expected a cell for each column."))


@pytest.mark.parametrize(
    "data",
    [
        "question,answer/score\n?,1\n",
        "trace_id,value\nt,1\n",
        '{"columns": ["inputs"], "data": []}',
        '{"columns": ["score"], "index": [0], "data": [[1]]}',
        '{"a/mean": 1, "step": 3}',
        '{"mean": 1}',
        '[{"inputs": "?"}]',
        "[" * 2000,
        '{"columns": ' + "[" * 2000,
    ],
    ids=["no known column", "no score", "no score in split", "other split", "mixed", "no scorer", "records", "[", "{["],
)
def test_other_tables_are_not_taken_for_one_of_mlflow(tmp_path: Path, data: str) -> None:
    path = tmp_path / "upload"
    path.write_text(data, "utf-8")
    assert not IMPORTER.sniff(Source.open(path))


API = samples.DATA / "mlflow_api"


def page(*assessments: Row, **more: Any) -> str:
    info = {"trace_id": "tr-1", "trace_location": {}, "state": "OK", "assessments": [*assessments], **more}
    return json.dumps({"traces": [info]})


@pytest.mark.parametrize("more", [{}, {"next_page_token": "x"}])
def test_pages_of_the_rest_interface_have_a_case_for_each_trace_with_an_assessment(
    more: dict[str, str], tmp_path: Path
) -> None:
    whole = json.loads((API / "traces_search_page1.json").read_text())
    batch = read_file(tmp_path, "\n".join(json.dumps({**whole, "traces": [one], **more}) for one in whole["traces"]))
    found = {cell.metric: (cell.n, cell.errors, cell.mean) for cell in batch.cells}
    assert (found["exact"], found["score"]) == ((4, 0, 1.0), (3, 1, 0.5))
    assert found["latency_ms"] == (4, 0, (456 + 485 + 441 + 857) / 4)
    assert "1 trace without an assessment, which are no cases" in batch.warnings
    assert "columns with what was expected are no scores: a" in batch.warnings


def test_traces_with_their_spans_are_read_for_their_assessments_where_a_person_says_so() -> None:
    source = Source.open(API / "traces_batchGet.json")
    assert not IMPORTER.sniff(source)
    found = {cell.metric: (cell.n, cell.errors) for cell in IMPORTER.read(source, Options()).cells}
    assert (found["exact"], found["score"]) == ((4, 0), (3, 1))


def test_an_assessment_that_was_overridden_does_not_count_and_the_last_of_a_name_does(tmp_path: Path) -> None:
    def feedback(value: float, minute: int, **more: Any) -> Row:
        return {
            "assessment_name": "m",
            "feedback": {"value": value},
            "create_time": f"2026-11-20T09:{minute}:00Z",
            **more,
        }

    batch = read_file(tmp_path, page(feedback(0.9, 12), feedback(0.3, 11), feedback(0.1, 13, valid=False)))
    assert [(cell.metric, cell.mean) for cell in batch.cells] == [("m", 0.9)]
