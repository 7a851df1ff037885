"""DeepEval test runs (https://deepeval.com/docs/evaluation-introduction): the latest run, and the results folder's.

A test case holds its metrics; one that broke has an error and no score. Metrics of single steps stand inside the
case's trace and speak of that step: they are not read here.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from readiness import english
from readiness.importers.batch import Batch, Options
from readiness.importers.cases import totals
from readiness.importers.cases.deepeval_runs import SPANS, RunFile, case_fields, run_label
from readiness.importers.cases.many import bounded
from readiness.importers.cases.scored import LATENCY, PASS, Case, Run, day, number, same_input, to_batch, usable
from readiness.importers.settings import MODEL, PROMPT, digest
from readiness.importers.source.gateway import Source
from readiness.language import marked
from readiness.model.evidence import Doubt

ASKED = ("input", "expectedOutput", "context")
"""What a test case asks, the same in each of its runs; all else comes from the system. Names are often numbers."""
LONGEST_PROMPT = 60
NO_NUMBER = "is not a number"
NOT_EVALUATED = "the test case was not evaluated"
SIGNS = ('"testRunData"', '"metricsData"', '"metricsScores"', '"actualOutput"', '"conversationalTestCases"')


class DeepEval:
    format = "deepeval"
    title = marked("DeepEval test runs (JSON)")

    def sniff(self, source: Source) -> bool:
        head = source.head_text.lstrip()
        return head.startswith("{") and '"testCases"' in head and any(sign in head for sign in SIGNS)

    def read(self, source: Source, options: Options) -> Batch:
        """All test cases as cells. Raises InputError where there are none."""
        file = RunFile.of(source)
        document = file.document
        run, version, tally = Run(tool="DeepEval"), run_label(document), _Tally()
        for place, case in bounded(file.cases(), run, source):
            if isinstance(case, dict):
                tally.add(case)
            reason = _unusable(case)
            if reason:
                run.skip(place, reason)
            if reason == NOT_EVALUATED:
                run.cases.append(Case(version, {}, case_fields(case), errored=True))
            elif not reason:
                run.cases.append(_case(case, place, version, run))
        run.measured_on = tally.latest
        run.settings.add(version, _settings(document))
        _note(tally, run)
        run.doubts += _totals(document, tally)
        return to_batch(source, options, run, self.format)


IMPORTER = DeepEval()


def _settings(document: dict[str, Any]) -> dict[str, object]:
    """The model and the prompts that the run names; a prompt that is written out goes by a digest of it."""
    named, prompts = document.get("hyperparameters"), document.get("prompts")
    stated: dict[str, object] = {}
    if isinstance(named, dict):
        prompt = str(named.get("prompt") or named.get("prompt template") or "")
        stated = {MODEL: named.get("model"), PROMPT: prompt if len(prompt) <= LONGEST_PROMPT else digest(prompt)}
    for prompt in prompts if isinstance(prompts, list) else ():
        if isinstance(prompt, dict):
            stated[f"{PROMPT} {prompt.get('alias')}"] = prompt.get("hash") or prompt.get("version")
    return stated


@dataclass
class _Tally:
    """What is counted over all cases: by what they say of themselves, and the scores of each metric, of steps too."""

    cases: int = 0
    outcomes: Counter[bool] = field(default_factory=Counter)
    scores: dict[str, list[float]] = field(default_factory=dict)
    latest: dt.date | None = None
    steps: int = 0
    traces: int = 0
    run_durations_alone: bool = False

    def add(self, case: dict[str, Any]) -> None:
        self.cases += 1
        if isinstance(success := case.get("success"), bool):
            self.outcomes[success] += 1
        for metric in _every_metric(case):
            if isinstance(name := metric.get("name"), str) and (score := number(metric.get("score"))) is not None:
                self.scores.setdefault(name, []).append(score)
        self.latest = max(filter(None, (self.latest, _ran_on(case))), default=None)
        self.steps += len(_step_metrics(case.get("trace")))
        self.traces += isinstance(case.get("trace"), dict)
        self.run_durations_alone |= "runDuration" in case and "completionTime" not in case


def _totals(document: dict[str, Any], tally: _Tally) -> Iterator[Doubt]:
    """Cases passed and failed as the run states them, and how many scores each metric has, with those of single steps.

    A case that was not evaluated is neither, or counts as failed.
    """
    passed, failed = tally.outcomes[True], tally.outcomes[False]
    yield from totals.counts("testPassed", document.get("testPassed"), passed)
    yield from totals.counts("testFailed", document.get("testFailed"), failed, tally.cases - passed)
    stated = document.get("metricsScores")
    for metric in stated if isinstance(stated, list) else ():
        name, scores = (metric.get("metric"), metric.get("scores")) if isinstance(metric, dict) else (None, None)
        if not isinstance(name, str) or not isinstance(scores, list):
            continue
        given = tally.scores.get(name, [])
        counted = list(totals.counts(f"scores of {name}", len(scores), len(given)))
        yield from counted
        told = [score for score in map(number, scores) if score is not None]
        if not counted and len(told) == len(given):
            yield from totals.figures(f"the sum of the scores of {name}", math.fsum(told), math.fsum(given))


def _every_metric(case: dict[str, Any]) -> list[dict[str, Any]]:
    own, trace = case.get("metricsData"), case.get("trace")
    listed = [*(own if isinstance(own, list) else []), *_step_metrics(trace)]
    return [metric for metric in listed if isinstance(metric, dict) and not _errored(metric)]


def _unusable(case: Any) -> str:
    if not isinstance(case, dict):
        return "the test case is not an object"
    success, metrics = case.get("success"), case.get("metricsData")
    if metrics is not None and not isinstance(metrics, list):
        return "the metrics of the test case are not a list"
    if success is not None and not isinstance(success, bool):
        return "success is neither true nor false"
    return "" if metrics or success is not None else NOT_EVALUATED


def _case(case: dict[str, Any], place: str, version: str, run: Run) -> Case:
    scores: dict[str, float | None] = {}
    if isinstance(case.get("success"), bool):
        scores[PASS] = _passed(case)
    for at, metric in enumerate(case.get("metricsData") or []):
        where = f"{place}.metricsData[{at}]"
        if reason := _unusable_metric(metric, scores):
            run.skip(where, reason)
            if reason.endswith(NO_NUMBER):
                scores[metric["name"]] = None
        else:
            scores[metric["name"]] = None if _errored(metric) else number(metric["score"])
    seconds = number(case.get("completionTime"))
    spent = {LATENCY: seconds * 1000} if seconds is not None and seconds > 0 else {}
    asked = same_input(case.get(key) for key in ASKED)
    name = ":".join(filter(None, (str(case.get("name") or ""), asked)))
    return Case(version, scores | spent, case_fields(case), name, cluster=asked)


def _unusable_metric(metric: Any, scores: dict[str, float | None]) -> str:
    if not isinstance(metric, dict):
        return "the metric is not an object"
    name = metric.get("name")
    if not isinstance(name, str) or not usable(name):
        return f"the score {str(name)[:80]!r} cannot be kept under this name"
    if name in scores:
        return f"the score {name[:80]!r} stands twice in its test case"
    if not _errored(metric) and number(metric["score"]) is None:
        return f"the score {name[:80]!r} {NO_NUMBER}"
    return ""


def _errored(metric: dict[str, Any]) -> bool:
    return bool(metric.get("error")) or metric.get("score") is None


def _passed(case: dict[str, Any]) -> float | None:
    """What the case says, unless only errors of its metrics made it fail: then nobody knows."""
    deciding = [
        metric for metric in case.get("metricsData") or [] if isinstance(metric, dict) and not metric.get("flaky")
    ]
    failed = any(metric.get("success") is False and not _errored(metric) for metric in deciding)
    if not case["success"] and not failed and any(map(_errored, deciding)):
        return None
    return float(case["success"])


def _ran_on(case: dict[str, Any]) -> dt.date | None:
    trace = case.get("trace")
    return day(trace.get("startTime")) if isinstance(trace, dict) else None


def _note(tally: _Tally, run: Run) -> None:
    if tally.run_durations_alone:
        run.notes.append("run durations include the time of the metrics, so no latency is read from them")
    if tally.steps:
        steps = english.counted(tally.steps, "metric")
        run.notes.append(f"{steps} of single steps inside traces, which no score of a case counts")
    if tally.traces:
        what = "in the file, which --format deepeval-traces reads in place of the scores"
        run.notes.append(f"{english.counted(tally.traces, 'trace')} {what}")


def _step_metrics(trace: Any) -> list[Any]:
    if not isinstance(trace, dict):
        return []
    spans = [span for kind in SPANS if isinstance(trace.get(kind), list) for span in trace[kind]]
    listed = [span.get("metricsData") for span in spans if isinstance(span, dict)]
    return [metric for metrics in listed if isinstance(metrics, list) for metric in metrics]
