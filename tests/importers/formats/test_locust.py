"""Statistics of Locust: histograms of rounded times with the failures among them, and a CSV that may be older."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from readiness.errors import InputError
from readiness.importers import Batch, Options, Source, read
from readiness.importers.cases.loads import FAILURES
from tests import samples
from tests.importers.reading import cells, read_file, refusal, skips

JSON, CSV = (samples.DATA / "locust" / name for name in ("cand.json", "cand_stats.csv"))
HERE, CLAIMS = "this file", 'claims, "EU"'
AT_10 = Options(mapping={"concurrency": "10"})


def entry(name: str, method: str = "GET", **changed: Any) -> dict[str, Any]:
    return {
        "name": name,
        "method": method,
        "num_requests": 4,
        "num_failures": 1,
        "total_response_time": 100.0,
        "response_times": {"10": 2, "30": 1, "50": 1},
        **changed,
    }


def latency(batch: Batch, workflow: str = "*", cohort: str = "*") -> Any:
    return cells(batch)[HERE, workflow, cohort, "latency_ms"]


def test_the_json_holds_every_request_with_the_failures_among_them() -> None:
    batch = read(Source.open(JSON), AT_10)
    for workflow, n, failed, mean in (("refund", 225, 7, 34.48249280888376), (CLAIMS, 66, 2, 29.419680196976074)):
        for cohort in ("*", "concurrency=10"):
            lost = cells(batch)[HERE, workflow, cohort, FAILURES]
            assert (latency(batch, workflow, cohort).n, lost.n, lost.passed) == (n, n, failed)
            assert latency(batch, workflow, cohort).mean == pytest.approx(mean)
    assert (latency(batch).n, latency(batch).stated) == (291, True)


def test_the_csv_states_what_its_rows_state_and_the_last_row_is_all_of_them() -> None:
    batch = read(Source.open(CSV))
    found = {cell.workflow: (cell.n, cell.p50, cell.p95, cell.p99) for cell in batch.cells if cell.unit == "ms"}
    assert found == {CLAIMS: (65, 26, 52, 72), "refund": (206, 26, 68, 100), "*": (271, 26, 66, 100)}
    assert [cell.passed for cell in batch.cells if cell.metric == FAILURES] == [2, 7, 9]
    assert "a CSV of Locust may be older than the end of its run; the JSON holds every request" in batch.warnings


def test_quantiles_of_a_histogram_are_those_that_the_tool_draws(tmp_path: Path) -> None:
    times = {str(at): 1 for at in range(1, 101)}
    batch = read_file(tmp_path, json.dumps([entry("a", num_requests=100, response_times=times)]))
    assert (latency(batch).p50, latency(batch).p95, latency(batch).p99) == (50, 95, 99)
    assert latency(batch).p50_low < 50 - 5
    assert latency(batch).p50_high > 50 + 5


def test_nobody_guesses_how_many_users_there_were() -> None:
    batch = read(Source.open(JSON))
    assert {cell.dimension for cell in batch.cells} == {"*"}
    assert any("does not say how many ran at once" in warning for warning in batch.warnings)
    with pytest.raises(InputError, match="'many' is no number of requests at once"):
        read(Source.open(JSON), Options(mapping={"concurrency": "many"}))


def test_a_name_under_two_methods_is_two_workflows(tmp_path: Path) -> None:
    batch = read_file(tmp_path, json.dumps([entry("a"), entry("a", "POST"), entry("b")]))
    assert {cell.workflow for cell in batch.cells} == {"*", "GET × a", "POST × a", "b"}


@pytest.mark.parametrize(
    "changed",
    [
        {"num_failures": 9},
        {"num_requests": -1},
        {"num_requests": 5},
        {"response_times": {"soon": 4}},
        {"response_times": {"10": "4"}},
        {"total_response_time": None},
    ],
)
def test_what_does_not_go_together_is_skipped(tmp_path: Path, changed: dict[str, Any]) -> None:
    batch = read_file(tmp_path, json.dumps([entry("a"), entry("b", **changed)]))
    assert [place for place, _ in skips(batch)] == ["[1]"]
    assert latency(batch).n == 4


def test_requests_without_a_time_are_no_part_of_the_latency(tmp_path: Path) -> None:
    batch = read_file(tmp_path, json.dumps([entry("a", num_requests=6, num_none_requests=2)]))
    assert (latency(batch).n, cells(batch)[HERE, "*", "*", FAILURES].n) == (4, 6)


def test_a_run_without_a_request_is_refused(tmp_path: Path) -> None:
    nothing = entry("a", num_requests=0, num_failures=0, response_times={}, total_response_time=0)
    assert refusal(tmp_path, json.dumps([nothing])).startswith("upload.bin: the run holds no results")
    header, row = CSV.read_text().replace(",65,", ",N/A,").splitlines()[:2]
    assert refusal(tmp_path, f"{header}\n{row}\n").startswith("upload.bin: the run holds no results: the row")
