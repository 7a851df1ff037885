"""promptfoo results (https://www.promptfoo.dev/docs/configuration/outputs/): every shape since version 1.

A row is one test of one prompt with one provider; the version it speaks of is `PROMPT × PROVIDER` until the person
names it. Figures are worked out from the rows; the stats and the sums beside the prompts are only held against them. A
test that was repeated stands under a new index each time, so that what it says tells which rows are runs of one case.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from readiness.errors import InputError
from readiness.importers.batch import Batch, Options
from readiness.importers.cases import totals
from readiness.importers.cases.attacks import ATTACK, CATEGORY, MEASURE, SUCCESS
from readiness.importers.cases.many import bounded
from readiness.importers.cases.scored import (
    COST,
    LATENCY,
    PASS,
    Case,
    Run,
    day,
    number,
    to_batch,
    unless_said,
    usable,
)
from readiness.importers.naming import label, plain
from readiness.importers.settings import MODEL, PROMPT, digest
from readiness.importers.source.gateway import Source, parse_json
from readiness.importers.source.lines import first_line, text_lines
from readiness.importers.source.streamed import listed
from readiness.language import marked, tr
from readiness.model.evidence import Doubt

ERRORED = 2
CONVERSATION = "metadata.conversationId"
"""Tests of one conversation go on where the one before ended."""
_PLUGIN = "metadata.pluginId"
"""Of a test that a red team made: what it tries."""
_BY_ATTACK = f"{CATEGORY}:{_PLUGIN},{ATTACK}:metadata.strategyId"
_AGAINST_OTHERS = ("select-best", "max-score")
_ROW_KEYS = ("success", "prompt")


class Promptfoo:
    format = "promptfoo"
    title = marked("promptfoo results (JSON)")

    def sniff(self, source: Source) -> bool:
        text = source.head_text.lstrip()
        if not text.startswith("{"):
            return False
        row = '"success"' in text and '"prompt"' in text
        named = '"promptIdx"' in text or '"namedScores"' in text or '"evalId"' in text
        return (row and (named or '"results"' in text)) or ('"evalId"' in text and '"results"' in text)

    def read(self, source: Source, options: Options) -> Batch:
        """All rows as cells. Raises InputError where there are none, or where versions would be merged."""
        document = _document(source)
        run = Run(tool="promptfoo", tool_version=document.tool_version, measured_on=document.measured_on)
        run.ids = {"eval": document.run_id} if document.run_id else {}
        noticed: Counter[str] = Counter()
        tally = _Tally()
        for place, row in bounded(document.rows, run, source):
            tally.add(row)
            if reason := _unusable(row):
                run.skip(place, reason)
            else:
                run.cases.append(_case(row, place, run, noticed))
                run.settings.add(run.cases[-1].label, _settings(row, document.prompts))
        run.doubts += _totals(document, tally.rows)
        if any(_PLUGIN in case.fields for case in run.cases):
            options = unless_said(options, cohort=_BY_ATTACK)
            run.measures[SUCCESS] = MEASURE
            run.notes.append("a test of a red team passes where the attack was withstood")
        if noticed["cached"]:
            run.notes.append(f"{noticed['cached']} answers came from a cache, so their latency and cost are left out")
        if noticed["no latency"]:
            run.notes.append(f"{noticed['no latency']} rows have no latency above 0, which is left out")
        return to_batch(source, options, run, self.format)


IMPORTER = Promptfoo()


@dataclass(frozen=True)
class PromptfooFile:
    """The rows, each with its place, and what surrounds them."""

    rows: Iterable[tuple[str, Any]]
    tool_version: str = ""
    measured_on: dt.date | None = None
    stats: Any = None
    prompts: Any = None
    run_id: str = ""


def _document(source: Source) -> PromptfooFile:
    """The rows with the place each stands at, whichever shape the file has."""
    if _is_lines(source):
        lines = text_lines(source)
        return PromptfooFile((place, parse_json(line, file=source.name, place=place)) for place, line in lines)
    document = listed(source, ("results", "results"), ("results",))
    whole = document.rest
    if not isinstance(whole, dict):
        raise _not_promptfoo(source)
    if all(key in whole for key in _ROW_KEYS):
        return PromptfooFile([("line 1", whole)])
    inner = whole.get("results")
    results = inner if isinstance(inner, dict) else whole
    rows = document.rows(("results", "results"), ("results",))
    if rows is None:
        raise _not_promptfoo(source)
    described = whole.get("metadata")
    described = described if isinstance(described, dict) else {}
    stamps = (
        results.get("timestamp"),
        whole.get("timestamp"),
        described.get("evaluationCreatedAt"),
        whole.get("createdAt"),
    )
    return PromptfooFile(
        rows=((f"results[{number}]", row) for number, row in enumerate(rows)),
        tool_version=str(described.get("promptfooVersion") or ""),
        measured_on=next((date for stamp in stamps if (date := day(stamp))), None),
        stats=results.get("stats"),
        prompts=results.get("prompts"),
        run_id=str(whole.get("evalId") or "")[:300],
    )


def _is_lines(source: Source) -> bool:
    """Whether the first of several lines is an object."""
    if source.is_streamed:
        first = first_line(source)
    else:
        first, end, _ = source.text.strip().partition("\n")
        first = first.strip() if end else ""
    return first.startswith("{") and first.endswith("}")


class _Tally:
    """What the totals of a file are held against: of each row whether it passed or errored, its prompt and score."""

    def __init__(self) -> None:
        self.rows: list[_Outcome] = []

    def add(self, row: Any) -> None:
        if isinstance(row, dict):
            grading = json.dumps(row.get("gradingResult"))
            against = any(f'"{kind}"' in grading for kind in _AGAINST_OTHERS)
            facts = (row.get("success") is True, _errored(row), _prompt_of(row), number(row.get("score")), against)
            self.rows.append(_Outcome(*facts))


class _Outcome(NamedTuple):
    passed: bool
    errored: bool
    prompt: int | None
    score: float | None
    against_others: bool


def _totals(document: PromptfooFile, rows: list[_Outcome]) -> list[Doubt]:
    """What the stats state that the rows do not give; those of single prompts where the stats hold or there are none.

    Where no errors are stated they may be among the failures.
    """
    stats = document.stats if isinstance(document.stats, dict) else {}
    doubts = _differing(stats, rows, ("successes", "failures", "errors"), "")
    if doubts or not isinstance(document.prompts, list) or any(row.prompt is None for row in rows):
        return doubts
    for at, prompt in enumerate(document.prompts):
        metrics = prompt.get("metrics") if isinstance(prompt, dict) else None
        if isinstance(metrics, dict):
            own, of = [row for row in rows if row.prompt == at], f" of prompt {at + 1}"
            doubts += _differing(metrics, own, ("testPassCount", "testFailCount", "testErrorCount"), of)
            doubts += _score(metrics, own, of)
    return doubts


def _prompt_of(row: dict[str, Any]) -> int | None:
    at = row.get("promptIdx")
    return at if isinstance(at, int) else None


def _differing(stated: dict[str, Any], rows: list[_Outcome], keys: tuple[str, str, str], of: str) -> list[Doubt]:
    passed, failed, errors = keys
    passes = sum(row.passed for row in rows)
    errored = sum(row.errored for row in rows)
    doubts = list(totals.counts(passed + of, stated.get(passed), passes))
    if totals.count_of(stated.get(errors)) is None:  # as long as there were none, errors counted as failures
        return [
            *doubts,
            *totals.counts(failed + of, stated.get(failed), len(rows) - passes, len(rows) - passes - errored),
        ]
    doubts += totals.counts(failed + of, stated.get(failed), len(rows) - passes - errored)
    return [*doubts, *totals.counts(errors + of, stated.get(errors), errored)]


def _score(metrics: dict[str, Any], rows: list[_Outcome], of: str) -> list[Doubt]:
    """The sum of the scores; where rows are held against each other, some are scored anew after the sum was made."""
    if any(row.against_others for row in rows):
        return []
    given = [row.score for row in rows if row.score is not None]
    return list(totals.figures(f"score{of}", metrics.get("score"), math.fsum(given))) if len(given) == len(rows) else []


def _not_promptfoo(source: Source) -> InputError:
    return InputError(
        tr("this is not a promptfoo result"), file=source.name, expected=tr("a list of rows under results")
    )


def _unusable(row: Any) -> str:
    if not isinstance(row, dict):
        return "the row is not an object"
    if not isinstance(row.get("success"), bool):
        return "the row does not say whether it passed"
    if not isinstance(row.get("prompt"), (dict, str)) or not _label(row):
        return "the row does not say which prompt it tests"
    return ""


def _case(row: dict[str, Any], place: str, run: Run, noticed: Counter[str]) -> Case:
    errored = _errored(row)
    scores: dict[str, float | None] = {PASS: None if errored else float(row["success"])}
    if not errored:
        scores |= _scores(row, place, run) | _spent(row, noticed)
    fields = _fields(row)
    if _PLUGIN in fields and not errored:
        scores[SUCCESS] = 1 - float(row["success"])
    return Case(_label(row), scores, fields, _case_id(row), errored, cluster=fields.get(CONVERSATION, ""))


def _case_id(row: dict[str, Any]) -> str:
    """What the test is called and fills in, the same in each repeat; of a test without either all that it says."""
    stated = row.get("testCase")
    test = stated if isinstance(stated, dict) else {}
    told = {"description": test.get("description"), "vars": test.get("vars") or row.get("vars")}
    if not any(told.values()):
        told = test
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:32] if told else ""


def _errored(row: dict[str, Any]) -> bool:
    """An error is not a failed assertion; before `failureReason` it was an error without a grading."""
    reason = row.get("failureReason")
    if isinstance(reason, int):
        return reason == ERRORED
    return bool(row.get("error")) and not isinstance(row.get("gradingResult"), dict)


def _settings(row: dict[str, Any], prompts: Any) -> dict[str, object]:
    """The provider, and the prompt before anything was filled in, as far as the file has it."""
    provider, at = row.get("provider"), _prompt_of(row)
    named = provider.get("id") if isinstance(provider, dict) else provider
    template = prompts[at] if isinstance(prompts, list) and at is not None and 0 <= at < len(prompts) else {}
    raw = template.get("raw") if isinstance(template, dict) else None
    prompt = digest(raw) if raw else str(row.get("promptId") or "")[:12]
    return {MODEL: named, PROMPT: prompt}


def _scores(row: dict[str, Any], place: str, run: Run) -> dict[str, float | None]:
    named = row.get("namedScores")
    scores: dict[str, float | None] = {}
    for name, score in (named if isinstance(named, dict) else {}).items():
        value = number(score)
        if not usable(str(name)):
            run.skip(place, f"the score {str(name)[:80]!r} cannot be kept under this name")
        elif value is None:
            run.skip(place, f"the score {str(name)[:80]!r} is not a number")
            scores[str(name)] = None
        else:
            scores[str(name)] = value
    return scores


def _spent(row: dict[str, Any], noticed: Counter[str]) -> dict[str, float | None]:
    """Latency and cost; a cached answer says nothing about either."""
    response = row.get("response")
    if isinstance(response, dict) and response.get("cached"):
        noticed["cached"] += 1
        return {}
    latency, cost = number(row.get("latencyMs")), number(row.get("cost"))
    spent: dict[str, float | None] = {}
    if latency is not None and latency > 0:
        spent[LATENCY] = latency
    elif "latencyMs" in row:
        noticed["no latency"] += 1
    if cost is not None:
        spent[COST] = cost
    return spent


def _label(row: dict[str, Any]) -> str:
    """`PROMPT × PROVIDER`, as far as the row names them."""
    prompt, provider = row["prompt"], row.get("provider")
    names = [
        prompt if isinstance(prompt, str) else prompt.get("label") or prompt.get("display") or prompt.get("raw"),
        provider.get("label") or provider.get("id") if isinstance(provider, dict) else provider,
    ]
    return label(*names)


def _fields(row: dict[str, Any]) -> dict[str, str]:
    """What a workflow or a cohort can be named by: plain values of the test's metadata and variables."""
    test = row.get("testCase")
    test = test if isinstance(test, dict) else {}
    metadata = plain(test.get("metadata"), "metadata.") | plain(row.get("metadata"), "metadata.")
    return metadata | plain(test.get("vars"), "vars.") | plain(row.get("vars"), "vars.")
