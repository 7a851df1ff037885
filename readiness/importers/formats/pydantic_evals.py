"""Reports of Pydantic Evals (https://ai.pydantic.dev/evals/): `EvaluationReport` as JSON.

A case has scores, assertions that hold or not, and labels, which are classes. A case whose task failed stands under
`failures`, and has none of these. An evaluator that failed leaves no key: it is an error of every metric that it gives
for other cases. Repeats of a case carry a number in their name, and name the case they repeat.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from readiness.errors import InputError
from readiness.importers.batch import Batch, Options
from readiness.importers.cases.cells import Measure
from readiness.importers.cases.many import bounded
from readiness.importers.cases.scored import COST, LATENCY, UNNAMED, Case, Run, number, to_batch, usable
from readiness.importers.naming import label, plain
from readiness.importers.settings import MODEL
from readiness.importers.source.gateway import Source
from readiness.importers.source.shapes import items, members
from readiness.importers.source.streamed import Listed, listed
from readiness.importers.spans.documents import keys_at
from readiness.language import marked, tr

MOST_CLASSES = 50
"""Of one label: each is a rate of its own."""
_KINDS = ("scores", "assertions", "labels")


class PydanticEvals:
    format = "pydantic-evals"
    title = marked("Pydantic Evals report (JSON)")

    def sniff(self, source: Source) -> bool:
        if not source.head_text.lstrip().startswith("{"):
            return False
        outer, inner = keys_at(source)
        return "cases" in outer and {"assertions", "task_duration", "total_duration"} <= inner

    def read(self, source: Source, options: Options) -> Batch:
        """Every case with its scores. Raises InputError where there is none."""
        document = listed(source, ("cases",), ("failures",), nan=True)
        if document.rows(("cases",)) is None:
            raise InputError(
                tr("this is not a report of Pydantic Evals"), file=source.name, expected=tr("a list of cases")
            )
        return to_batch(source, options, _Report(source, document).run(), self.format)


IMPORTER = PydanticEvals()


class _Report:
    """What the report says of its metrics: which evaluator gives them, and the classes of each label."""

    def __init__(self, source: Source, document: Listed) -> None:
        self.source = source
        self.cases, self.failures = document.rows(("cases",)) or (), document.rows(("failures",)) or ()
        self.about = members(document.rest.get("experiment_metadata"))
        self.version = label(self.about.get("version") or document.rest.get("name")) or UNNAMED
        self.by_evaluator: dict[str, dict[str, None]] = defaultdict(dict)
        self.classes: dict[str, dict[str, None]] = defaultdict(dict)
        for case in map(members, self.cases):
            for kind, name, given in _given(case):
                self.by_evaluator[_source(given)][name] = None
                if kind == "labels" and len(self.classes[name]) < MOST_CLASSES:
                    self.classes[name][label(given.get("value"))[:100]] = None

    def run(self) -> Run:
        run = Run(tool="Pydantic Evals")
        run.settings.add(self.version, {MODEL: self.about.get("model")})
        run.measures |= {
            f"{name}/{value}": Measure("ratio", "informational")
            for name in self.classes
            for value in self.classes[name]
        }
        for at, case in enumerate(bounded(map(members, self.cases), run, self.source)):
            run.cases.append(self._case(case, self._scores(case, f"cases[{at}]", run)))
        for case in bounded(map(members, self.failures), run, self.source):
            run.cases.append(self._case(case, {}, errored=True))
        return run

    def _case(self, case: dict[str, Any], scores: dict[str, float | None], *, errored: bool = False) -> Case:
        fields = plain(case.get("metadata"), "metadata.") | plain(case.get("inputs"), "inputs.")
        name = label(case.get("source_case_name") or case.get("name"))
        return Case(self.version, scores, fields, name, errored)

    def _scores(self, case: dict[str, Any], place: str, run: Run) -> dict[str, float | None]:
        scores: dict[str, float | None] = {}
        for failed in map(members, items(case.get("evaluator_failures"))):
            names = self.by_evaluator.get(_source(failed), {})
            for name in names:
                scores |= dict.fromkeys(self._classes(name) if name in self.classes else [name])
        for kind, name, given in _given(case):
            value = given.get("value")
            if kind == "labels":
                scores |= {key: float(key == f"{name}/{label(value)[:100]}") for key in self._classes(name)}
            elif not usable(name) or number(value) is None:
                run.skip(place, f"the score {name[:80]!r} is no number, or cannot be kept under this name")
                scores |= {name: None} if usable(name) else {}
            else:
                scores[name] = number(value)
        return scores | _spent(case)

    def _classes(self, name: str) -> list[str]:
        return [f"{name}/{value}" for value in self.classes[name]]


def _given(case: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for kind in _KINDS:
        for name, given in members(case.get(kind)).items():
            yield kind, label(name), members(given)


def _source(given: dict[str, Any]) -> str:
    return label(members(given.get("source")).get("name") or given.get("name"))


def _spent(case: dict[str, Any]) -> dict[str, float | None]:
    """Time and money, and what the task counted itself."""
    seconds = number(case.get("task_duration"))
    counted = {label(name): number(value) for name, value in members(case.get("metrics")).items()}
    cost = counted.pop(COST, None)
    spent = {name: value for name, value in counted.items() if usable(name) and value is not None}
    spent |= {LATENCY: seconds * 1000} if seconds is not None and seconds >= 0 else {}
    return {**spent, **({COST: cost} if cost is not None and cost >= 0 else {})}
