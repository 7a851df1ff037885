"""lm-evaluation-harness: its results and samples over versions, checked against the figures that it printed itself."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from readiness.importers import Options
from tests import samples
from tests.figures import near
from tests.importers.reading import cells, read_file, refusal, skips

DATA = samples.DATA / "lm_eval"
OWN, PUBLIC = "lm_eval/v0.3_results.json", "lm_eval/v0.3_pythia-1.4b-5shot_step143000.json"
BEFORE = [*samples.own(OWN), *samples.shared(PUBLIC)]
"""Results of the version before."""
UNNAMED = "this file"
NAN = float("nan")
Row = dict[str, Any]


def results(tasks: dict[str, Any], **more: Any) -> str:
    whole = {"results": tasks, "versions": {}, "config": {"model": "hf"}, "model_name": "org/m", "date": 1795176000.5}
    return json.dumps(whole | more, indent=2)


def task(mean: Any = 0.5, **more: Any) -> Row:
    return {"alias": "t", "sample_len": 4, "acc,none": mean, "acc_stderr,none": 0.1} | more


def line(document: Any = 0, **more: Any) -> Row:
    return {
        "doc_id": document,
        "doc": {"q": f"Order {document}?", "cohort": "eu", "choices": ["yes", "no"]},
        "target": "yes",
        "arguments": {},
        "resps": [["yes"]],
        "filtered_resps": ["yes"],
        "filter": "none",
        "metrics": ["acc"],
        "doc_hash": f"hash of {document}",
        "acc": 1.0,
        **more,
    }


def lines(*rows: Any) -> str:
    return "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows)


PRINTED = [
    ("support_refund_eu", "acc", 0.5, 10),
    ("support_refund_eu", "acc_norm", 0.6, 10),
    ("support_refund_us", "acc", 0.5, 10),
    ("support_refund_us", "acc_norm", 0.3, 10),
    ("support_gen", "exact_match,strict-match", 0, 20),
    ("support_gen", "exact_match,flexible-extract", 0, 20),
]


def test_the_figures_of_each_task_are_those_that_were_printed(tmp_path: Path) -> None:
    batch = read_file(tmp_path, (DATA / "results.json").read_bytes())
    assert [(cell.workflow, cell.metric, cell.mean, cell.n) for cell in batch.cells] == PRINTED
    assert {(cell.version, cell.cohort, cell.unit, cell.direction) for cell in batch.cells} == {
        ("6v8uqx97", "*", "ratio", "higher")
    }
    assert all(cell.stated for cell in batch.cells)
    assert batch.warnings == ("left out, since the tasks in it are counted: support",)
    assert batch.skipped == ()


def test_the_evidence_says_which_tool_wrote_it_and_when(tmp_path: Path) -> None:
    evidence = read_file(tmp_path, (DATA / "results.json").read_bytes()).evidence
    assert evidence is not None
    assert (evidence.format, evidence.tool, evidence.tool_version) == ("lm-eval", "lm-evaluation-harness", "0.4.13")
    assert (evidence.measured_on, evidence.kept) == (dt.date(2026, 11, 23), 6)


STATED = {
    OWN: (
        "acme/stub-model-1",
        (8, 16),
        [
            ("lambada_openai", "ppl", 7.25, ""),
            ("lambada_openai", "acc", 0.5625, "ratio"),
            ("support_refunds", "acc", 0.25, "ratio"),
            ("support_refunds", "acc_norm", 0.375, "ratio"),
        ],
    ),
    PUBLIC: (
        "EleutherAI/pythia-v1.1-1.4b",
        (65, 128),
        [
            ("hendrycksTest-business_ethics", "acc", 0.28, "ratio"),
            ("hendrycksTest-anatomy", "acc_norm", 0.2, "ratio"),
            ("lambada_openai", "ppl", 7.192377992633134, ""),
            ("lambada_openai", "acc", 0.5783039006404036, "ratio"),
            ("wsc", "acc", 0.36538461538461536, "ratio"),
        ],
    ),
}
"""The model, how many workflows and figures there are, and some of the figures."""


@pytest.mark.parametrize("path", BEFORE)
def test_a_result_of_the_version_before_has_its_figures_without_n(tmp_path: Path, path: Path) -> None:
    version, counts, figures = STATED[f"lm_eval/{path.name}"]
    batch = read_file(tmp_path, path.read_bytes())
    found = cells(batch)
    for workflow, metric, mean, unit in figures:
        cell = found[version, workflow, "*", metric]
        assert (cell.mean, cell.unit, cell.n, cell.direction) == (mean, unit, None, "unknown")
    assert (len({cell.workflow for cell in batch.cells}), len(found)) == counts
    assert not [cell for cell in batch.cells if "stderr" in cell.metric]
    assert batch.warnings[0] == (
        f"{counts[1]} figures stated without the number of cases, which no gate that asks for it can pass"
    )


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
@pytest.mark.parametrize("path", [*samples.own("lm_eval/results.json"), *BEFORE])
def test_results_that_break_off_are_refused_whole(tmp_path: Path, path: Path, share: float) -> None:
    data = path.read_bytes().rstrip()
    found = refusal(tmp_path, data[: int(len(data) * share)])
    assert found.startswith("upload.bin, line ")
    assert found.endswith("the JSON breaks off or is malformed; expected one whole JSON document.")


@pytest.mark.parametrize(
    ("name", "metric", "figures"),
    [
        ("orders.jsonl", "exact_match,strict", (4, 0, 0.75, 3)),
        ("orders.jsonl", "exact_match,flexible", (4, 0, 0, 0)),
        ("samples.jsonl", "exact_match,strict-match", (20, 0, 0, 0)),
        ("samples.jsonl", "exact_match,flexible-extract", (20, 0, 0, 0)),
    ],
)
def test_samples_give_the_figures_that_were_printed_for_them(
    tmp_path: Path, name: str, metric: str, figures: tuple[object, ...]
) -> None:
    batch = read_file(tmp_path, (DATA / name).read_bytes())
    cell = cells(batch)[UNNAMED, "*", "*", metric]
    assert (cell.n, cell.errors, cell.mean, cell.passed) == figures
    assert len(batch.cells) == 2
    assert batch.evidence is not None
    assert batch.evidence.kept == figures[0]


def test_samples_can_be_split_by_the_fields_of_their_documents(tmp_path: Path) -> None:
    options = Options(version="2026.11", mapping={"cohort": "doc.cohort"})
    batch = read_file(tmp_path, (DATA / "orders.jsonl").read_bytes(), options)
    found = {key[2]: cell.mean for key, cell in cells(batch).items() if key[3] == "exact_match,strict"}
    assert found == {"*": 0.75, "cohort=eu": 1, "cohort=us": 0.5}
    assert batch.fields == ("doc.q", "doc.a", "doc.cohort")
    assert batch.proposed == {"cohort": "doc.cohort"}
    assert {cell.version for cell in batch.cells} == {"2026.11"}


def test_a_file_without_a_model_counts_for_no_version_until_one_is_given(tmp_path: Path) -> None:
    said = "the file names no version, so its figures count for none until one is given"
    assert said in read_file(tmp_path, lines(line())).warnings
    assert said not in read_file(tmp_path, lines(line()), Options(version="9")).warnings


def test_the_samples_of_a_task_that_is_named_can_be_split_by_it(tmp_path: Path) -> None:
    rows = [line(0, task="refund"), line(0, task="order", acc=0.0), line(1, task="order")]
    batch = read_file(tmp_path, lines(*rows), Options(mapping={"workflow": "task"}))
    assert {key[1]: (cell.n, cell.mean) for key, cell in cells(batch).items()} == {
        "*": (3, pytest.approx(2 / 3)),
        "refund": (1, 1),
        "order": (2, 0.5),
    }


def test_one_filter_is_not_named_and_two_are(tmp_path: Path) -> None:
    one = read_file(tmp_path, results({"t": task()}))
    assert [cell.metric for cell in one.cells] == ["acc"]
    two = read_file(tmp_path, results({"t": task(**{"acc,strict": 0.25, "acc_stderr,strict": "N/A"}), "u": task()}))
    assert [(cell.workflow, cell.metric) for cell in two.cells] == [
        ("t", "acc,none"),
        ("t", "acc,strict"),
        ("u", "acc"),
    ]
    assert [cell.metric for cell in read_file(tmp_path, lines(line(0), line(1))).cells] == ["acc"]
    both = read_file(tmp_path, lines(line(0), line(0, filter="strict", acc=0.0)))
    assert {cell.metric: (cell.n, cell.mean) for cell in both.cells} == {"acc,none": (1, 1), "acc,strict": (1, 0)}


@pytest.mark.parametrize(
    ("more", "version"),
    [
        ({}, "org/m"),
        (
            {"model_name": "", "config": {"model": "hf", "model_args": "dtype=auto,pretrained=org/x,revision=3"}},
            "org/x",
        ),
        ({"model_name": None, "config": {"model": "hf", "model_args": {"pretrained": "org/y"}}}, "org/y"),
        ({"model_name": None, "config": {"model": "api", "model_args": "model=gpt, base_url=u"}}, "gpt"),
        ({"model_name": None, "config": {"model": "dummy", "model_args": {}}}, "dummy"),
        ({"model_name": None, "config": {"model": "dummy", "model_args": "x=1"}}, "dummy"),
        ({"model_name": None, "config": None}, UNNAMED),
    ],
)
def test_a_version_is_named_by_its_model(tmp_path: Path, more: Row, version: str) -> None:
    assert read_file(tmp_path, results({"t": task()}, **more)).versions == (version,)


@pytest.mark.parametrize(
    ("more", "n"),
    [
        ({"n-samples": {"t": {"original": 100, "effective": 10}}}, 10),
        ({"n-samples": {"t": {"effective": 0}}}, 0),
        ({"n-samples": {"t": {"effective": "10"}}}, None),
        ({"n-samples": {"t": {"effective": True}}}, None),
        ({"n-samples": {"u": {"effective": 10}}}, 4),
        ({}, 4),
    ],
)
def test_n_is_the_number_of_documents_that_were_used(tmp_path: Path, more: Row, n: int | None) -> None:
    [cell] = read_file(tmp_path, results({"t": task()}, **more)).cells
    assert cell.n == n


@pytest.mark.parametrize(
    ("said", "direction"),
    [({"t": {"acc": True}}, "higher"), ({"t": {"acc": False}}, "lower"), ({"t": {"acc": None}}, "unknown")],
)
def test_the_direction_is_what_the_file_says(tmp_path: Path, said: Row, direction: str) -> None:
    [cell] = read_file(tmp_path, results({"t": task()}, higher_is_better=said)).cells
    assert cell.direction == direction
    [cell] = read_file(tmp_path, results({"t": task()})).cells
    assert cell.direction == "unknown"


def test_a_metric_is_a_ratio_where_all_of_its_figures_are(tmp_path: Path) -> None:
    batch = read_file(tmp_path, results({"t": task(1), "u": task(0) | {"ppl,none": 0.9}, "v": {"ppl,none": 7}}))
    assert {(cell.workflow, cell.metric): cell.unit for cell in batch.cells} == {
        ("t", "acc"): "ratio",
        ("u", "acc"): "ratio",
        ("u", "ppl"): "",
        ("v", "ppl"): "",
    }


def test_groups_are_left_out_and_tasks_that_stand_among_them_are_not(tmp_path: Path) -> None:
    tasks = {name: task() for name in ("all", "part", "a", "b", "alone")}
    subtasks = {"all": ["part", "a"], "part": ["b"], "alone": [], "b": []}
    batch = read_file(tmp_path, results(tasks, groups={"all": task()}, group_subtasks=subtasks))
    assert [cell.workflow for cell in batch.cells] == ["a", "b", "alone"]
    assert batch.warnings == ("left out, since the tasks in it are counted: all, part",)


def test_a_group_whose_tasks_are_not_in_the_file_is_kept(tmp_path: Path) -> None:
    batch = read_file(tmp_path, results({"all": task()}, groups={"all": task()}, group_subtasks={"all": ["a", "b"]}))
    assert [(cell.workflow, cell.n) for cell in batch.cells] == [("all", 4)]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (task(NAN), "the figure 'acc,none' is not a finite number"),
        (task("N/A"), "the figure 'acc,none' is not a finite number"),
        (task(None), "the figure 'acc,none' is not a finite number"),
        (task(10**350), "the figure 'acc,none' is not a finite number"),
        (task([1, 2]), "the figure 'acc,none' is a list"),
        ({"bypass,none": 999}, "the figure 'bypass,none' is a placeholder of a run that only made predictions"),
        ({"pass,none": 1}, "the figure 'pass,none' cannot be kept under this name"),
        ({"alias": "t", " ": " "}, "the task has no figures"),
        ([], "the task has no figures"),
        (3, "the task has no figures"),
    ],
    ids=["NaN", "text", "null", "huge", "list", "placeholder", "name", "no figures", "a list", "a number"],
)
def test_a_figure_that_cannot_be_used_is_skipped_with_its_place(tmp_path: Path, row: Any, reason: str) -> None:
    batch = read_file(tmp_path, results({"u": task(), "t": row}))
    assert skips(batch) == [("results.t", reason)]
    assert [cell.workflow for cell in batch.cells] == ["u"]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (3, "the line names no document"),
        ({}, "the line names no document"),
        (line(True), "the line names no document"),
        (line(1, acc=NAN), "the score 'acc' is not a finite number"),
        (line(1, acc=None), "the score 'acc' is not a finite number"),
        (line(1, acc=[0.5, 2]), "the score 'acc' is a list"),
        (line(1, metrics=["f1"]), "the score 'f1' is not a finite number"),
        (line(1, metrics=["bypass"], bypass=999), "the score 'bypass' is a placeholder of a run that only made"),
        (line(1, metrics=["cost_usd"], cost_usd=1), "the score 'cost_usd' cannot be kept under this name"),
    ],
    ids=["number", "no id", "true", "NaN", "null", "list", "missing", "placeholder", "name"],
)
def test_a_line_that_cannot_be_used_is_skipped_with_its_place(tmp_path: Path, row: Any, reason: str) -> None:
    batch = read_file(tmp_path, lines(line(0), row, line(2)))
    [(place, found)] = skips(batch)
    assert place == "line 2"
    assert found.startswith(reason)
    assert cells(batch)[UNNAMED, "*", "*", "acc"].n == 2


def test_a_document_that_stands_twice_under_a_filter_was_run_twice(tmp_path: Path) -> None:
    again = line(1, acc=0)
    [cell] = read_file(tmp_path, lines(line(0), line(1, acc=1), again, line(2))).cells
    assert (cell.n, cell.cases, cell.clusters, cell.repeats, cell.flips) == (4, 3, 3, 2, near(1 / 3))


def test_lines_of_older_versions_list_no_metrics_and_may_stand_in_a_list(tmp_path: Path) -> None:
    old = [{key: value for key, value in line(n).items() if key not in {"metrics", "filter"}} for n in range(3)]
    for data in (lines(*old), json.dumps(old, indent=2)):
        [cell] = read_file(tmp_path, data).cells
        assert (cell.metric, cell.n, cell.mean) == ("acc", 3, 1)
    assert skips(read_file(tmp_path, json.dumps([*old, 3]))) == [("[3]", "the line names no document")]


def test_documents_of_several_files_put_together_stay_apart(tmp_path: Path) -> None:
    batch = read_file(tmp_path, lines(line(0), line(0, doc_hash="another", acc=0.0)))
    assert (cells(batch)[UNNAMED, "*", "*", "acc"].n, batch.skipped) == (2, ())


@pytest.mark.parametrize("break_", ["\u2028", "\x85"], ids=["U+2028", "U+0085"])
def test_only_a_line_feed_ends_a_line(tmp_path: Path, break_: str) -> None:
    batch = read_file(tmp_path, f"\ufeff{lines(line(0), line(1, target=f'a{break_}b'))}\n\n{lines(3)}")
    assert [skip.place for skip in batch.skipped] == ["line 5"]
    assert batch.cells[0].n == 2


BROKEN = "the JSON breaks off or is malformed; expected one whole JSON document."
NAMED = Options(format="lm-eval")


@pytest.mark.parametrize(
    ("data", "options", "sentence"),
    [
        (lines(line()) + lines(line(1))[:40], Options(), f"upload.bin, line 2, column 40: {BROKEN}"),
        (lines(line()) + "no JSON\n", Options(), f"upload.bin, line 2, column 1: {BROKEN}"),
        (json.dumps([line()], indent=1)[:-3], Options(), f"upload.bin, line 28, column 2: {BROKEN}"),
        (
            lines(line(acc=NAN)),
            Options(),
            "upload.bin: the run holds no results: the score 'acc' is not a finite number; "
            "expected a run that has finished.",
        ),
        (
            results({"t": task(NAN)}),
            Options(),
            "upload.bin: the run holds no results: the figure 'acc,none' is not a finite number; "
            "expected a run that has finished.",
        ),
        (results({}), NAMED, "upload.bin: the run holds no results; expected a run that has finished."),
        ("[]", NAMED, "upload.bin: the run holds no results; expected a run that has finished."),
        (
            '{"results": []}',
            NAMED,
            "upload.bin: this is not a result of lm-evaluation-harness; expected an object under results.",
        ),
        ("3", NAMED, "upload.bin: this is not a result of lm-evaluation-harness; expected an object under results."),
        (
            results({"t": task()}).replace('"versions"', '"results"'),
            Options(),
            "upload.bin: the key 'results' stands twice in one object; expected each key once.",
        ),
        (
            results({"t": task()}).encode().replace(b"org/m", b"mod\xe8le"),
            Options(),
            "upload.bin, byte 209: the text is not UTF-8; expected UTF-8 text.",
        ),
    ],
    ids=[
        "half a line",
        "not JSON",
        "half a list",
        "no score",
        "no figure",
        "no tasks",
        "empty list",
        "other results",
        "a number",
        "key twice",
        "Latin-1",
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused_whole(
    tmp_path: Path, data: str | bytes, options: Options, sentence: str
) -> None:
    assert refusal(tmp_path, data, options) == sentence
