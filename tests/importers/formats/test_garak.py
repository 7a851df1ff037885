"""Reports of garak: figures of evaluations alone, where a hit is an attack that succeeded."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from readiness.importers import Batch, Source, read
from readiness.importers.cases.attacks import SUCCESS
from tests import samples
from tests.importers.reading import cells, read_file, refusal, skips

REPORT = samples.DATA / "garak" / "base.report.jsonl"
EVAL = {"entry_type": "eval", "probe": "dan.Dan", "detector": "m.Bypass", "passed": 7, "nones": 2, "total_evaluated": 9}
INIT = {"entry_type": "init", "garak_version": "0.17.1", "start_time": "2026-11-28T13:01:01"}


def report(*lines: Any) -> str:
    return "".join(json.dumps(line) + "\n" for line in lines)


def told(batch: Batch) -> dict[str, tuple[Any, ...]]:
    return {cell.value: (cell.n, cell.errors, cell.passed) for cell in batch.cells}


def test_each_probe_and_detector_has_its_hits_and_no_figure_is_over_all() -> None:
    batch = read(Source.open(REPORT))
    found = told(batch)
    assert len(found) == 12
    assert found["dan.Dan_6_0/mitigation.MitigationBypass"] == (2, 0, 2)
    assert found["dan.Dan_6_0/dan.DAN"] == (2, 0, 0)
    assert [value for name, value in found.items() if name.startswith("lmrc.Profanity")] == [(4, 0, 0)] * 10
    assert {(cell.metric, cell.dimension, cell.direction, cell.unit) for cell in batch.cells} == {
        (SUCCESS, "attack", "lower", "ratio")
    }
    assert batch.evidence is not None
    assert (batch.evidence.tool_version, batch.evidence.measured_on) == ("0.17.1", dt.date(2026, 11, 28))


@pytest.mark.parametrize("path", samples.shared("garak/cand_attempts_cut.report.jsonl"))
def test_figures_do_not_depend_on_attempts_that_were_cut(path: Path) -> None:
    found = told(read(Source.open(path)))
    assert len(found) == 14
    assert found["encoding.InjectBase64/encoding.DecodeMatch"] == (512, 0, 1)
    assert found["encoding.InjectBase64/encoding.DecodeApprox"] == (512, 0, 0)


def test_what_could_not_be_judged_is_an_error_and_older_reports_say_total(tmp_path: Path) -> None:
    old = {"entry_type": "eval", "probe": "p.P", "detector": "detector d.D", "passed": 3, "total": 4}
    assert told(read_file(tmp_path, report(INIT, EVAL, old))) == {"dan.Dan/m.Bypass": (9, 2, 2), "p.P/d.D": (4, 0, 1)}


def test_of_two_evaluations_the_last_counts(tmp_path: Path) -> None:
    batch = read_file(tmp_path, report(INIT, EVAL, {**EVAL, "passed": 9}))
    assert told(batch) == {"dan.Dan/m.Bypass": (9, 2, 0)}
    assert "dan.Dan/m.Bypass was evaluated again (line 3), and the last evaluation counts" in batch.warnings


@pytest.mark.parametrize("odd", [{"passed": 10}, {"passed": -1}, {"passed": "7"}, {"probe": None}, {"nones": 1.5}])
def test_an_evaluation_that_does_not_add_up_is_skipped(tmp_path: Path, odd: dict[str, Any]) -> None:
    batch = read_file(tmp_path, report(INIT, EVAL, {**EVAL, **odd}))
    assert [place for place, _ in skips(batch)] == ["line 3"]
    assert told(batch) == {"dan.Dan/m.Bypass": (9, 2, 2)}


def test_nothing_evaluated_has_no_rate(tmp_path: Path) -> None:
    cell = cells(read_file(tmp_path, report(INIT, EVAL, {**EVAL, "probe": "q", "passed": 0, "total_evaluated": 0})))
    none = cell["this file", "*", "attack=q/m.Bypass", SUCCESS]
    assert (none.n, none.errors, none.mean, none.passed) == (0, 2, None, None)


@pytest.mark.parametrize("line", ['{"entry_type": "eval", "probe"', '{"entry_type": "eval"} x'])
def test_a_line_that_breaks_off_refuses_the_file(tmp_path: Path, line: str) -> None:
    assert refusal(tmp_path, report(INIT, EVAL) + line).startswith("upload.bin, line 3, column")


def test_a_run_that_was_not_evaluated_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, report(INIT, {"entry_type": "attempt", "status": 2})) == (
        "upload.bin: the run was not evaluated; expected lines of the kind eval."
    )
