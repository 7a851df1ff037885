"""Inspect: every shape it writes, figures that its own reader gives for the log, and what is skipped or refused."""

from __future__ import annotations

import datetime as dt
import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from readiness.importers import IMPORTERS, Batch, Options, Source
from readiness.importers.formats.inspect_log import IMPORTER, figure_of
from tests import samples
from tests.figures import near
from tests.importers.reading import cells, read_file, refusal, skips

if sys.version_info >= (3, 14):
    import zipfile
else:
    from backports.zstd import zipfile

DATA = samples.DATA / "inspect"
SPLIT = {"workflow": "metadata.workflow", "cohort": "metadata.cohort"}
VERSION = "support × mock/model"
DEFLATED, ZSTD = 8, 93
NAN = float("nan")
Row = dict[str, Any]


def sample(name: int | str = "a", epoch: int = 1, /, **more: Any) -> Row:
    return {
        "id": name,
        "epoch": epoch,
        "input": "q",
        "target": "t",
        "scores": {"match": {"value": "C", "answer": "t"}},
        "metadata": {"workflow": "refund", "cohort": "en"},
        "events": [],
        "total_time": 0.5,
        "working_time": 0.25,
        **more,
    }


def scored(name: int | str, value: Any, epoch: int = 1) -> Row:
    return sample(name, epoch, scores={"match": {"value": value}})


def failed(name: int | str = "e", epoch: int = 1, /, **more: Any) -> Row:
    return sample(name, epoch, scores={}, error={"message": "refused", "traceback": "…"}, **more)


def reduced(scorer: str, values: dict[int | str, Any], reducer: str = "") -> Row:
    rows = [{"value": value, "answer": "t", "sample_id": name} for name, value in values.items()]
    return {"scorer": scorer, "samples": rows} | ({"reducer": reducer} if reducer else {})


def header(status: str = "success", **more: Any) -> Row:
    described = {
        "run_id": "r",
        "created": "2026-11-20T09:30:00+00:00",
        "task": "support",
        "task_id": "t",
        "model": "mock/model",
        "config": {},
        "packages": {"inspect_ai": "0.3.285"},
        "scorers": [{"name": "match"}],
    }
    return {"version": 2, "status": status, "eval": described | more, "plan": {}, "stats": {}}


def as_json(rows: list[Row], reductions: list[Row] | None = None, **more: Any) -> bytes:
    whole = header(**more) | {"samples": rows} | ({"reductions": reductions} if reductions else {})
    return json.dumps(whole, indent=2, ensure_ascii=False).encode()


def archived(members: dict[str, Any], method: int = DEFLATED) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", method) as opened:
        for name, value in members.items():
            opened.writestr(name, value if isinstance(value, bytes) else json.dumps(value))
    return held.getvalue()


def members(rows: list[Row], reductions: list[Row] | None = None, **more: Any) -> dict[str, Any]:
    """What the tool writes, in its order: the samples whole, and all of them once more in short."""
    short = [{key: value for key, value in row.items() if key != "events"} for row in rows]
    return {
        "_journal/start.json": header(**more),
        **{f"samples/{row['id']}_epoch_{row['epoch']}.json": row for row in rows},
        "summaries.json": short,
        **({"reductions.json": reductions} if reductions else {}),
        "header.json": header(**more),
    }


def as_eval(rows: list[Row], reductions: list[Row] | None = None, **more: Any) -> bytes:
    return archived(members(rows, reductions, **more), ZSTD)


def as_old_eval(rows: list[Row], reductions: list[Row] | None = None, **more: Any) -> bytes:
    """Before metadata and times stood in the summaries."""
    held = members(rows, reductions, **more)
    held["summaries.json"] = [{"id": row["id"], "epoch": row["epoch"], "scores": row["scores"]} for row in rows]
    return archived(held)


def without_summaries(rows: list[Row], reductions: list[Row] | None = None, **more: Any) -> bytes:
    held = members(rows, reductions, **more)
    return archived({name: value for name, value in held.items() if name != "summaries.json"})


def summaries_only(rows: list[Row], reductions: list[Row] | None = None, **more: Any) -> bytes:
    held = members(rows, reductions, **more)
    return archived({name: value for name, value in held.items() if not name.startswith("samples/")}, ZSTD)


def as_old_json(rows: list[Row], reductions: list[Row] | None = None, **more: Any) -> bytes:
    whole = header(**more) | {
        "results": {"scores": [], "sample_reductions": reductions or []},
        "samples": [{**row, "transcript": {"events": [], "content": {}}} for row in rows],
    }
    return json.dumps(whole).encode()


SHAPES: dict[str, Callable[..., bytes]] = {
    "JSON": as_json,
    "old JSON": as_old_json,
    "eval": as_eval,
    "old eval": as_old_eval,
    "eval without summaries": without_summaries,
    "eval without samples": summaries_only,
}

# Two epochs of five samples as inspect_ai 0.3.285 ran them, and the reductions and means that it worked out.
EPOCHS: dict[int | str, tuple[str, str, list[Any], list[str], list[float], list[bool]]] = {
    "refund-1": ("refund", "en", ["C", "I"], ["3", "5"], [0.5, 1.0], [True, False]),
    "refund-2": ("refund", "de", ["P", "N"], ["1", "1"], [0.25, 0.25], [True, True]),
    "order-1": ("order", "en", [None, "C"], ["2", "2"], [0.0, 0.75], [False, False]),
    "order-2": ("order", "de", [None, None], ["1", "1"], [0, 0], [False, False]),
    7: ("order", "en", ["I", "I"], ["4", "2"], [NAN, 1.0], [True, True]),
}
BY_MEAN = [
    reduced("grade", {"refund-1": 0.5, "refund-2": 0.25, 7: 0.0, "order-1": 1.0}),
    reduced("stars", {"refund-1": 4.0, "refund-2": 1.0, 7: 3.0, "order-1": 2.0}),
    reduced(
        "multi",
        {
            "refund-1": {"quality": 0.75, "polite": 0.5},
            "refund-2": {"quality": 0.25, "polite": 1.0},
            7: {"quality": 1.0, "polite": 1.0},
            "order-1": {"quality": 0.75, "polite": 0.0},
        },
    ),
]
BY_MAX = [
    reduced("grade", {"refund-1": "C", "refund-2": "P", 7: "I", "order-1": "C"}, "max"),
    reduced("stars", {"refund-1": "5", "refund-2": "1", 7: "4", "order-1": "2"}, "max"),
    reduced(
        "multi",
        {
            "refund-1": {"quality": 1.0, "polite": True},
            "refund-2": {"quality": 0.25, "polite": True},
            7: {"quality": 1.0, "polite": True},
            "order-1": {"quality": 0.75, "polite": False},
        },
        "max",
    ),
]
MEANS = {"grade": 0.4375, "stars": 2.5, "multi/quality": 0.6875, "multi/polite": 0.625}
MAXIMA = {"grade": 0.625, "stars": 3.0, "multi/quality": 0.75, "multi/polite": 0.75}


def epochs() -> list[Row]:
    rows = []
    for epoch in (1, 2):
        for name, (workflow, cohort, *values) in EPOCHS.items():
            grade, stars, quality, polite = (each[epoch - 1] for each in values)
            metadata = {"workflow": workflow, "cohort": cohort}
            scores = {
                "grade": {"value": grade},
                "stars": {"value": stars},
                "multi": {"value": {"quality": quality, "polite": polite}},
            }
            whole = sample(name, epoch, scores=scores, metadata=metadata)
            rows.append(whole if grade else failed(name, epoch, metadata=metadata))
    return rows


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("reductions", [BY_MEAN, None], ids=["its own reductions", "no reductions"])
def test_epochs_are_reduced_to_the_figures_of_the_tool(
    tmp_path: Path, shape: str, reductions: list[Row] | None
) -> None:
    batch = read_file(tmp_path, SHAPES[shape](epochs(), reductions), Options(mapping=SPLIT))
    found = cells(batch)
    overall = {metric: cell for (_, workflow, cohort, metric), cell in found.items() if workflow == cohort == "*"}
    assert {metric: (cell.n, cell.errors, cell.mean) for metric, cell in overall.items()} == {
        **{metric: (4, 2, pytest.approx(mean)) for metric, mean in MEANS.items()},
        "latency_ms": (4, 0, 500),
    }
    assert (found[VERSION, "order", "*", "grade"].n, found[VERSION, "order", "*", "grade"].errors) == (2, 2)
    assert (found[VERSION, "order", "cohort=de", "grade"].n, found[VERSION, "refund", "*", "grade"].mean) == (0, 0.375)
    assert overall["grade"].unit == "ratio"
    assert overall["stars"].unit == ""
    assert batch.warnings == ("1 sample both scored and errored, in different epochs",)
    nan = [] if reductions else ["the score 'multi/quality' is not a finite number"]
    assert [reason for _, reason in skips(batch)] == nan


def test_several_reducers_are_metrics_of_their_own(tmp_path: Path) -> None:
    by_mean = [reduction | {"reducer": "mean"} for reduction in BY_MEAN]
    rows = as_eval(epochs(), by_mean + BY_MAX, config={"epochs": 2, "epochs_reducer": ["mean", "max"]})
    found = {cell.metric: cell.mean for cell in read_file(tmp_path, rows).cells}
    assert found == {
        **{f"{metric} (mean)": pytest.approx(mean) for metric, mean in MEANS.items()},
        **{f"{metric} (max)": pytest.approx(mean) for metric, mean in MAXIMA.items()},
        "latency_ms": 500,
    }


FIGURES = [
    ("*", "*", "multi/task_success", (4, 0, 0.5, 2)),
    ("*", "*", "multi/grounded", (4, 0, 0.25, 1)),
    ("*", "*", "includes", (4, 0, 0.5, 2)),
    ("refund", "*", "multi/task_success", (2, 0, 0.5, 1)),
    ("order-status", "*", "multi/grounded", (2, 0, 0, 0)),
    ("*", "cohort=enterprise-eu", "multi/task_success", (2, 0, 0.5, 1)),
    ("*", "cohort=smb-us", "multi/task_success", (2, 0, 0.5, 1)),
    ("*", "cohort=enterprise-eu", "multi/grounded", (2, 0, 0.5, 1)),
    ("*", "cohort=smb-us", "multi/grounded", (2, 0, 0, 0)),
    ("refund", "cohort=smb-us", "includes", (1, 0, 0, 0)),
]
"""As the log itself states them (grouped, accuracy), and by hand where it does not."""


@pytest.mark.parametrize("name", ["support.eval", "support.json"])
@pytest.mark.parametrize(("workflow", "cohort", "metric", "figures"), FIGURES)
def test_a_log_has_the_figures_that_the_tool_gives(
    tmp_path: Path, name: str, workflow: str, cohort: str, metric: str, figures: tuple[object, ...]
) -> None:
    found = cells(read_file(tmp_path, (DATA / name).read_bytes(), Options(mapping=SPLIT)))
    cell = found["support × mockllm/model", workflow, cohort, metric]
    assert (cell.n, cell.errors, cell.mean, cell.passed) == figures


@pytest.mark.parametrize(
    ("name", "times"), [("support.eval", [1164, 108, 145, 97]), ("support.json", [122, 58, 212, 74])]
)
def test_latency_is_the_time_that_somebody_waits(tmp_path: Path, name: str, times: list[float]) -> None:
    cell = cells(read_file(tmp_path, (DATA / name).read_bytes()))["support × mockllm/model", "*", "*", "latency_ms"]
    assert (cell.n, cell.mean, cell.unit, cell.direction) == (4, near(sum(times) / 4), "ms", "lower")


def test_the_evidence_says_which_tool_wrote_it_and_when(tmp_path: Path) -> None:
    batch = read_file(tmp_path, (DATA / "support.eval").read_bytes(), Options(mapping=SPLIT))
    evidence = batch.evidence
    assert evidence is not None
    assert (evidence.format, evidence.tool, evidence.tool_version) == ("inspect", "Inspect", "0.3.285")
    assert (evidence.measured_on, evidence.kept, evidence.skipped) == (dt.date(2026, 11, 23), 4, 0)
    assert (batch.versions, batch.warnings) == (("support × mockllm/model",), ())
    assert batch.fields == ("metadata.workflow", "metadata.cohort")
    assert batch.proposed == SPLIT


ORACLE = {
    "v0.3.41_log_formats.json": ("popularity × ollama/llama3.1", "match", 1, 0.0, dt.date(2024, 10, 15)),
    "v0.3.41_log_formats.eval": ("popularity × ollama/llama3.1", "match", 1, 0.0, dt.date(2024, 10, 15)),
    "v0.3.58_popularity_10samples.eval": ("popularity × openai/gpt-4o-mini", "match", 10, 0.8, dt.date(2025, 2, 11)),
    "v0.3.95_security_guide.json": (
        "security_guide × openai/gpt-4o-mini",
        "model_graded_fact",
        3,
        1.0,
        dt.date(2025, 5, 12),
    ),
}


@pytest.mark.parametrize("path", samples.shared(*(f"inspect/{name}" for name in ORACLE)))
def test_public_logs_have_the_figures_that_the_tool_reads_from_them(tmp_path: Path, path: Path) -> None:
    version, metric, n, mean, day = ORACLE[path.name]
    batch = read_file(tmp_path, path.read_bytes())
    cell = cells(batch)[version, "*", "*", metric]
    assert batch.evidence is not None
    assert (cell.n, cell.errors, cell.mean, batch.evidence.measured_on) == (n, 0, near(mean), day)
    assert batch.skipped == ()


@pytest.mark.parametrize("shape", SHAPES)
def test_no_other_importer_that_is_asked_earlier_takes_a_log(tmp_path: Path, shape: str) -> None:
    path = tmp_path / "upload"
    path.write_bytes(SHAPES[shape]([sample(metadata={"prompt": "x", "success": True})]))
    earlier = IMPORTERS[: IMPORTERS.index(IMPORTER)]
    assert IMPORTER.sniff(Source.open(path))
    assert [each.format for each in earlier if each.sniff(Source.open(path))] == []


@pytest.mark.parametrize(
    ("value", "figure"),
    [
        ("C", 1),
        ("P", 0.5),
        ("I", 0),
        ("N", 0),
        (True, 1),
        (False, 0),
        (3, 3),
        (0.25, 0.25),
        ("0.75", 0.75),
        (" -2e3 ", -2000),
        ("Yes", 1),
        ("false", 0),
        ("c", None),
        ("", None),
        ("1e999", None),
        ("nan", None),
        ("1_000", None),
        ("٣", None),
        (None, None),
        ([1], None),
        (10**350, None),
        (NAN, None),
    ],
)
def test_a_score_is_a_number_however_it_is_written(value: object, figure: float | None) -> None:
    assert figure_of(value) == figure


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ([1, 0], "the score 'match' is a list"),
        (NAN, "the score 'match' is not a finite number"),
        (float("inf"), "the score 'match' is not a finite number"),
        (None, "the score 'match' is missing"),
        ("good", "the score 'match' is 'good', which is not a number"),
        ({"a": {"b": 1}}, "the score 'match/a' is an object within an object"),
        ({"a": [1]}, "the score 'match/a' is a list"),
        ({"x" * 300: 1}, f"the score 'match/{'x' * 74}' cannot be kept under this name"),
    ],
    ids=["list", "NaN", "infinite", "null", "word", "nested", "list in an object", "long name"],
)
def test_a_score_that_is_not_a_number_is_skipped_with_its_place(tmp_path: Path, value: Any, reason: str) -> None:
    rows = [sample("a"), scored("b", value)]
    places = {"JSON": "samples[1]", "eval": "summaries.json[1]", "old eval": "samples/b_epoch_1.json"}
    for shape, place in places.items():
        batch = read_file(tmp_path, SHAPES[shape](rows))
        assert skips(batch) == [(place, reason)]
        assert cells(batch)[VERSION, "*", "*", "match"].n == 1
    batch = read_file(tmp_path, as_eval(rows, [reduced("match", {"a": 1.0, "b": value})]))
    assert skips(batch) == [("reductions[0].samples[1]", reason)]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (3, "the sample has no id"),
        ([], "the sample has no id"),
        ({}, "the sample has no id"),
        (sample(True), "the sample has no id"),
        (sample("a"), "epoch 1 of this sample stands twice"),
        (sample("b", scores=None), "the sample has no scores"),
        (sample("b", scores={}), "the sample has no scores"),
        (sample("b", invalidation={"author": "x"}), "the sample was declared invalid"),
    ],
    ids=["number", "list", "no id", "true", "twice", "null", "no scores", "invalid"],
)
def test_a_sample_that_cannot_be_used_is_skipped_with_its_place(tmp_path: Path, row: Any, reason: str) -> None:
    batch = read_file(tmp_path, as_json([sample("a"), row, sample("c")]))
    assert skips(batch) == [("samples[1]", reason)]
    assert cells(batch)[VERSION, "*", "*", "match"].n == 2


def test_a_sample_that_was_declared_invalid_is_not_counted_in_an_archive_either(tmp_path: Path) -> None:
    """The summaries do not say it, so the samples are read."""
    held = members([sample("a"), sample("b", invalidation={"author": "x"})])
    held["header.json"] |= {"invalidated": True}
    del held["summaries.json"][1]["invalidation"]
    assert skips(read_file(tmp_path, archived(held))) == [("samples/b_epoch_1.json", "the sample was declared invalid")]


def test_an_errored_sample_is_counted_apart_and_never_as_0(tmp_path: Path) -> None:
    late = failed("b") | {"scores": {"match": {"value": "I"}}}
    for row in (failed("b"), late):
        for shape in SHAPES.values():
            batch = read_file(tmp_path, shape([sample("a"), row], [reduced("match", {"a": 1.0, "b": 0.0})]))
            figures = {cell.metric: (cell.n, cell.errors, cell.mean) for cell in batch.cells}
            assert figures == {"match": (1, 1, 1), "latency_ms": (1, 0, 500)}


def test_where_nothing_was_scored_the_errors_are_shown_without_a_figure(tmp_path: Path) -> None:
    [cell] = read_file(tmp_path, as_eval([failed("a"), failed("b")], status="error")).cells
    assert (cell.metric, cell.n, cell.errors, cell.mean) == ("match", 0, 2, None)
    [cell] = read_file(tmp_path, as_eval([failed("a")], scorers=None)).cells
    assert (cell.metric, cell.errors) == ("score", 1)


def test_a_reduction_into_which_an_epoch_went_that_does_not_count_is_not_used(tmp_path: Path) -> None:
    late = failed("a", 2) | {"scores": {"match": {"value": "I"}}}
    rows = [sample("a", 1), late]
    by_mean = cells(read_file(tmp_path, as_json(rows, [reduced("match", {"a": 0.5})])))[VERSION, "*", "*", "match"]
    assert (by_mean.n, by_mean.errors, by_mean.mean) == (1, 1, 1)
    config = {"epochs_reducer": ["at_least_2"]}
    batch = read_file(tmp_path, as_json([*rows, sample("b")], [reduced("match", {"a": 0.0, "b": 1.0})], config=config))
    assert skips(batch) == [("samples[0]", "the score 'match' has no reduction that can be used")]
    assert cells(batch)[VERSION, "*", "*", "match"].n == 1


@pytest.mark.parametrize("status", ["cancelled", "error", "started"])
def test_a_run_that_did_not_finish_says_so(tmp_path: Path, status: str) -> None:
    for shape in SHAPES.values():
        batch = read_file(tmp_path, shape([sample()], status=status), Options(mapping=SPLIT))
        assert batch.warnings == (f"the run's status is {status}, so it may hold only a part of its samples",)


def test_a_log_that_holds_fewer_samples_than_it_counts_says_so(tmp_path: Path) -> None:
    whole = json.loads(as_json([sample()])) | {"results": {"total_samples": 3}}
    batch = read_file(tmp_path, json.dumps(whole), Options(mapping=SPLIT))
    assert batch.evidence
    (doubt,) = batch.evidence.doubts
    assert (doubt.what, doubt.stated, doubt.counted) == ("samples, each epoch as one", "3", "1")


def test_samples_are_told_apart_by_their_ids_also_where_one_is_a_number(tmp_path: Path) -> None:
    batch = read_file(tmp_path, as_json([scored(1, "C"), scored("1", "I")]))
    assert cells(batch)[VERSION, "*", "*", "match"].n == 2


def test_a_sample_without_times_and_metadata_is_still_a_case(tmp_path: Path) -> None:
    bare = {"id": 1, "epoch": 1, "scores": {"match": {"value": "C"}}}
    oldest = {"id": 2, "score": {"value": "I"}}
    batch = read_file(tmp_path, as_json([bare, oldest, sample(3, total_time=0)]))
    assert {cell.metric: cell.n for cell in batch.cells} == {"match": 2, "score": 1}
    assert batch.fields == ("metadata.workflow", "metadata.cohort")


def test_only_plain_metadata_can_name_a_workflow_or_a_cohort(tmp_path: Path) -> None:
    metadata = {"flow": "a", "tier": 2, "vip": True, "nested": {"x": 1}, "list": [1], "none": None, "_x": 1}
    batch = read_file(tmp_path, as_eval([sample(metadata=metadata)]))
    assert batch.fields == ("metadata.flow", "metadata.tier", "metadata.vip")


def test_one_version_takes_the_name_it_is_given(tmp_path: Path) -> None:
    assert {cell.version for cell in read_file(tmp_path, as_eval([sample()]), Options(version="9")).cells} == {"9"}


def changed(**replaced: Any) -> bytes:
    held = members([sample()])
    held.update({name.replace("__", "/").replace("_json", ".json"): value for name, value in replaced.items()})
    return archived(held)


def test_a_member_that_is_not_needed_is_not_read(tmp_path: Path) -> None:
    broken = changed(samples__a_epoch_1_json=b"no JSON")
    assert read_file(tmp_path, broken).versions == (VERSION,)


EVAL, JSON = as_eval([sample()]), as_json([sample()])
PLAIN = archived(members([sample()]))
BROKEN = "the JSON breaks off or is malformed; expected one whole JSON document."
ZIP = "upload.bin: the zip archive breaks off or is damaged; expected a whole archive."
EMPTY = "expected a run that has finished, with its samples."
BAD: dict[str, tuple[bytes, str]] = {
    "truncated zip": (EVAL[: len(EVAL) // 2], ZIP),
    "zip without its end": (EVAL[:-1], ZIP),
    "duplicate members": (
        archived({**members([sample()]), "Header.json": {}}).replace(b"Header.json", b"header.json"),
        "upload.bin, header.json: the member stands twice in the archive; expected each name once.",
    ),
    "name with ..": (
        archived({**members([sample()]), "xx/a.json": {}}).replace(b"xx/a.json", b"../a.json"),
        "upload.bin, ../a.json: the member's name leads out of the archive; expected a relative name without ...",
    ),
    "not JSON": (changed(summaries_json=b"a,b\n1,2\n"), f"upload.bin, summaries.json, line 1, column 1: {BROKEN}"),
    "half a member": (changed(header_json=b'{"eval": {'), f"upload.bin, header.json, column 11: {BROKEN}"),
    "wrong encoding": (
        changed(header_json='{"eval": "é"}'.encode("latin-1")),
        "upload.bin, header.json, byte 10: the text is not UTF-8; expected UTF-8 text.",
    ),
    "no header": (
        archived({name: value for name, value in members([sample()]).items() if name != "header.json"}),
        "upload.bin: there is no header.json; expected a log of a run that has ended.",
    ),
    "header without a task": (
        changed(header_json={"status": "success", "eval": {}}),
        "upload.bin: this is not an Inspect log; expected a task and a model under eval.",
    ),
    "header is a list": (
        changed(header_json=[]),
        "upload.bin: this is not an Inspect log; expected a task and a model under eval.",
    ),
    "no samples": (as_eval([]), f"upload.bin: the log holds no samples, and its status is success; {EMPTY}"),
    "cancelled without samples": (
        as_eval([], status="cancelled"),
        f"upload.bin: the log holds no samples, and its status is cancelled; {EMPTY}",
    ),
    "no samples in JSON": (
        json.dumps(header("error")).encode(),
        f"upload.bin: the log holds no samples, and its status is error; {EMPTY}",
    ),
    "no scores at all": (
        as_json([sample(scores=None)]),
        "upload.bin: the run holds no results: the sample has no scores; expected a run that has finished.",
    ),
    "JSON of Windows-1252": (
        JSON.replace(b"mock/model", b"mod\xe8le"),
        f"upload.bin, byte {JSON.index(b'mock/model') + 3:,}: the text is not UTF-8; expected UTF-8 text.",
    ),
    "key twice": (
        JSON.replace(b'"version": 2', b'"version": 2, "version": 3'),
        "upload.bin: the key 'version' stands twice in one object; expected each key once.",
    ),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_log_that_is_not_what_it_says_is_refused_whole(tmp_path: Path, kind: str) -> None:
    data, sentence = BAD[kind]
    assert refusal(tmp_path, data) == sentence


def test_a_log_that_unpacks_to_far_more_than_it_is_is_refused(tmp_path: Path) -> None:
    found = refusal(tmp_path, changed(summaries_json=b"[" + b" " * (3 << 20) + b"]"))
    assert found.startswith("upload.bin, summaries.json: the member unpacks to 1,0")
    assert found.endswith("times its size; expected at most 200 times.")


def flagged(data: bytes) -> bytes:
    """The same archive with the mark of encryption on every member."""
    changed = bytearray(data)
    for signature, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        at = data.find(signature)
        while at >= 0:
            changed[at + offset] |= 1
            at = data.find(signature, at + 1)
    return bytes(changed)


def test_an_encrypted_log_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, flagged(PLAIN)) == (
        "upload.bin, _journal/start.json: the member is encrypted; expected an archive without a password."
    )


@pytest.mark.parametrize("share", [0.02, 0.1, 0.5, 0.9, 0.999])
def test_a_log_that_breaks_off_is_refused_whole(tmp_path: Path, share: float) -> None:
    for name, sentence in (("support.json", BROKEN), ("support.eval", ZIP)):
        data = (DATA / name).read_bytes().rstrip()
        assert refusal(tmp_path, data[: int(len(data) * share)]).endswith(sentence)


def test_a_log_of_another_name_or_in_another_order_is_the_same(tmp_path: Path) -> None:
    rows = [scored("a", "C"), scored("b", "P"), failed("c")]

    def figures(batch: Batch) -> list[object]:
        return [cell.model_dump() for cell in batch.cells]

    straight = figures(read_file(tmp_path, as_eval(rows)))
    assert figures(read_file(tmp_path, as_eval(rows[::-1]), stored_as="results.csv")) == straight
    assert figures(read_file(tmp_path, as_json(rows[::-1]), stored_as="log.eval")) == straight
