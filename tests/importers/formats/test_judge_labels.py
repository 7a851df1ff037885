"""Cases labelled by a judge and by people: told by content, counted by hand, and what is skipped or refused."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from readiness.importers import Options
from tests.importers.reading import cells, read_file, refusal, skips

DAY = dt.date(2026, 11, 20)
NAMED = Options(mapping={"metric": "groundedness@model-x"}, measured_on=DAY)


def table(*rows: tuple[object, object], header: str = "case_id,judge,human") -> str:
    return "\n".join([header, *(f"c{at},{judge},{human}" for at, (judge, human) in enumerate(rows))]) + "\n"


LABELS = [*[("pass", "pass")] * 7, *[("fail", "pass")] * 1, *[("fail", "fail")] * 4, *[("pass", "fail")] * 2]


def figures(folder: Path, text: str, options: Options = NAMED) -> dict[str, tuple[int | None, float | None, int]]:
    found = cells(read_file(folder, text, options))
    return {metric: (cell.n, cell.mean and round(cell.mean, 4), cell.errors) for (*_, metric), cell in found.items()}


def test_a_table_with_both_labels_gives_kappa_and_both_rates(tmp_path: Path) -> None:
    """By hand: 11 of 14 agree, 8/14 · 9/14 + 6/14 · 5/14 would by chance."""
    chance = 8 / 14 * 9 / 14 + 6 / 14 * 5 / 14
    assert figures(tmp_path, table(*LABELS)) == {
        "judge_kappa/groundedness@model-x": (14, round((11 / 14 - chance) / (1 - chance), 4), 0),
        "judge_tpr/groundedness@model-x": (8, 0.875, 0),
        "judge_tnr/groundedness@model-x": (6, 0.6667, 0),
    }


def test_other_columns_are_named_and_numbers_are_labels_too(tmp_path: Path) -> None:
    text = table(*((int(judge == "pass"), int(human == "pass")) for judge, human in LABELS), header="id,gpt,annotator")
    options = Options(mapping={**NAMED.mapping, "judge": "gpt", "human": "annotator"}, measured_on=DAY)
    assert figures(tmp_path, text, options) == figures(tmp_path, table(*LABELS))


def test_json_lines_with_a_metric_each_are_kept_apart(tmp_path: Path) -> None:
    rows = [
        {"metric": metric, "case_id": at, "judge": judge == "pass", "human": human == "pass"}
        for metric in ("tone@m", "safe@m")
        for at, (judge, human) in enumerate(LABELS)
    ]
    found = figures(tmp_path, "".join(f"{json.dumps(row)}\n" for row in rows), Options())
    assert {metric: figure[0] for metric, figure in found.items() if "kappa" in metric} == {
        "judge_kappa/tone@m": 14,
        "judge_kappa/safe@m": 14,
    }


def test_a_case_that_cannot_be_used_is_skipped_with_its_place_and_a_silent_judge_is_an_error(tmp_path: Path) -> None:
    text = table(("pass", "pass"), ("fail", "fail"), ("", "pass"), ("pass", ""), ("0.7", "pass"), ("pass", "maybe"))
    batch = read_file(tmp_path, text + "c0,fail,pass\n", NAMED)
    kappa = cells(batch)["this file", "*", "*", "judge_kappa/groundedness@model-x"]
    assert (kappa.n, kappa.errors, kappa.mean) == (2, 1, 1.0)
    assert [reason for _, reason in skips(batch)] == [
        "the label of the human is empty",
        "the label of the judge '0.7' is neither pass nor fail (1 or 0, yes or no)",
        "the label of the human 'maybe' is neither pass nor fail (1 or 0, yes or no)",
        "this case stands twice",
    ]


def test_labels_of_one_kind_only_are_kept_without_a_kappa_and_said(tmp_path: Path) -> None:
    batch = read_file(tmp_path, table(*[("pass", "pass")] * 5), NAMED)
    assert cells(batch)["this file", "*", "*", "judge_kappa/groundedness@model-x"].mean is None
    assert any("people pass every case of groundedness@model-x" in warning for warning in batch.warnings)


@pytest.mark.parametrize(
    ("text", "mapping", "problem"),
    [
        (table(*LABELS), {}, "does not say which metric was labelled; expected --map metric=NAME"),
        (table(*LABELS), {"human": "person"}, "there is no column 'person'; expected one of case_id, human, judge"),
        (table(*LABELS, header="a,b,c"), {"human": "c"}, "no column holds the labels of the judge"),
        (table(*LABELS), {"human": "human", "cohort": "x"}, "'cohort' is not a field"),
        (table(("x", "y")), {"metric": "m"}, "no case has both labels"),
    ],
)
def test_what_is_missing_is_refused_with_what_was_expected(
    tmp_path: Path, text: str, mapping: dict[str, str], problem: str
) -> None:
    assert problem in refusal(tmp_path, text, Options(mapping=mapping))


def test_a_table_of_results_that_names_a_judge_is_none_of_labels(tmp_path: Path) -> None:
    text = "version,metric,value,judge,human\n2,tone,1,model-x,dana\n"
    assert read_file(tmp_path, text).format == "native-results"
