"""Which column of a table is which field of native results: by name, or as a person says."""

from __future__ import annotations

from collections.abc import Iterable

from readiness import formatting
from readiness.errors import InputError
from readiness.formatting import some
from readiness.importers.batch import Options
from readiness.language import tr

from .scored import CLUSTER
from .table import CaseTable

REQUIRED = ("metric", "value")
PLACES = ("version", "workflow", "cohort")
"""Where a figure belongs; without these columns it is of one version, every workflow and every cohort."""
ALIASES = {"metric": ("metric", "metric_name"), "value": ("value", "score", "result", "passed")}
"""Names of the columns of other tables that have a row for each case and metric."""
FIELDS = (
    *PLACES,
    *REQUIRED,
    *("n", "passed", "case_id", "cluster_id", "threshold", "higher_is_better", "unit", "error", "run_at", "trace_id"),
    *("critical", "judge"),
)


def is_long(columns: Iterable[str]) -> bool:
    """Whether a column names the metric and another one holds its values."""
    names = {_plain(name) for name in columns}
    return all(names.intersection(aliases) for aliases in ALIASES.values())


def _plain(column: str) -> str:
    return column.strip().lstrip("\ufeff").lower().replace(" ", "_")


def choose(opened: CaseTable, options: Options) -> dict[str, str]:
    """Our field to the file's column: by name, or as the mapping says."""
    columns, source = opened.columns, opened.source
    named = {_plain(column): column for column in reversed(columns)}
    chosen = {field: named[field] for field in FIELDS if field in named}
    for field, names in ALIASES.items():
        there = [name for name in names if name in named]
        chosen |= {field: named[there[0]]} if there else {}
    if opened.lines:  # a key that only some lines have may come after the first ones
        chosen = {field: field for field in FIELDS if field not in (*PLACES, *REQUIRED)} | chosen
    for key, name in options.fields.items():
        field = "cluster_id" if key == CLUSTER else key
        if field not in FIELDS:
            raise InputError(
                tr("{field!r} is not a field", field=field),
                place="--map",
                expected=tr("one of {known}", known=", ".join(FIELDS)),
            )
        if name not in columns:
            raise InputError(
                tr("there is no column {column!r}", column=name),
                file=source.name,
                expected=tr("one of {known}", known=some(columns)),
            )
        chosen[field] = name
    missing = [field for field in REQUIRED if field not in chosen]
    if missing:
        raise InputError(
            tr("the column {column!r} is missing", column=missing[0]),
            file=source.name,
            expected=tr(
                "the columns {required}, or --map {column}=COLUMN; there are {columns}",
                required=formatting.listed(REQUIRED),
                column=missing[0],
                columns=some(columns),
            ),
        )
    return chosen
