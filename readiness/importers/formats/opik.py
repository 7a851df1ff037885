"""Opik experiment items (https://www.comet.com/docs/opik/reference/rest-api): a JSON line for each of its cases.

A judge that failed leaves no score: a case without a score that others of its experiment have is an error of it. An
item without an output is a case whose task failed. `duration` is in milliseconds, the cost in US dollars.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from readiness.importers.batch import Batch, Options
from readiness.importers.cases.many import bounded
from readiness.importers.cases.scored import COST, LATENCY, UNNAMED, Case, Run, number, same_input, to_batch, usable
from readiness.importers.cases.unscored import add_unscored
from readiness.importers.naming import label, plain
from readiness.importers.source.gateway import Source
from readiness.importers.source.shapes import items, members
from readiness.importers.spans.documents import keys_at, records
from readiness.language import marked

KEYS = {"experiment_id", "dataset_item_id", "trace_id"}


class OpikExperiment:
    format = "opik"
    title = marked("Opik experiment items (JSON lines, JSON)")

    def sniff(self, source: Source) -> bool:
        return source.head_text.lstrip()[:1] in ("{", "[") and keys_at(source)[0] >= KEYS

    def read(self, source: Source, options: Options) -> Batch:
        """Every item with its scores. Raises InputError where there is none."""
        run = Run(tool="Opik")
        experiments = dict[Any, None]()
        for place, record in bounded(records(source, "content"), run, source):
            row = members(record)
            if not row.get("dataset_item_id"):
                run.skip(place or "the item", "the item names no case of a data set")
                continue
            experiments[row.get("experiment_id")] = None
            run.cases.append(_case(row, _scores(row, place or "the item", run)))
            run.ran_at(row.get("created_at"))
        if len(experiments) == 1:
            run.cases = [replace(case, label=UNNAMED) for case in run.cases]
        add_unscored(run, "others of the experiment")
        return to_batch(source, options, run, self.format)


IMPORTER = OpikExperiment()


def _scores(row: dict[str, Any], place: str, run: Run) -> dict[str, float | None]:
    scores: dict[str, float | None] = {}
    for score in map(members, items(row.get("feedback_scores"))):
        name, value = label(score.get("name")), number(score.get("value"))
        if usable(name) and value is not None:
            scores[name] = value
        else:
            run.skip(place, f"the score {name[:80]!r} is no number, or cannot be kept under this name")
    return scores


def _case(row: dict[str, Any], scores: dict[str, float | None]) -> Case:
    version, errored = label(row.get("experiment_id")), row.get("output") in (None, "", {})
    spent: dict[str, float | None] = {}
    for name, key in ((LATENCY, "duration"), (COST, "total_estimated_cost")):
        value = number(row.get(key))
        if value is not None and value >= 0 and not errored:
            spent[name] = value
    fields = plain(row.get("input"), "input.")
    asked = same_input([row.get("input")])
    return Case(version, {} if errored else scores | spent, fields, label(row["dataset_item_id"]), errored, asked)
