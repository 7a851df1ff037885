"""Units and directions of what a file holds: from its names, from the person, from the checklist; never from luck."""

from __future__ import annotations

from pathlib import Path

import pytest

from readiness.importers import Options
from tests.importers.reading import cells, read_file, refusal

TABLE = "q,task_success,latency_s,latency,good\nx,92.5,0.8,0.8,1\ny,85,0.9,0.9,0\n"
NATIVE = "version,workflow,cohort,metric,value\n2,a,lang=de,task_success,92.5\n2,a,lang=de,task_success,85\n"
KNOWN = {"task_success": "ratio"}
ASKS = (
    "upload.bin: 'task_success' is a ratio, and its values run from 85 to 92.5; "
    "expected 0 to 1; if they are per cent, --map unit:task_success=percent."
)


@pytest.mark.parametrize("data", [TABLE, NATIVE])
def test_a_ratio_that_runs_to_100_is_asked_about(tmp_path: Path, data: str) -> None:
    assert refusal(tmp_path, data, Options(units=KNOWN)) == ASKS


@pytest.mark.parametrize("data", [TABLE, NATIVE])
@pytest.mark.parametrize("word", ["percent", "%", "pct"])
def test_per_cent_becomes_shares_once_a_person_says_so(tmp_path: Path, data: str, word: str) -> None:
    batch = read_file(tmp_path, data, Options(units=KNOWN, mapping={"unit:task_success": word}))
    (cell,) = [one for one in batch.cells if (one.metric, one.workflow, one.cohort) == ("task_success", "*", "*")]
    assert (cell.unit, cell.n) == ("ratio", 2)
    assert cell.mean == pytest.approx(0.8875)
    assert cell.p95 == pytest.approx(0.92125)


def test_passes_of_100_and_fails_of_0_are_per_cent_too(tmp_path: Path) -> None:
    rows = "".join(f"q{at},{100 if at % 4 else 0}\n" for at in range(8))
    assert "run from 0 to 100" in refusal(tmp_path, f"q,task_success\n{rows}", Options(units=KNOWN))
    said = read_file(
        tmp_path, f"q,task_success\n{rows}", Options(units=KNOWN, mapping={"unit:task_success": "percent"})
    )
    assert [(cell.mean, cell.passed) for cell in said.cells] == [(0.75, 6)]


def test_a_file_may_say_per_cent_itself(tmp_path: Path) -> None:
    data = NATIVE.replace("value\n", "value,unit\n").replace("92.5\n", "92.5,%\n").replace("85\n", "85,percent\n")
    cell = cells(read_file(tmp_path, data, Options(units=KNOWN)))["2", "*", "*", "task_success"]
    assert cell.unit == "ratio"
    assert cell.mean == pytest.approx(0.8875)


def test_times_are_never_shares_whatever_their_values(tmp_path: Path) -> None:
    batch = read_file(tmp_path, TABLE, Options(mapping={"metric": "latency_s,latency,good"}))
    assert {cell.metric: cell.unit for cell in batch.cells} == {"latency_s": "s", "latency": "", "good": "ratio"}
    said = read_file(tmp_path, TABLE, Options(mapping={"metric": "latency", "unit:latency": "seconds"}))
    assert said.cells[0].unit == "s"


@pytest.mark.parametrize("data", [TABLE, NATIVE])
def test_a_person_may_say_which_way_is_better(tmp_path: Path, data: str) -> None:
    told = {"unit:task_success": "percent", "direction:task_success": "higher"}
    batch = read_file(tmp_path, data, Options(mapping=told))
    assert {cell.direction for cell in batch.cells if cell.metric == "task_success"} == {"higher"}
    assert batch.evidence is not None
    assert batch.evidence.options.mapping.items() >= told.items()


@pytest.mark.parametrize(
    ("mapping", "sentence"),
    [
        ({"direction:good": "sideways"}, "--map direction:good: 'sideways' is no direction; expected higher or lower."),
        ({"direction:best": "higher"}, "there is no metric 'best' for --map direction:best; expected one of good"),
        ({"unit:best": "ms"}, "there is no metric 'best' for --map unit:best; expected one of good"),
    ],
)
def test_what_is_said_of_a_metric_has_to_make_sense(tmp_path: Path, mapping: dict[str, str], sentence: str) -> None:
    assert sentence in refusal(tmp_path, "q,good\nx,1\n", Options(mapping=mapping))


def test_values_below_0_are_no_time(tmp_path: Path) -> None:
    data = NATIVE.replace("task_success,85", "task_success,-1")
    assert "expected 0 to 1, or another unit with --map" in refusal(tmp_path, data, Options(units=KNOWN))
    told = refusal(tmp_path, NATIVE.replace("task_success,85", "reply_s,-1"))
    assert "'reply_s' is in s, and its values run from -1 to " in told
    assert "; expected 0 or more, or another unit with --map unit:reply_s=UNIT." in told
