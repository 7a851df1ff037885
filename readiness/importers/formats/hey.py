"""hey's requests (https://github.com/rakyll/hey): `-o csv`, a row for each answer with its time in seconds.

A request without an answer has no row, so the share that failed is not known: an answer with a status from 400 counts
as an HTTP error, and the latency says, as a stated figure does, nothing of what was lost.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from readiness import formatting
from readiness.errors import InputError
from readiness.importers.batch import Batch, Options
from readiness.importers.cases import csv_rows, loads
from readiness.importers.cases.cells import Measure
from readiness.importers.cases.loads import CONCURRENCY
from readiness.importers.cases.scored import LATENCY, UNNAMED, Case, Run, to_batch
from readiness.importers.source.gateway import Source
from readiness.importers.source.limits import MOST_SCORES
from readiness.language import marked, tr

COLUMNS = {"response-time", "status-code", "offset"}
HTTP_ERRORS = "http_error_rate"
NOTE = "a request without an answer has no row, so how many were lost is not known"


class Hey:
    format = "hey"
    title = marked("hey load test (CSV)")

    def sniff(self, source: Source) -> bool:
        return csv_rows.header(source) >= COLUMNS

    def read(self, source: Source, options: Options) -> Batch:
        """Latency and HTTP errors of every answer. Raises InputError where there is none that can be used."""
        at = loads.concurrency(options)
        fields = {CONCURRENCY: str(at)} if at else {}
        run = Run(tool="hey", measures={HTTP_ERRORS: Measure("ratio", "lower")})
        for place, row, uneven in csv_rows.rows(source, COLUMNS):
            if uneven:
                run.skip(place, uneven)
            else:
                _add(run, place, row, fields)
        run.notes += filter(None, [NOTE, loads.told(at)])
        mapping = ({CONCURRENCY: str(at), "cohort": CONCURRENCY} if at else {}) | options.mapping
        batch = to_batch(source, replace(options, mapping=mapping), run, self.format)
        return replace(batch, cells=tuple(cell.model_copy(update={"stated": True}) for cell in batch.cells))


IMPORTER = Hey()


def _add(run: Run, place: str, row: Mapping[str, str], fields: Mapping[str, str]) -> None:
    took, status = row["response-time"], row["status-code"]
    if not took.replace(".", "", 1).isdecimal() or len(took) > 12:
        run.skip(place, f"response-time {took[:80]} is no time")
    elif not (status.isdecimal() and len(status) == 3):
        run.skip(place, f"status-code {status[:80]} is no status")
    elif len(run.cases) >= MOST_SCORES // 2:
        raise InputError(
            tr("the file has too many requests"), expected=tr("at most {most}", most=formatting.whole(MOST_SCORES // 2))
        )
    else:
        scores = {LATENCY: float(took) * 1000, HTTP_ERRORS: float(int(status) >= 400)}
        run.cases.append(Case(UNNAMED, scores, fields))
