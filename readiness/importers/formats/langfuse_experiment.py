"""Langfuse experiments (https://api.reference.langfuse.com): items of `GET /api/public/experiment-items` with `scores`.

An item names its experiment, and is one run of a case of a data set. Scores that are categories or texts are no
figures. An item whose level is ERROR is an errored case.
"""

from __future__ import annotations

from typing import Any

from readiness import english
from readiness.errors import InputError
from readiness.importers.batch import Batch, Options
from readiness.importers.cases.many import bounded
from readiness.importers.cases.scored import LATENCY, UNNAMED, Case, Run, number, same_input, to_batch, usable
from readiness.importers.cases.unscored import add_unscored
from readiness.importers.naming import label, plain
from readiness.importers.source.gateway import Source
from readiness.importers.source.shapes import items, members
from readiness.importers.spans.documents import keys_at, records
from readiness.importers.spans.span_values import took_ms
from readiness.language import marked, tr

_ITEM = {"experimentId", "experimentItemId", "traceId"}


class LangfuseExperiment:
    format = "langfuse-experiment"
    title = marked("Langfuse experiment items (JSON, JSON lines)")

    def sniff(self, source: Source) -> bool:
        if source.head_text.lstrip()[:1] not in ("{", "["):
            return False
        outer, inner = keys_at(source)
        return outer >= _ITEM or ("data" in outer and inner >= _ITEM)

    def read(self, source: Source, options: Options) -> Batch:
        """Every item with its scores. Raises InputError where there is none, or none was listed with scores."""
        run = Run(tool="Langfuse")
        listed = not_figures = 0
        rows = ((place or "line 1", members(row)) for place, row in records(source, "data"))
        for place, row in bounded(rows, run, source):
            if not row.get("experimentItemId"):
                run.skip(place, "the item names no case of a data set")
                continue
            listed += "scores" in row
            scores, others = _scores(row, place, run)
            not_figures += others
            run.cases.append(_case(row, scores))
            run.ran_at(row.get("startTime"))
        if run.cases and not listed:
            raise InputError(
                tr("the items were listed without scores"),
                file=source.name,
                expected=tr("fields=core,dataset,io,scores"),
            )
        add_unscored(run)
        if not_figures:
            run.notes.append(
                f"{english.counted(not_figures, 'score')} that is a category or a text, which count as nothing"
            )
        return to_batch(source, options, run, self.format)


IMPORTER = LangfuseExperiment()


def _scores(row: dict[str, Any], place: str, run: Run) -> tuple[dict[str, float | None], int]:
    """Of several scores of one name the last, and how many are no figures."""
    scores: dict[str, float | None] = {}
    others = 0
    for score in sorted(map(members, items(row.get("scores"))), key=lambda score: str(score.get("timestamp"))):
        name, value = label(score.get("name")), number(score.get("value"))
        if value is None and isinstance(score.get("value"), str):
            others += 1
        elif usable(name):
            scores[name] = value
        else:
            run.skip(place, f"the score {name[:80]!r} cannot be kept under this name")
    return scores, others


def _case(row: dict[str, Any], scores: dict[str, float | None]) -> Case:
    errored = row.get("level") == "ERROR"
    took = took_ms(row.get("startTime"), row.get("endTime"))
    spent = {LATENCY: took} if took is not None and took >= 0 else {}
    fields = plain(row.get("experimentItemMetadata"), "metadata.") | plain(row.get("input"), "input.")
    version = label(row.get("experimentName") or row.get("experimentId")) or UNNAMED
    asked = same_input([row.get("input")])
    return Case(version, {} if errored else {**scores, **spent}, fields, label(row["experimentItemId"]), errored, asked)
