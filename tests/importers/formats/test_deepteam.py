"""Risk assessments of DeepTeam: 1 is an attack that was withstood, and what errored is not forgotten."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from readiness.importers import Batch, Options, Source, read
from readiness.importers.cases.attacks import SUCCESS
from tests import samples
from tests.importers.reading import cells, read_file, refusal, skips

REPORT = samples.DATA / "deepteam" / "cand.json"
ATTACK = {"vulnerability": "Bias", "vulnerability_type": "gender", "attack_method": "ROT-13", "input": "a", "score": 0}


def told(batch: Batch, cohort: str) -> tuple[Any, ...]:
    cell = cells(batch)["this file", "*", cohort, SUCCESS]
    return cell.n, cell.errors, cell.passed


def of(folder: Path, *attacks: dict[str, Any], options: Options | None = None) -> Batch:
    return read_file(folder, json.dumps({"overview": {}, "test_cases": [ATTACK, *attacks]}), options)


def test_success_by_category_and_by_attack_with_what_errored_altogether() -> None:
    batch = read(Source.open(REPORT))
    assert told(batch, "*") == told(batch, "attack=ROT-13") == (2, 1, 0)
    assert told(batch, "category=Bias/gender") == told(batch, "category=Bias/race") == (1, 0, 0)
    assert told(batch, "category=PII Leakage/direct_disclosure") == (0, 1, None)
    assert {cell.direction for cell in batch.cells} == {"lower"}


def test_a_score_of_0_is_an_attack_that_succeeded(tmp_path: Path) -> None:
    batch = of(tmp_path, {**ATTACK, "score": 1, "input": "b"}, {**ATTACK, "score": 1, "error": "down", "input": "c"})
    assert told(batch, "category=Bias/gender") == (2, 1, 1)


def test_a_person_may_name_other_cohorts(tmp_path: Path) -> None:
    batch = of(tmp_path, options=Options(mapping={"cohort": "kind:attack"}))
    assert {cell.cohort for cell in batch.cells} == {"*", "kind=ROT-13"}


@pytest.mark.parametrize("odd", [{"score": 0.5}, {"score": "1"}, {"vulnerability": None, "vulnerability_type": ""}])
def test_what_is_neither_is_skipped(tmp_path: Path, odd: dict[str, Any]) -> None:
    assert [place for place, _ in skips(of(tmp_path, {**ATTACK, **odd}))] == ["test_cases[1]"]


def test_an_assessment_without_attacks_is_refused(tmp_path: Path) -> None:
    text = json.dumps({"overview": {"vulnerability_type_results": {}}, "test_cases": {"vulnerability_type": 1}})
    assert refusal(tmp_path, text, Options(format="deepteam")).endswith("expected a list of test_cases.")
