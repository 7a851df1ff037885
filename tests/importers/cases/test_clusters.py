"""Cases that depend on each other: what several runs of a case, and the turns of a conversation, are worth."""

from __future__ import annotations

import io
import json
import math
import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readiness import formatting
from readiness.importers import Batch, Options
from readiness.model.cells import Cell
from readiness.model.policy import Gate
from readiness.scorecard.compare import compare
from readiness.scorecard.gate_words import sentence
from readiness.scorecard.gates import judge
from readiness.scorecard.intervals import exact
from readiness.scorecard.uncertainty import of_cell
from tests.factories import CANDIDATE, assessment
from tests.figures import near
from tests.importers.reading import cells, read_file
from tests.soak import scaled

HEADER = "version,workflow,cohort,metric,value,case_id,cluster_id,error"
Row = tuple[str, str, str, float | None, str, str]
"""Workflow, cohort, metric, value, case and cluster."""


def table(rows: Sequence[Row]) -> str:
    lines = [
        f"{CANDIDATE},{workflow},{cohort},{metric},{'' if value is None else repr(float(value))},{case},{cluster},"
        f"{'timeout' if value is None else ''}"
        for workflow, cohort, metric, value, case, cluster in rows
    ]
    return "\n".join([HEADER, *lines, ""])


# 20 questions, 20 times each: 19 are always right, the last one never


def questions() -> Iterator[tuple[int, int, bool]]:
    for repeat in range(20):
        for question in range(20):
            yield repeat, question, question < 19


def native() -> str:
    return table([("*", "", "pass", float(right), f"q{question}", "") for _, question, right in questions()])


def promptfoo() -> str:
    """As promptfoo 0.118 writes `--repeat 20`: each repeat stands under a new index and id."""
    rows = []
    for at, (repeat, question, right) in enumerate(questions()):
        asked = {"question": f"Question {question}?"}
        rows.append(
            {
                "id": f"row-{at}",
                "promptIdx": 0,
                "testIdx": at,
                "promptId": "p",
                "prompt": {"raw": f"Answer: Question {question}?", "label": "support"},
                "provider": {"id": "file://provider.js", "label": "model"},
                "testCase": {
                    "description": f"case {question}",
                    "vars": asked,
                    "assert": [],
                    "options": {"repeat": repeat},
                },
                "vars": asked,
                "success": right,
                "score": float(right),
                "failureReason": 0 if right else 1,
                "namedScores": {},
                "response": {"output": f"answer {repeat}"},
                "gradingResult": {"pass": right, "score": float(right), "componentResults": []},
            }
        )
    return json.dumps(
        {"evalId": "eval-1", "results": {"version": 3, "timestamp": "2026-11-20T10:00:00Z", "results": rows}}
    )


def inspect() -> bytes:
    """As Inspect writes 20 epochs, with its own reduction by the mean."""
    header = {
        "version": 2,
        "status": "success",
        "eval": {
            "run_id": "r",
            "task_id": "t",
            "task": "support",
            "model": "openai/model",
            "created": "2026-11-20T10:00:00+00:00",
            "config": {"epochs": 20, "epochs_reducer": ["mean"]},
            "packages": {"inspect_ai": "0.3.95"},
        },
        "results": {"total_samples": 400, "completed_samples": 400, "scores": []},
    }
    summaries = [
        {
            "id": f"q{question}",
            "epoch": repeat + 1,
            "metadata": {},
            "total_time": 1.5,
            "scores": {"correct": {"value": "C" if right else "I"}},
        }
        for repeat, question, right in questions()
    ]
    means = [{"value": float(question < 19), "sample_id": f"q{question}"} for question in range(20)]
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("header.json", json.dumps(header))
        archive.writestr("summaries.json", json.dumps(summaries))
        archive.writestr("reductions.json", json.dumps([{"scorer": "correct", "reducer": "mean", "samples": means}]))
    return content.getvalue()


@pytest.mark.parametrize("write", [native, promptfoo, inspect], ids=lambda write: str(write.__name__))
def test_twenty_runs_of_twenty_cases_are_twenty_cases_in_every_format(
    tmp_path: Path, write: Callable[[], str | bytes]
) -> None:
    found = read_file(tmp_path, write(), Options(version=CANDIDATE))
    assert found.skipped == ()
    cell = next(cell for cell in found.cells if cell.metric in ("pass", "correct"))
    assert (cell.n, cell.cases, cell.clusters, cell.repeats, cell.mean) == (400, 20, 20, 20, 0.95)
    assert (cell.pass_all, cell.flips) == (0.95, 0)
    assert cell.se == near(math.sqrt(0.95 * 0.05 / 19))
    interval = of_cell(cell)
    assert interval is not None
    assert (interval.low, interval.high) == (near(exact(19, 20).low), near(exact(19, 20).high))
    gate = Gate(metric=cell.metric, min=0.9, min_n=100)
    (result,) = judge([gate], compare(assessment(), found.cells))
    assert result.state == "inconclusive"
    assert "(400 runs of 20 cases), fewer than the 100 cases asked for" in sentence(result)


def test_samples_with_other_numbers_of_epochs_are_reduced_as_inspect_does(tmp_path: Path) -> None:
    """Three epochs of one sample and one of the other: the mean over samples is 0.5, over all runs it would be 0.75."""
    rows = [{"id": "a", "epoch": epoch, "scores": {"correct": {"value": "C"}}, "metadata": {}} for epoch in (1, 2, 3)]
    rows.append({"id": "b", "epoch": 1, "scores": {"correct": {"value": "I"}}, "metadata": {}})
    described = {"run_id": "r", "task_id": "t", "task": "support", "model": "m", "config": {"epochs_reducer": "mean"}}
    log = {"version": 2, "status": "success", "eval": described, "samples": rows}
    [cell] = read_file(tmp_path, json.dumps(log)).cells
    assert (cell.n, cell.mean, cell.clusters) == (2, 0.5, None)


# Figures


def cell_of(folder: Path, rows: Sequence[Row], workflow: str = "*", cohort: str = "*") -> Cell:
    return cells(read_file(folder, table(rows)))[CANDIDATE, workflow, cohort, "m"]


def test_turns_of_one_conversation_count_as_one_cluster(tmp_path: Path) -> None:
    """Two conversations of two turns and one of one: e = 0.2, −0.8 and 0.6 around the mean of 0.4; by hand."""
    rows: list[Row] = [
        ("*", "", "m", value, case, talk) for value, case, talk in zip((1, 0, 0, 0, 1), "abcde", "xxyyz", strict=True)
    ]
    cell = cell_of(tmp_path, rows)
    assert (cell.n, cell.cases, cell.clusters, cell.repeats) == (5, 5, 3, None)
    assert cell.se == near(math.sqrt(1.5 * (0.2**2 + 0.8**2 + 0.6**2)) / 5)
    assert formatting.sample(cell) == "5 cases in 3 clusters"


def test_cases_that_pass_every_time_and_cases_that_flip_are_told(tmp_path: Path) -> None:
    values: dict[str, list[float | None]] = {"a": [1, 1, 1], "b": [1, 0, 1], "c": [0, 0, 0], "d": [1, 1, None]}
    rows: list[Row] = [("*", "", "m", value, case, "") for case, runs in values.items() for value in runs]
    cell = cell_of(tmp_path, rows)
    assert (cell.n, cell.errors, cell.cases, cell.repeats) == (11, 1, 4, 3)
    assert (cell.pass_all, cell.flips) == (0.25, 0.25)
    assert formatting.sample(cell) == "11 runs of 4 cases"


def test_runs_without_a_score_are_errors_and_a_case_without_any_score_is_no_case(tmp_path: Path) -> None:
    rows: list[Row] = [
        ("*", "", "m", value, case, "")
        for case, value in (("a", 1), ("a", 1), ("b", 0), ("b", None), ("c", None), ("c", None))
    ]
    cell = cell_of(tmp_path, rows)
    assert (cell.n, cell.errors, cell.mean, cell.cases, cell.clusters) == (3, 3, near(2 / 3), 2, 2)
    assert cell.pass_all == 0.5


def test_a_cluster_that_is_spread_over_cohorts_and_workflows_counts_once_in_each_and_once_overall(
    tmp_path: Path,
) -> None:
    rows: list[Row] = [
        ("refund", "language=de", "m", 1, "a", "x"),
        ("refund", "language=de", "m", 0, "b", "x"),
        ("refund", "language=en", "m", 1, "c", "x"),
        ("claims", "language=en", "m", 1, "d", "x"),
        ("claims", "language=en", "m", 1, "e", "y"),
    ]
    found = cells(read_file(tmp_path, table(rows)))
    told = {key[1:3]: (cell.n, cell.clusters) for key, cell in found.items()}
    assert told[("*", "*")] == (5, 2)
    assert told[("refund", "*")] == (3, 1)
    assert told[("*", "language=de")] == (2, 1)
    assert told[("*", "language=en")] == (3, 2)
    assert told[("claims", "language=en")] == (2, None)


def test_the_same_id_in_two_workflows_is_two_cases_and_one_cluster_is_one_in_both(tmp_path: Path) -> None:
    rows: list[Row] = [(workflow, "", "m", 1, "a", "") for workflow in ("refund", "claims")]
    assert cell_of(tmp_path, rows).clusters is None
    assert cell_of(tmp_path, [(*row[:4], "a", "x") for row in rows]).clusters == 1


def test_rows_without_an_id_stand_each_for_themselves_beside_runs_of_a_case(tmp_path: Path) -> None:
    cell = cell_of(
        tmp_path, [("*", "", "m", value, case, "") for value, case in ((1, "a"), (1, "a"), (0, ""), (1, ""))]
    )
    assert (cell.n, cell.cases, cell.clusters) == (4, 3, 3)


def test_limits_of_a_quantile_are_as_wide_as_for_the_cases_alone(tmp_path: Path) -> None:
    values = np.random.default_rng(3).lognormal(6, 1, 400).round(3)
    once: list[Row] = [("*", "", "m", value, f"c{at}", "") for at, value in enumerate(values)]
    alone, repeated = cell_of(tmp_path, once), cell_of(tmp_path, once * 5)
    assert repeated.n == 2_000
    for side in ("p50_low", "p50_high", "p95_low", "p95_high", "p99_low", "p99_high"):
        assert getattr(repeated, side) == getattr(alone, side)
    few = cell_of(tmp_path, once[:40] * 50)
    assert (few.n, few.p95_high, few.p99_high) == (2_000, None, None)


def test_a_conversation_that_is_held_again_is_one_cluster_with_the_first_one(tmp_path: Path) -> None:
    """Two scripts of three questions, each gone through five times under an id of its own."""
    rows: list[Row] = [
        ("*", "", "m", float(script), f"{script}-{turn}", f"{script}-{run}")
        for run in range(5)
        for script in range(2)
        for turn in range(3)
    ]
    cell = cell_of(tmp_path, rows)
    assert (cell.n, cell.cases, cell.clusters) == (30, 6, 2)
    assert formatting.sample(cell) == "30 runs of 6 cases in 2 clusters"


# Against plain arithmetic


values = st.sampled_from([0.0, 1.0, 0.5, 0.25])
runs = st.lists(
    st.tuples(
        st.sampled_from(["w1", "w2"]),
        st.sampled_from(["", "l=de", "l=en;t=x"]),
        st.just("m"),
        values | st.none(),
        st.sampled_from(["", *"abcd"]),
        st.sampled_from(["", "", "x", "y"]),
    ),
    min_size=1,
    max_size=40,
)


def members(row: Row) -> Iterator[tuple[str, str]]:
    for workflow in ("*", row[0]):
        for cohort in ("*", *filter(None, row[1].split(";"))):
            yield workflow, cohort


@settings(max_examples=scaled(12))
@given(runs)
def test_clusters_agree_with_numpy(tmp_path_factory: pytest.TempPathFactory, rows: list[Row]) -> None:
    plain: dict[tuple[str, str], list[tuple[float | None, Any, Any]]] = {}
    for (value, unit, case), row in zip(joined(rows), rows, strict=True):
        for where in members(row):
            plain.setdefault(where, []).append((value, unit, case))
    found = cells(read_file(tmp_path_factory.getbasetemp(), table(rows)))
    assert {key[1:3] for key in found} == plain.keys()
    for where, held in plain.items():
        agrees(found[CANDIDATE, *where, "m"], held)


def joined(rows: list[Row]) -> list[tuple[float | None, Any, Any]]:
    """Value, unit and case of each row; clusters that share a case are one unit."""
    cases = [(row[0], row[4]) if row[4] else at for at, row in enumerate(rows)]
    units: list[Any] = [row[5] or case for row, case in zip(rows, cases, strict=True)]
    for case in cases:
        same = {unit for unit, other in zip(units, cases, strict=True) if other == case}
        units = [min(same, key=str) if unit in same else unit for unit in units]
    return [(row[3], unit, case) for row, unit, case in zip(rows, units, cases, strict=True)]


def agrees(cell: Cell, held: list[tuple[float | None, Any, Any]]) -> None:
    scored = [run for run in held if run[0] is not None]
    assert (cell.n, cell.errors) == (len(scored), len(held) - len(scored))
    units = {unit for _, unit, _ in scored}
    if len(units) == len(scored):
        assert (cell.clusters, cell.se, cell.cases) == (None, None, None)
        return
    values = [(value, unit) for value, unit, _ in scored if value is not None]
    figures = np.array([value for value, _ in values], dtype=np.float64)
    mean = float(figures.mean())
    deviations = [sum(value - mean for value, unit in values if unit == one) for one in units]
    assert (cell.clusters, cell.cases) == (len(units), len({case for *_, case in scored}))
    assert cell.mean == near(float(figures.mean()))
    expected = len(units) / max(len(units) - 1, 1) * float(np.sum(np.square(deviations))) / len(scored) ** 2
    assert cell.se is None if len(units) == 1 else cell.se == near(math.sqrt(expected), abs=1e-12)
    if set(figures) <= {0.0, 1.0} and cell.repeats:
        cases = {case: [run[0] for run in held if run[2] == case] for *_, case in scored}
        assert cell.pass_all == near(sum(set(each) == {1.0} for each in cases.values()) / len(cases))
        assert cell.flips == near(sum({0.0, 1.0} <= set(each) for each in cases.values()) / len(cases))


@settings(max_examples=scaled(8))
@given(
    st.lists(st.tuples(st.sampled_from(["", "l=de", "l=en"]), values), min_size=2, max_size=60),
    st.integers(2, 4),
    st.sampled_from([0.3, 0.5, 0.8]),
)
def test_a_file_in_which_every_row_is_repeated_says_what_the_file_itself_says(
    tmp_path_factory: pytest.TempPathFactory, given: list[tuple[str, float]], often: int, least: float
) -> None:
    rows: list[Row] = [("*", cohort, "m", value, f"c{at}", "") for at, (cohort, value) in enumerate(given)]
    folder = tmp_path_factory.getbasetemp()
    once, repeated = (read_file(folder, table(each)) for each in (rows, rows * often))
    alone, told = cells(once), cells(repeated)
    assert alone.keys() == told.keys()
    for key, cell in alone.items():
        again = told[key]
        assert (again.n, again.independent, again.mean) == ((cell.n or 0) * often, cell.n, near(cell.mean or 0.0))
        one, two = of_cell(cell), of_cell(again)
        assert (one is None) == (two is None)
        if one and two:
            assert (two.low, two.high) == (near(one.low, abs=1e-9), near(one.high, abs=1e-9))
    gates = [Gate(metric="m", min=least), Gate(metric="m", cohort="each", max=least, min_n=5)]
    states = [
        [result.state for result in judge(gates, compare(assessment(), batch.cells))] for batch in (once, repeated)
    ]
    assert states[0] == states[1]


def test_many_rows_on_several_threads_keep_each_id_with_its_value(tmp_path: Path) -> None:
    """200,000 runs of 5,000 cases whose value is that of the case: no case flips, and the clusters have its spread."""
    cases = np.random.default_rng(5).uniform(2, 3, 5_000).round(6)
    rows: list[Row] = [("*", f"l={at % 7}", "m", cases[at % 5_000], f"c{at % 5_000}", "") for at in range(200_000)]
    cell = cell_of(tmp_path, rows)
    assert (cell.n, cell.clusters, cell.cases) == (200_000, 5_000, 5_000)
    assert cell.se == near(float(np.std(cases, ddof=1)) / math.sqrt(5_000), rel=1e-9)


def whole(batch: Batch) -> int:
    return sum(cell.n or 0 for cell in batch.cells if cell.cohort == cell.workflow == "*")


def test_a_mapped_field_names_the_cluster_in_a_format_of_a_tool_and_in_native_results(tmp_path: Path) -> None:
    rows = json.loads(promptfoo())
    for at, row in enumerate(rows["results"]["results"]):
        row["testCase"]["metadata"] = {"thread": f"t{at % 4}"}
    tool = read_file(tmp_path, json.dumps(rows), Options(mapping={"cluster": "metadata.thread"}))
    own = native().replace("cluster_id", "thread").replace(",q1,,", ",q1,t,").replace(",q2,,", ",q2,t,")
    mapped = read_file(tmp_path, own, Options(mapping={"cluster": "thread"}))
    assert (whole(tool), whole(mapped)) == (400, 400)
    assert [cell.clusters for cell in tool.cells] == [4]
    assert [cell.clusters for cell in mapped.cells] == [19]


def test_tests_of_one_conversation_of_promptfoo_are_one_cluster(tmp_path: Path) -> None:
    rows = json.loads(promptfoo())
    for at, row in enumerate(rows["results"]["results"]):
        row["testCase"]["metadata"] = {"conversationId": f"t{at % 5}"}
    [cell] = read_file(tmp_path, json.dumps(rows)).cells
    assert (cell.n, cell.cases, cell.clusters) == (400, 20, 5)
    assert formatting.sample(cell) == "400 runs of 20 cases in 5 clusters"
