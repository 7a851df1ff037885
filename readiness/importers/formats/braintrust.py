"""Braintrust experiments (https://www.braintrust.dev/docs): rows of `Eval`, a JSON object a line or a list of them.

A score that is null is one that its scorer chose not to give, and counts as nothing; a scorer that raised has no key,
and stands in `metadata.scorer_errors`. A row with an `error` is one whose task failed.
"""

from __future__ import annotations

from typing import Any

from readiness import english
from readiness.importers.batch import Batch, Options
from readiness.importers.cases.many import bounded
from readiness.importers.cases.scored import UNNAMED, Case, Run, number, same_input, to_batch, usable
from readiness.importers.naming import label, plain
from readiness.importers.source.gateway import Source
from readiness.importers.source.shapes import members
from readiness.importers.spans.documents import keys_at, records
from readiness.language import marked

KEYS = {"scores", "expected"}
ERRORS = "scorer_errors"


class Braintrust:
    format = "braintrust"
    title = marked("Braintrust experiment (JSON, JSON lines)")

    def sniff(self, source: Source) -> bool:
        if source.head_text.lstrip()[:1] not in ("{", "["):
            return False
        outer = keys_at(source)[0]
        return outer >= KEYS and bool({"exc_info", "root_span_id", "_xact_id"} & outer)

    def read(self, source: Source, options: Options) -> Batch:
        """Every row with its scores. Raises InputError where there is none."""
        run = Run(tool="Braintrust")
        skipped = 0
        for place, row in bounded(records(source, "rows", "events", "data"), run, source):
            if not isinstance(members(row).get("scores"), dict):
                run.skip(place or "line 1", "the row has no scores")
                continue
            run.cases.append(_case(row, place, run))
            skipped += sum(score is None for score in row["scores"].values())
            run.ran_at(row.get("created"))
        if skipped:
            run.notes.append(
                f"{english.counted(skipped, 'score')} that a scorer chose not to give, which count as nothing"
            )
        return to_batch(source, options, run, self.format)


IMPORTER = Braintrust()


def _case(row: dict[str, Any], place: str, run: Run) -> Case:
    scores: dict[str, float | None] = {}
    metadata = members(row.get("metadata"))
    for name, given in [*row["scores"].items(), *dict.fromkeys(members(metadata.get(ERRORS)), False).items()]:
        raised = name in members(metadata.get(ERRORS)) and name not in row["scores"]
        if given is None:
            continue
        if not usable(name) or (not raised and number(given) is None):
            run.skip(place or "line 1", f"the score {name[:80]!r} is no number, or cannot be kept under this name")
        scores |= {name: None if raised else number(given)} if usable(name) else {}
    fields = plain({key: value for key, value in metadata.items() if key != ERRORS}, "metadata.")
    asked = same_input([row.get("input"), row.get("expected")])
    version = label(metadata.get("version")) or UNNAMED
    return Case(version, scores, fields, asked, errored=bool(row.get("error")))
