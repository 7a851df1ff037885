"""promptfoo: every shape it writes, figures counted apart from the importer, and what is skipped or refused."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from statistics import fmean, median
from typing import Any

import pytest

from readiness.importers import Options
from readiness.importers.cases.attacks import SUCCESS
from tests import samples
from tests.importers.reading import cells, read_file, refusal, skips

ROLLOUT = samples.DATA / "promptfoo.json"
PUBLIC = ("v1_simple-test_output.json", "v2_node-package_output.json", "v3_simple-cli_output.json")
SAMPLES = [*samples.own("promptfoo.json"), *samples.shared(*(f"promptfoo/{name}" for name in PUBLIC))]
DAY = dt.date(2026, 11, 20)
NOON_MS = 1_795_176_000_000
SPLIT = {"workflow": "metadata.workflow", "cohort": "metadata.cohort"}
V1, V2 = "support-v1 × stub-model-1", "support-v2 × stub-model-1"
UNDATED = "the results are not dated, so they do not count until a date is given"
Row = dict[str, Any]


def row(prompt: str = "A", **more: Any) -> Row:
    return {
        "prompt": {"raw": "say {{it}}", "label": prompt},
        "provider": {"id": "file://m.js", "label": "M"},
        "success": True,
        "failureReason": 0,
        "namedScores": {"exact": 0.5},
        "gradingResult": {"pass": True},
        "latencyMs": 10,
        "cost": 0.25,
        "testCase": {"metadata": {"flow": "billing", "language": "en"}, "vars": {"plan": "free"}},
        **more,
    }


def errored(prompt: str = "A", **more: Any) -> Row:
    """What the tool writes when the provider fails: zeros, and no named scores."""
    zeros = {"success": False, "failureReason": 2, "score": 0, "latencyMs": 0, "cost": 0}
    return row(prompt, **zeros, error="Rate limit", namedScores={}, gradingResult=None, **more)


def v3(*rows: Any, **more: Any) -> str:
    inner = {"version": 3, "timestamp": "2026-11-20T12:00:00.000Z", "prompts": [], "results": list(rows)}
    return json.dumps({"evalId": "eval-1", "results": inner, "config": {}, **more}, ensure_ascii=False)


def lines(*rows: Any) -> str:
    return "".join(f"{json.dumps(each, ensure_ascii=False)}\n" for each in rows)


SHAPES: dict[str, tuple[Callable[..., str], dt.date | None]] = {
    "v1": (lambda *rows: json.dumps({"version": 1, "results": rows, "stats": {}, "table": {}}, indent=2), None),
    "v2": (lambda *rows: json.dumps({"version": 2, "timestamp": "2026-11-20T12:00:00Z", "results": rows}), DAY),
    "v2 wrapped": (
        lambda *rows: json.dumps(
            {"results": {"version": 2, "timestamp": "2026-11-20T12:00:00Z", "results": rows}, "config": {}}, indent=2
        ),
        DAY,
    ),
    "v3": (v3, DAY),
    "share of a summary": (
        lambda *rows: json.dumps(
            {"version": 3, "createdAt": "2026-11-20T12:00:00Z", "author": None, "results": {"results": rows}}
        ),
        DAY,
    ),
    "share of rows": (
        lambda *rows: json.dumps({"id": "eval-1", "createdAt": NOON_MS, "config": {}, "results": rows, "prompts": []}),
        DAY,
    ),
    "JSON lines": (lines, None),
    "JSON lines of Windows": (lambda *rows: lines(*rows).replace("\n", "\r\n"), None),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_the_same_rows_give_the_same_figures_in_every_shape(tmp_path: Path, shape: str) -> None:
    write, day = SHAPES[shape]
    rows = [row(), row(success=False, failureReason=1), errored(), row("B", latencyMs=30)]
    batch = read_file(tmp_path, write(*rows))
    assert (batch.format, batch.versions, batch.skipped) == ("promptfoo", ("A × M", "B × M"), ())
    assert batch.evidence is not None
    assert (batch.evidence.measured_on, UNDATED in batch.warnings) == (day, day is None)
    assert cells(batch) == cells(read_file(tmp_path, v3(*rows)))
    assert cells(batch) != cells(read_file(tmp_path, v3(*rows[1:])))


@pytest.mark.parametrize("shape", SHAPES)
def test_one_row_is_enough_and_a_byte_order_mark_does_not_matter(tmp_path: Path, shape: str) -> None:
    assert read_file(tmp_path, "\ufeff" + SHAPES[shape][0](row())).versions == ("A × M",)


@pytest.mark.parametrize(
    ("version", "workflow", "cohort", "metric", "figures"),
    [
        (V1, "*", "*", "pass", (6, 2, 2 / 6, 2)),
        (V2, "*", "*", "pass", (8, 0, 5 / 8, 5)),
        (V1, "*", "*", "task_success", (6, 2, 4 / 6, 4)),
        (V2, "*", "*", "task_success", (8, 0, 1, 8)),
        (V2, "*", "*", "latency", (8, 0, 7 / 8, 7)),
        (V1, "*", "*", "latency_ms", (6, 0, 228 / 6, None)),
        (V2, "*", "*", "latency_ms", (8, 0, 60_444 / 8, None)),
        (V1, "*", "*", "cost_usd", (6, 0, 0.001, None)),
        (V1, "refund", "*", "pass", (4, 0, 2 / 4, 2)),
        (V1, "escalation", "*", "pass", (2, 2, 0, 0)),
        (V2, "escalation", "*", "pass", (4, 0, 3 / 4, 3)),
        (V1, "*", "cohort=enterprise-eu", "pass", (4, 0, 2 / 4, 2)),
        (V1, "*", "cohort=smb-us", "pass", (2, 2, 0, 0)),
        (V1, "escalation", "cohort=smb-us", "pass", (0, 2, None, None)),
        (V2, "escalation", "cohort=smb-us", "pass", (2, 0, 1 / 2, 1)),
        (V1, "escalation", "cohort=smb-us", "task_success", (0, 2, None, None)),
    ],
)
def test_a_rollout_has_the_figures_that_were_counted_by_hand(
    tmp_path: Path, version: str, workflow: str, cohort: str, metric: str, figures: tuple[object, ...]
) -> None:
    cell = cells(read_file(tmp_path, ROLLOUT.read_bytes(), Options(mapping=SPLIT)))[version, workflow, cohort, metric]
    assert (cell.n, cell.errors, cell.mean, cell.passed) == pytest.approx(figures)


def test_the_evidence_says_which_tool_wrote_it_and_when(tmp_path: Path) -> None:
    batch = read_file(tmp_path, ROLLOUT.read_bytes(), Options(mapping=SPLIT))
    evidence = batch.evidence
    assert evidence is not None
    assert (evidence.tool, evidence.tool_version, evidence.kind) == ("promptfoo", "0.123.1", "results")
    assert (evidence.measured_on, evidence.kept, evidence.skipped) == (dt.date(2026, 11, 23), 16, 0)
    assert evidence.options.model_dump() == {"version": "", "mapping": SPLIT, "shape": batch.shape}
    assert (batch.versions, batch.mapping, batch.warnings) == ((V1, V2), SPLIT, ())
    assert set(batch.fields) == {"metadata.workflow", "metadata.cohort", "vars.question", "vars.kind"}


def by_version(rows: list[Row]) -> list[list[Row]]:
    """Rows of the same prompt and provider, in the order in which the file names them."""
    groups: dict[str, list[Row]] = {}
    for each in rows:
        prompt = each["prompt"]
        key = [prompt.get("label"), prompt.get("display"), each.get("provider")]
        groups.setdefault(json.dumps(key), []).append(each)
    return list(groups.values())


def counted(group: list[Row]) -> dict[str, tuple[int, float, float]]:
    """Metric -> n, mean and median of the rows that did not error; latency and cost where no cache answered."""
    values: dict[str, list[float]] = {}
    for each in group:
        if each.get("failureReason") == 2:
            continue
        spent = {} if each.get("response", {}).get("cached") else {"latency_ms": each.get("latencyMs") or None}
        spent |= {"cost_usd": each.get("cost")} if spent else {}
        for metric, value in {"pass": each["success"], **each.get("namedScores", {}), **spent}.items():
            if value is not None:
                values.setdefault(metric, []).append(float(value))
    return {metric: (len(each), fmean(each), median(each)) for metric, each in values.items()}


@pytest.mark.parametrize("path", SAMPLES)
def test_the_figures_of_a_real_file_are_those_of_its_rows(tmp_path: Path, path: Path) -> None:
    results = json.loads(path.read_bytes())["results"]
    groups = by_version(results if isinstance(results, list) else results["results"])
    batch = read_file(tmp_path, path.read_bytes())
    found = cells(batch)
    assert batch.evidence is not None
    assert batch.evidence.kept == sum(map(len, groups))
    for version, group in zip(batch.versions, groups, strict=True):
        own = {metric: cell for (label, _, _, metric), cell in found.items() if label == version}
        assert {metric: (cell.n, cell.mean, cell.p50) for metric, cell in own.items()} == {
            metric: pytest.approx(figures) for metric, figures in counted(group).items()
        }
        failed = sum(each.get("failureReason") == 2 for each in group)
        assert (own["pass"].errors, own["pass"].passed) == (failed, sum(each["success"] for each in group))


def test_the_sums_beside_the_prompts_are_not_read(tmp_path: Path) -> None:
    whole = json.loads(ROLLOUT.read_bytes())
    for prompt in whole["results"]["prompts"]:
        prompt["metrics"] = {"score": 99, "testPassCount": 99, "namedScores": {"task_success": 99}}
    changed = read_file(tmp_path, json.dumps(whole))
    assert cells(changed) == cells(read_file(tmp_path, ROLLOUT.read_bytes()))


def test_the_order_of_the_rows_does_not_matter(tmp_path: Path) -> None:
    whole = json.loads(ROLLOUT.read_bytes())
    whole["results"]["results"].sort(key=lambda each: each["id"])
    shuffled = cells(read_file(tmp_path, json.dumps(whole), Options(mapping=SPLIT)))
    straight = cells(read_file(tmp_path, ROLLOUT.read_bytes(), Options(mapping=SPLIT)))
    assert {key: (cell.n, cell.errors, cell.passed) for key, cell in shuffled.items()} == {
        key: (cell.n, cell.errors, cell.passed) for key, cell in straight.items()
    }
    assert [shuffled[key].mean for key in straight] == pytest.approx([cell.mean for cell in straight.values()])


def test_repeats_of_a_test_count_as_cases_of_their_own(tmp_path: Path) -> None:
    batch = read_file(tmp_path, v3(row(testIdx=0), row(testIdx=1), row(testIdx=2, success=False)))
    cell = cells(batch)["A × M", "*", "*", "pass"]
    assert (cell.n, cell.passed) == (3, 2)


def without(*keys: str, **more: Any) -> Row:
    return {key: value for key, value in row(**more).items() if key not in keys}


@pytest.mark.parametrize(
    ("other", "n", "errors"),
    [
        (errored(), 1, 1),
        (without("failureReason", "gradingResult", success=False, error="boom", namedScores={}), 1, 1),
        (without("failureReason", success=False, error="Expected output to contain x"), 2, 0),
        (row(success=False, failureReason=1, error="Expected output to contain x"), 2, 0),
        (row(success=False, failureReason=0), 2, 0),
    ],
    ids=["error", "error of an old version", "failure of an old version", "failure", "no reason"],
)
def test_an_errored_row_is_counted_apart_and_never_as_0(tmp_path: Path, other: Row, n: int, errors: int) -> None:
    found = cells(read_file(tmp_path, v3(row(), other)))
    assert {metric: (cell.n, cell.errors) for (_, _, _, metric), cell in found.items()} == {
        "pass": (n, errors),
        "exact": (n, errors),
        "latency_ms": (n, 0),
        "cost_usd": (n, 0),
    }
    assert found["A × M", "*", "*", "pass"].mean == 1 / n
    assert found["A × M", "*", "*", "exact"].mean == 0.5


def test_a_version_that_only_errored_is_shown_without_a_figure(tmp_path: Path) -> None:
    found = cells(read_file(tmp_path, v3(row(), errored("B"), errored("B"))))
    cell = found["B × M", "*", "*", "pass"]
    assert (cell.n, cell.errors, cell.mean, cell.p50, cell.passed) == (0, 2, None, None, None)
    assert [key for key in found if key[0] == "B × M"] == [("B × M", "*", "*", "pass")]


def test_a_cached_answer_has_a_score_but_no_latency_and_no_cost(tmp_path: Path) -> None:
    cached = row(latencyMs=1, cost=0, response={"cached": True})
    batch = read_file(tmp_path, v3(row(), cached, row(latencyMs=0), without("latencyMs", "cost")))
    figures = {metric: (cell.n, cell.mean) for (_, _, _, metric), cell in cells(batch).items()}
    assert figures == {"pass": (4, 1), "exact": (4, 0.5), "latency_ms": (1, 10), "cost_usd": (2, 0.25)}
    assert "1 answers came from a cache, so their latency and cost are left out" in batch.warnings
    assert "1 rows have no latency above 0, which is left out" in batch.warnings


@pytest.mark.parametrize(
    ("prompt", "provider", "version"),
    [
        ("A", "openai:x", "A × openai:x"),
        ({"raw": "r", "display": "D"}, None, "D"),
        ({"raw": "r", "label": ""}, {"id": "p", "label": ""}, "r × p"),
        ({"raw": "r", "label": "two\n  lines"}, {"id": "p", "label": "L"}, "two lines × L"),
    ],
)
def test_a_version_is_named_by_prompt_and_provider(tmp_path: Path, prompt: Any, provider: Any, version: str) -> None:
    assert read_file(tmp_path, v3(row() | {"prompt": prompt, "provider": provider})).versions == (version,)


def test_two_long_prompts_that_begin_alike_stay_two_versions(tmp_path: Path) -> None:
    text = "You are a helpful assistant. " * 400
    batch = read_file(tmp_path, v3(row(text + "Be brief."), row(text + "Be thorough.", success=False)))
    assert len(set(batch.versions)) == 2
    assert all(len(version) < 130 and version.startswith("You are a helpful") for version in batch.versions)
    assert [cell.mean for cell in batch.cells if cell.metric == "pass"].count(1) == 1


def test_one_version_takes_the_name_it_is_given_and_two_take_theirs(tmp_path: Path) -> None:
    one = read_file(tmp_path, v3(row()), Options(version="2026.11"))
    assert (one.versions, {cell.version for cell in one.cells}) == (("A × M",), {"2026.11"})
    mapping = {"version:A × M": "2026.08", "version:B × M": "2026.11"}
    two = cells(read_file(tmp_path, v3(row(), row("B", success=False)), Options(mapping=mapping)))
    means = {version: cell.mean for (version, _, _, metric), cell in two.items() if metric == "pass"}
    assert means == {"2026.08": 1, "2026.11": 0}
    swap = {"version:A × M": "B × M", "version:B × M": "A × M"}
    swapped = cells(read_file(tmp_path, v3(row(), row("B", success=False)), Options(mapping=swap)))
    assert [swapped[label, "*", "*", "pass"].mean for label in ("A × M", "B × M")] == [0, 1]


def test_workflow_and_cohorts_are_split_by_the_fields_that_are_named(tmp_path: Path) -> None:
    other = row(testCase={"metadata": {"flow": "legal", "language": "en"}, "vars": {"plan": "paid"}}, success=False)
    on_the_row = row(testCase={}, metadata={"flow": "billing", "language": "de"}, vars={"plan": 3})
    mapping = {"workflow": "metadata.flow", "cohort": "metadata.language, vars.plan"}
    batch = read_file(tmp_path, v3(row(), other, on_the_row), Options(mapping=mapping))
    assert {key[1:3]: (cell.n, cell.passed) for key, cell in cells(batch).items() if key[3] == "pass"} == {
        ("*", "*"): (3, 2),
        ("*", "language=en"): (2, 1),
        ("*", "language=de"): (1, 1),
        ("*", "plan=free"): (1, 1),
        ("*", "plan=paid"): (1, 0),
        ("*", "plan=3"): (1, 1),
        ("billing", "*"): (2, 2),
        ("billing", "language=en"): (1, 1),
        ("billing", "language=de"): (1, 1),
        ("billing", "plan=free"): (1, 1),
        ("billing", "plan=3"): (1, 1),
        ("legal", "*"): (1, 0),
        ("legal", "language=en"): (1, 0),
        ("legal", "plan=paid"): (1, 0),
    }
    assert batch.warnings == ()


@pytest.mark.parametrize("bare", [{}, {"flow": "", "language": ""}], ids=["missing", "empty"])
def test_a_row_without_the_field_counts_overall_only_and_that_is_said(tmp_path: Path, bare: dict[str, str]) -> None:
    mapping = {"workflow": "metadata.flow", "cohort": "metadata.language"}
    batch = read_file(tmp_path, v3(row(), row(testCase={"metadata": bare})), Options(mapping=mapping))
    found = cells(batch)
    assert found["A × M", "*", "*", "pass"].n == 2
    assert found["A × M", "billing", "*", "pass"].n == found["A × M", "*", "language=en", "pass"].n == 1
    assert batch.warnings == (
        "1 of 2 rows have no metadata.flow and count in the overall figures only",
        "1 of 2 rows have no metadata.language and count in the overall figures only",
    )


def test_a_split_that_nobody_named_is_not_guessed(tmp_path: Path) -> None:
    batch = read_file(tmp_path, v3(row()))
    assert {(cell.workflow, cell.cohort) for cell in batch.cells} == {("*", "*")}
    assert [warning.partition(";")[0] for warning in batch.warnings] == [
        "no workflow is named, so no figure is split by it",
        "no cohort is named, so no figure is split by it",
    ]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (3, "the row is not an object"),
        (None, "the row is not an object"),
        ([], "the row is not an object"),
        ({}, "the row does not say whether it passed"),
        (row(success="yes"), "the row does not say whether it passed"),
        (row() | {"prompt": None}, "the row does not say which prompt it tests"),
        (row() | {"prompt": {}, "provider": None}, "the row does not say which prompt it tests"),
    ],
)
def test_a_row_that_cannot_be_used_is_skipped_with_its_place(tmp_path: Path, bad: Any, reason: str) -> None:
    batch = read_file(tmp_path, v3(row(), bad, row()))
    assert skips(batch) == [("results[1]", reason)]
    assert cells(batch)["A × M", "*", "*", "pass"].n == 2
    assert batch.evidence is not None
    assert (batch.evidence.kept, batch.evidence.skipped) == (2, 1)
    assert skips(read_file(tmp_path, lines(row(), bad))) == [("line 2", reason)]


def test_blank_lines_count_in_the_place_of_a_row(tmp_path: Path) -> None:
    assert [skip.place for skip in read_file(tmp_path, f"{lines(row())}\n{lines(3)}").skipped] == ["line 3"]
    assert [skip.place for skip in read_file(tmp_path, f"\n\n{lines(row(), 3)}").skipped] == ["line 4"]


@pytest.mark.parametrize("score", [None, "0.5", [], 10**350], ids=["NaN as null", "text", "list", "huge"])
def test_a_score_that_is_not_a_number_is_skipped_and_the_rest_of_its_row_is_kept(tmp_path: Path, score: Any) -> None:
    batch = read_file(tmp_path, v3(row(), row(namedScores={"exact": score, "other": 1})))
    assert skips(batch) == [("results[1]", "the score 'exact' is not a number")]
    figures = {metric: (cell.n, cell.errors) for (_, _, _, metric), cell in cells(batch).items()}
    assert figures == {"pass": (2, 0), "exact": (1, 1), "other": (1, 0), "latency_ms": (2, 0), "cost_usd": (2, 0)}


@pytest.mark.parametrize("name", ["", "long " * 80], ids=["empty", "too long"])
def test_a_score_whose_name_cannot_be_kept_is_skipped(tmp_path: Path, name: str) -> None:
    batch = read_file(tmp_path, v3(row(namedScores={name: 1})))
    assert [skip.place for skip in batch.skipped] == ["results[0]"]
    assert {cell.metric for cell in batch.cells} == {"pass", "latency_ms", "cost_usd"}


def test_a_score_that_is_called_pass_does_not_replace_what_passed(tmp_path: Path) -> None:
    found = cells(read_file(tmp_path, v3(row(namedScores={"pass": 0.25}))))
    assert found["A × M", "*", "*", "pass"].mean == 1


def test_a_latency_too_large_for_a_number_is_left_out(tmp_path: Path) -> None:
    found = cells(read_file(tmp_path, v3(row(), row(latencyMs=10**350))))
    assert found["A × M", "*", "*", "latency_ms"].n == 1


@pytest.mark.parametrize("break_", ["\u2028", "\u2029", "\x85"], ids=["U+2028", "U+2029", "U+0085"])
def test_only_a_line_feed_ends_a_line(tmp_path: Path, break_: str) -> None:
    batch = read_file(tmp_path, lines(row(), row(response={"output": f"one{break_}two"})))
    assert cells(batch)["A × M", "*", "*", "pass"].n == 2


def test_the_day_that_a_person_names_wins(tmp_path: Path) -> None:
    for data in (v3(row()), lines(row())):
        batch = read_file(tmp_path, data, Options(measured_on=dt.date(2026, 1, 2)))
        assert batch.evidence is not None
        assert batch.evidence.measured_on == dt.date(2026, 1, 2)
        assert UNDATED not in batch.warnings


def test_a_file_with_much_before_its_rows_is_read_when_its_format_is_named(tmp_path: Path) -> None:
    data = json.dumps({"config": {"tests": ["x" * 70_000]}, "createdAt": NOON_MS, "results": [row()]})
    assert read_file(tmp_path, data, Options(format="promptfoo")).versions == ("A × M",)


BROKEN = "the JSON breaks off or is malformed; expected one whole JSON document."
LABELS = '--map "version:LABEL=NAME" for A × M, B × M.'


@pytest.mark.parametrize(
    ("data", "options", "sentence"),
    [
        (v3(), Options(), "upload.bin: the run holds no results; expected a run that has finished."),
        (
            v3(3, row()["prompt"]),
            Options(),
            "upload.bin: the run holds no results: the row is not an object; expected a run that has finished.",
        ),
        (
            json.dumps({"evalId": "e", "results": None}),
            Options(),
            "upload.bin: this is not a promptfoo result; expected a list of rows under results.",
        ),
        (
            "[]",
            Options(format="promptfoo"),
            "upload.bin: this is not a promptfoo result; expected a list of rows under results.",
        ),
        (
            v3(row(), row("B")),
            Options(version="9"),
            f"upload.bin: the file holds 2 versions, which one name would merge; expected {LABELS}",
        ),
        (
            v3(row(), row("B")),
            Options(mapping={"version:C": "9"}),
            "upload.bin: there is no version 'C'; expected one of A × M, B × M.",
        ),
        (
            v3(row(namedScores={"exact": float("nan")})),
            Options(),
            "upload.bin: NaN is not JSON; expected finite numbers, or null.",
        ),
        (
            '{"evalId": 1, "evalId": 2, "results": []}',
            Options(),
            "upload.bin: the key 'evalId' stands twice in one object; expected each key once.",
        ),
        (lines(row()) + '{"success"\n', Options(), f"upload.bin, line 2, column 11: {BROKEN}"),
        (lines(row()) + v3(row())[:40], Options(), f"upload.bin, line 2, column 34: {BROKEN}"),
    ],
    ids=["empty", "only bad rows", "null", "list", "merged", "unknown", "NaN", "key twice", "line", "last line"],
)
def test_a_file_that_is_not_what_it_says_is_refused_whole(
    tmp_path: Path, data: str, options: Options, sentence: str
) -> None:
    assert refusal(tmp_path, data, options) == sentence


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_a_file_that_breaks_off_is_refused_whole(tmp_path: Path, share: float) -> None:
    data = ROLLOUT.read_bytes().rstrip()
    found = refusal(tmp_path, data[: int(len(data) * share)])
    assert found.startswith("upload.bin, line ")
    assert found.endswith(BROKEN)


def red_team(success: bool, plugin: str, strategy: str, **row: Any) -> dict[str, Any]:
    """A row of `promptfoo redteam run`: it passes where the attack was withstood."""
    test = {"vars": {"prompt": f"{plugin} {strategy}"}, "metadata": {"pluginId": plugin, "strategyId": strategy}}
    return {"success": success, "prompt": {"label": "p"}, "provider": {"id": "m"}, "testCase": test, **row}


def test_a_red_team_is_attack_success_by_plugin_and_strategy(tmp_path: Path) -> None:
    rows = [
        red_team(False, "harmful:hate", "jailbreak"),
        red_team(True, "harmful:hate", "basic"),
        red_team(True, "pii:direct", "jailbreak"),
        red_team(False, "pii:direct", "basic", failureReason=2, error="down"),
    ]
    batch = read_file(tmp_path, json.dumps({"evalId": "e", "results": {"version": 3, "results": rows}}))
    found = {cell.cohort: (cell.n, cell.errors, cell.passed) for cell in batch.cells if cell.metric == SUCCESS}
    assert found == {
        "*": (3, 1, 1),
        "category=harmful:hate": (2, 0, 1),
        "category=pii:direct": (1, 1, 0),
        "attack=jailbreak": (2, 0, 1),
        "attack=basic": (1, 1, 0),
    }
    assert {cell.direction for cell in batch.cells if cell.metric == SUCCESS} == {"lower"}
