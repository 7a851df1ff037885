"""Rows that stand in a table twice, and a row of sums, where no column says which case each is."""

from __future__ import annotations

import random
from pathlib import Path

from readiness.decision import doubts
from readiness.importers import Batch
from tests.importers.reading import read_file

HEADER = "version,workflow,cohort,metric,value"
DRAWN = random.Random(12)  # noqa: S311
PASSES = [f"2,chat,language=de,task_success,{int(DRAWN.random() < 0.8)}" for _ in range(60)]
SCORES = [f"2,chat,language=de,groundedness,{DRAWN.random():.6f}" for _ in range(60)]


def batch(folder: Path, header: str, lines: list[str]) -> Batch:
    return read_file(folder, "\n".join([header, *lines, ""]))


def test_a_table_that_is_itself_twice_waits_for_a_person(tmp_path: Path) -> None:
    for lines in (PASSES, SCORES):
        evidence = batch(tmp_path, HEADER, lines * 2).evidence
        assert evidence is not None
        assert [doubts.clause(doubt) for doubt in evidence.doubts] == [
            "rows 61 to 120 are rows 1 to 60 once more, cell for cell, so that each case would count 2 times"
        ]
        assert evidence.doubted


def test_passes_and_failures_that_look_alike_are_no_repetition(tmp_path: Path) -> None:
    always = ["2,chat,language=de,task_success,1", "2,chat,language=en,task_success,1"] * 60
    for lines in (PASSES, always):
        evidence = batch(tmp_path, HEADER, lines).evidence
        assert evidence is not None
        assert (evidence.doubts, [note for note in evidence.warnings if "one before" in note]) == ([], [])


def test_rows_that_say_the_same_to_the_last_digit_are_told_with_their_place(tmp_path: Path) -> None:
    evidence = batch(tmp_path, HEADER, [*SCORES, *SCORES[10:15]]).evidence
    assert evidence is not None
    assert [note for note in evidence.warnings if "one before" in note] == [
        "5 rows the same in every column as one before, the first row 61 (as row 11); each counts as a case, "
        "since no column names the cases"
    ]


def test_cases_with_a_name_may_be_run_again(tmp_path: Path) -> None:
    named = [f"{line},c{at}" for at, line in enumerate(SCORES)]
    evidence = batch(tmp_path, f"{HEADER},case_id", named * 2).evidence
    assert evidence is not None
    assert (evidence.doubts, [note for note in evidence.warnings if "one before" in note]) == ([], [])


def test_blanks_around_its_name_make_no_second_case(tmp_path: Path) -> None:
    lines = [f"2,chat,,task_success,1,c{at % 5}{' ' * (at // 5)}" for at in range(50)]
    cell = next(cell for cell in batch(tmp_path, f"{HEADER},case_id", lines).cells if cell.workflow == "*")
    assert (cell.n, cell.cases, cell.clusters) == (50, 5, 5)


def test_any_other_table_that_is_itself_twice_waits_for_a_person_too(tmp_path: Path) -> None:
    lines = [f"2,de,{DRAWN.random():.6f}" for _ in range(30)]
    evidence = batch(tmp_path, "version,language,faithfulness", lines * 2).evidence
    assert evidence is not None
    assert [doubt.what for doubt in evidence.doubts] == ["rows 31 to 60"]


def test_a_last_row_of_sums_without_a_word_is_no_case(tmp_path: Path) -> None:
    lines = [f"q{at},2,0.5,{at}" for at in range(30)]
    whole = batch(tmp_path, "question,version,faithfulness,tokens", [*lines, ",,15,435"])
    assert [skip.reason for skip in whole.skipped] == [
        "the row holds the sums of the rows above it and no text, so it is no case"
    ]
    assert {cell.n for cell in whole.cells if cell.metric == "faithfulness"} == {30}
