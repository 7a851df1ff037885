"""LangSmith experiments (https://docs.langchain.com/langsmith/smith-api-ref): examples of a data set with their runs.

A run belongs to the experiment that its `session_id` names, and its scores are the `feedback_stats`: one whose
evaluators all failed has no average. Feedback of labels alone is no figure. A run with an `error` is an errored case.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from readiness import english
from readiness.importers.batch import Batch, Options
from readiness.importers.cases.many import bounded
from readiness.importers.cases.scored import COST, LATENCY, UNNAMED, Case, Run, number, same_input, to_batch, usable
from readiness.importers.cases.unscored import add_unscored
from readiness.importers.naming import label, plain
from readiness.importers.source.gateway import Source
from readiness.importers.source.shapes import members
from readiness.importers.spans.documents import joined, keys_at, records
from readiness.importers.spans.span_values import took_ms
from readiness.language import marked

_EXAMPLE = {"inputs", "runs", "dataset_id"}
_LISTS = ("items", "examples_with_runs")
"""Under which the API and the client hold examples."""


class LangSmithExperiment:
    format = "langsmith-experiment"
    title = marked("LangSmith experiment: examples with their runs (JSON, JSON lines)")

    def sniff(self, source: Source) -> bool:
        if source.head_text.lstrip()[:1] not in ("{", "["):
            return False
        outer, inner = keys_at(source)
        return outer >= _EXAMPLE or (bool(outer & {*_LISTS}) and inner >= _EXAMPLE)

    def read(self, source: Source, options: Options) -> Batch:
        """Every run with its scores. Raises InputError where there is none."""
        run = Run(tool="LangSmith")
        experiments = set[str]()
        labels_alone = 0
        for place, example, row in bounded(_runs(source, run), run, source):
            experiments.add(str(row.get("session_id")))
            scores, labelled = _scores(row, place, run)
            labels_alone += labelled
            run.cases.append(_case(example, row, _version(row), scores))
            run.ran_at(row.get("start_time"))
        if len(experiments) == 1:
            run.cases = [replace(case, label=UNNAMED) for case in run.cases]
        add_unscored(run)
        if labels_alone:
            run.notes.append(f"{english.counted(labels_alone, 'label')} without a number, which count as nothing")
        return to_batch(source, options, run, self.format)


IMPORTER = LangSmithExperiment()


def _runs(source: Source, run: Run) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    for place, record in _records(source):
        example = members(record)
        if not example.get("id") or not isinstance(example.get("runs"), list):
            run.skip(place or "line 1", "this is no example with its runs")
            continue
        yield from ((joined(place, "runs", at), example, members(one)) for at, one in enumerate(example["runs"]))


def _records(source: Source) -> Iterator[tuple[str, Any]]:
    """Examples with their places, also where each answer of several is a list of them."""
    for place, record in records(source, *_LISTS):
        if isinstance(record, list):
            yield from ((joined(place, at), one) for at, one in enumerate(record))
        else:
            yield place, record


def _version(row: dict[str, Any]) -> str:
    return label(row.get("session_name") or row.get("session_id")) or UNNAMED


def _scores(row: dict[str, Any], place: str, run: Run) -> tuple[dict[str, float | None], int]:
    """The scores of a run, and how many of its feedback have labels alone."""
    scores: dict[str, float | None] = {}
    labelled = 0
    for key, stats in members(row.get("feedback_stats")).items():
        name, stated = label(key), members(stats)
        score = number(stated.get("avg"))
        if not usable(name):
            run.skip(place, f"the score {name[:80]!r} cannot be kept under this name")
        elif score is None and stated.get("values") and not stated.get("errors"):
            labelled += 1
        else:
            scores[name] = score
    return scores, labelled


def _case(example: dict[str, Any], row: dict[str, Any], version: str, scores: dict[str, float | None]) -> Case:
    errored = bool(row.get("error"))
    spent = {LATENCY: took_ms(row.get("start_time"), row.get("end_time")), COST: _cost(row.get("total_cost"))}
    known = {name: value for name, value in spent.items() if value is not None and value >= 0}
    fields = plain(example.get("metadata"), "metadata.") | plain(example.get("inputs"), "inputs.")
    asked = same_input([example.get("inputs")])
    return Case(version, {} if errored else {**scores, **known}, fields, label(example["id"]), errored, asked)


def _cost(value: object) -> float | None:
    """US dollars, which older answers write as text."""
    try:
        return number(float(value)) if isinstance(value, str) else number(value)
    except ValueError:
        return None
