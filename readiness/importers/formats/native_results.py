"""Native results: one row for a case of one metric (or a stated figure with its n), as CSV, JSON lines or Parquet.

Fields: version, workflow, cohort, metric, value, n, passed, case_id, cluster_id, threshold, higher_is_better, unit,
error, run_at, trace_id. Rows with one `case_id` are runs of one case, those with one `cluster_id` (a conversation, a
document, a user) depend on each other. `cohort` is `dimension=value`, several joined by `;`. An n above 1 makes the
row an aggregate. Where the unit is `category` (or the metric is `failure_class`) the value is a class, and each class
becomes a rate. A `critical` case counts in the cohort `severity=critical` too. A metric with a `judge` is that judge's
own (`groundedness@model-x`), so that two judges are never averaged.

The file is read in one pass into combinations (see `cells`); whatever can be told from a combination alone is checked
there. Only a file with faults is read again, to say where they are.
"""

from __future__ import annotations

from dataclasses import replace

import duckdb

from readiness.importers.batch import Batch, Options
from readiness.importers.cases import level, table, wide
from readiness.importers.cases.cells import workbench
from readiness.importers.cases.native_columns import FIELDS, is_long
from readiness.importers.cases.native_reader import FORMAT, NativeReader
from readiness.importers.cases.table import CaseTable
from readiness.importers.source.gateway import Source
from readiness.importers.spans.documents import keys_at
from readiness.language import marked


class NativeResults:
    format = FORMAT
    title = marked("results as a table (CSV, JSON lines, Parquet)")

    def sniff(self, source: Source) -> bool:
        if source.head.startswith(table.PARQUET):
            columns = wide.parquet_columns(source)
            return not columns or is_long(columns)
        first = table.first_line(source)
        if first.startswith("["):
            return is_long(wide.array_row(source))
        if first.startswith("{"):
            return is_long(keys_at(source)[0])
        names = {name.strip().strip('"').lower() for name in first.split(table.delimiter(first))}
        return is_long(names) or (len(names & set(FIELDS)) >= 2 and bool(names & {"metric", "value"}))

    def read(self, source: Source, options: Options) -> Batch:
        """All of the file as cells; a row that cannot be used is skipped, a file that is not a table is refused."""
        with wide.array_as_lines(source) as lines:
            return self._read(lines, options)

    def _read(self, source: Source, options: Options) -> Batch:
        with workbench() as connection:
            opened = None
            try:
                opened = table.open_table(connection, source)
                return NativeReader(connection, opened, options).read()
            except duckdb.Error as exc:
                is_bytes = source.head.startswith(table.PARQUET)
                if opened is None or is_bytes or isinstance(exc, duckdb.OutOfMemoryException):
                    raise table.refusal(exc, source) from exc
                if not opened.lines:
                    return self._read_levelled(opened, options, exc)
                table.locate(connection, opened)
                return self._read_carefully(opened, options)

    def _read_carefully(self, opened: CaseTable, options: Options) -> Batch:
        with workbench() as connection:
            try:
                return NativeReader(connection, replace(opened, careful=True), options).read()
            except duckdb.Error as exc:
                raise table.refusal(exc, opened.source) from exc

    def _read_levelled(self, opened: CaseTable, options: Options, fault: duckdb.Error) -> Batch:
        """The file again without its rows of too few or too many cells; for any other fault it is refused."""
        with level.levelled(opened.source, len(opened.columns)) as plain, workbench() as connection:
            if plain is None:
                raise table.refusal(fault, opened.source) from fault
            try:
                again = table.open_table(connection, plain.source)
                return NativeReader(connection, again, options, ragged=plain.ragged).read()
            except duckdb.Error as exc:
                raise table.refusal(exc, plain.source) from exc


IMPORTER = NativeResults()
