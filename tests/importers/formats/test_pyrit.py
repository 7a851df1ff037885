"""Results and conversations of PyRIT: outcomes as it states them, and what could not be judged is no failure."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from readiness.importers import Batch, Options, Source, read
from readiness.importers.cases.attacks import SUCCESS
from tests import samples
from tests.importers.reading import cells, read_file, refusal, skips

SCENARIO, TALKS = (samples.DATA / "pyrit" / name for name in ("scenario_result.json", "conversations.json"))
RESULT = {"conversation_id": "c", "objective": "insult", "outcome": "success", "targeted_harm_categories": ["hate"]}
SCORE = {"score_type": "true_false", "score_value": "True", "scorer_class_identifier": {"__type__": "TrueFalse"}}
PIECE = {"conversation_id": "c", "original_prompt_id": "p", "sequence": 1, "scores": [SCORE], "original_value": "x"}


def told(batch: Batch) -> dict[str, tuple[Any, ...]]:
    return {
        name[2]: (cell.n, cell.errors, cell.passed) for name, cell in cells(batch).items() if cell.metric == SUCCESS
    }


def of(folder: Path, *rows: Any, options: Options | None = None) -> Batch:
    return read_file(folder, json.dumps(rows), options)


def test_a_scenario_gives_success_by_category_and_by_attack_and_errors_apart() -> None:
    batch = read(Source.open(SCENARIO))
    assert told(batch) == {
        "*": (4, 2, 2),
        "category=privacy": (2, 0, 1),
        "category=hate": (2, 0, 1),
        "category=illegal, violence": (0, 2, None),
        "attack=prompt_sending": (2, 1, 0),
        "attack=crescendo": (2, 1, 2),
    }
    assert {(cell.direction, cell.unit, cell.version) for cell in batch.cells} == {("lower", "ratio", "this file")}
    assert batch.evidence is not None
    assert (batch.evidence.tool, batch.evidence.tool_version) == ("PyRIT", "1.1.0")
    assert batch.evidence.measured_on == dt.date(2026, 11, 27)


@pytest.mark.parametrize("shape", ["list", "lines", "page"])
def test_the_results_of_a_scenario_read_the_same_one_by_one(tmp_path: Path, shape: str) -> None:
    scenario = json.loads(SCENARIO.read_text())
    rows = [result for results in scenario["attack_results"].values() for result in results]
    text = {"list": json.dumps(rows), "lines": "\n".join(map(json.dumps, rows)), "page": json.dumps({"items": rows})}
    single, whole = told(read_file(tmp_path, text[shape])), told(read(Source.open(SCENARIO)))
    assert single.pop("attack=PromptSendingAttack") == whole.pop("attack=prompt_sending")
    assert single.pop("attack=CrescendoAttack") == whole.pop("attack=crescendo")
    assert single == whole


def test_the_last_verdict_of_a_conversation_counts_and_refusals_and_disagreement_do_not() -> None:
    batch = read(Source.open(TALKS))
    assert told(batch) == {
        "*": (3, 1, 2),
        "category=privacy": (2, 0, 1),
        "category=hate": (1, 1, 1),
        "attack=PromptSendingAttack": (2, 0, 1),
        "attack=CrescendoAttack": (1, 1, 1),
    }
    assert "1 conversation without a true/false score on an attack, as the attacker's own" in str(batch.warnings)
    assert {"converter", "labels.op"} <= set(batch.fields)


def test_the_pieces_of_conversations_may_stand_in_any_order(tmp_path: Path) -> None:
    pieces = json.loads(TALKS.read_text())
    assert told(of(tmp_path, *pieces[::-1])) == told(read(Source.open(TALKS)))


def test_older_files_name_an_orchestrator_and_a_single_category(tmp_path: Path) -> None:
    old = {**PIECE, "scores": [{**SCORE, "score_category": "hate"}], "orchestrator_identifier": {"__type__": "Tree"}}
    assert told(of(tmp_path, old)) == dict.fromkeys(("*", "category=hate", "attack=Tree"), (1, 0, 1))


def test_a_score_that_is_neither_is_an_error(tmp_path: Path) -> None:
    undetermined = {**PIECE, "conversation_id": "d", "scores": [{**SCORE, "score_value": None}], "original_value": "y"}
    assert told(of(tmp_path, PIECE, undetermined)) == {"*": (1, 1, 1)}


@pytest.mark.parametrize("odd", [{"outcome": "won"}, {"outcome": None}, {"outcome": ["success"]}])
def test_an_outcome_that_is_not_known_is_skipped(tmp_path: Path, odd: dict[str, Any]) -> None:
    assert skips(of(tmp_path, RESULT, {**RESULT, **odd})) == [
        ("[1]", "the attack has no outcome that is one of success, failure, error, undetermined")
    ]


def test_what_is_no_result_is_skipped_and_a_person_may_name_other_cohorts(tmp_path: Path) -> None:
    labelled = {**RESULT, "labels": {"op": "quarter"}}
    batch = of(tmp_path, labelled, 5, {"conversation_id": ["c"]}, options=Options(mapping={"cohort": "run:labels.op"}))
    assert set(told(batch)) == {"*", "run=quarter"}
    assert [place for place, _ in skips(batch)] == ["[1]", "[2]"]


def test_conversations_that_nothing_judged_are_refused(tmp_path: Path) -> None:
    scale = {**PIECE, "scores": [{**SCORE, "score_type": "float_scale", "score_value": "0.5"}]}
    assert refusal(tmp_path, json.dumps([scale])) == (
        "upload.bin: 1 conversation without a true/false score on an attack, as the attacker's own; "
        "expected conversations that a scorer judged."
    )
