"""Phoenix experiments (https://arize.com/docs/phoenix): `GET /v1/experiments/{id}/json` and `…/csv`.

A run whose task failed is scored all the same: where `error` is set it is an errored case, whatever its annotations
say. Only the CSV has the metadata of the example. Neither names the experiment.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from readiness.importers.batch import Batch, Options
from readiness.importers.cases import csv_rows
from readiness.importers.cases.columns import figure
from readiness.importers.cases.many import bounded
from readiness.importers.cases.scored import LATENCY, UNNAMED, Case, Run, number, to_batch, usable
from readiness.importers.naming import label, plain
from readiness.importers.source.gateway import Source
from readiness.importers.source.shapes import items, members
from readiness.importers.source.streamed import listed
from readiness.importers.spans.documents import keys_at
from readiness.language import marked

KEYS = {"example_id", "repetition_number", "reference_output"}
_COLUMN = re.compile(r"annotation_(.+)_(score|label|error)")


class PhoenixExperiment:
    format = "phoenix-experiment"
    title = marked("Phoenix experiment (JSON, CSV)")

    def sniff(self, source: Source) -> bool:
        if source.head_text.lstrip()[:1] in ("[", "{"):
            return keys_at(source)[0] >= KEYS
        return csv_rows.header(source) >= KEYS

    def read(self, source: Source, options: Options) -> Batch:
        """Every run with its annotations. Raises InputError where there is none."""
        run = Run(tool="Phoenix")
        for place, row in bounded(_rows(source), run, source):
            if not row.get("example_id"):
                run.skip(place, row.get("uneven") or "the run names no example")
                continue
            run.cases.append(_case(row, place, run))
            run.ran_at(row.get("start_time"))
        return to_batch(source, options, run, self.format)


IMPORTER = PhoenixExperiment()


def _rows(source: Source) -> Iterator[tuple[str, dict[str, Any]]]:
    if source.head_text.lstrip()[:1] in ("[", "{"):
        document = listed(source, (), ("data",))
        rows = document.rows(())
        if rows is None:
            rows = document.rows(("data",)) or [document.rest]
        yield from ((f"[{at}]", members(row)) for at, row in enumerate(rows))
        return
    for place, cells, uneven in csv_rows.rows(source):
        yield place, {"uneven": uneven} if uneven else _of_csv(cells)


def _of_csv(cells: Mapping[str, str]) -> dict[str, Any]:
    """The row as the JSON has it, with the metadata beside."""
    row = {name: text for name, text in cells.items() if text}
    annotations: dict[str, dict[str, Any]] = {}
    for column, text in row.items():
        if match := _COLUMN.fullmatch(column):
            value = figure(text) if match[2] == "score" else text
            annotations.setdefault(match[1], {"name": match[1]})[match[2]] = value
    took = figure(row.get("latency_ms"))
    parsed = {name: _object(row.get(name)) for name in ("metadata", "input")}
    return {**row, **parsed, "latency_ms": took, "annotations": list(annotations.values())}


def _object(text: str | None) -> Any:
    try:
        return json.loads(text) if text else None
    except (ValueError, RecursionError):
        return None


def _case(row: dict[str, Any], place: str, run: Run) -> Case:
    scores: dict[str, float | None] = {}
    for annotation in map(members, items(row.get("annotations"))):
        name, score = label(annotation.get("name")), number(annotation.get("score"))
        if not usable(name):
            run.skip(place, f"the score {name[:80]!r} cannot be kept under this name")
        elif score is not None or annotation.get("error") or annotation.get("label") is None:
            scores[name] = None if annotation.get("error") else score
    took = number(row.get("latency_ms"))
    errored = bool(row.get("error"))
    if took is not None and took >= 0 and not errored:
        scores[LATENCY] = took
    fields = plain(row.get("metadata"), "metadata.") | plain(row.get("input"), "input.")
    return Case(UNNAMED, {} if errored else scores, fields, label(row["example_id"]), errored)
