"""Which column of a table is which field of a case: as in a file of results, or a column for each metric."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from readiness.errors import InputError
from readiness.formatting import some
from readiness.importers.batch import Options
from readiness.importers.cases import columns, native_columns
from readiness.importers.cases.scored import SPENT, named_paths
from readiness.importers.cases.table import CaseTable
from readiness.language import tr

METRIC, VALUE, COHORT = "metric", "value", "cohort"


@dataclass(frozen=True)
class TableColumns:
    """Our fields to the columns of a table.

    `dimensions` are columns whose values are those of a dimension, `metrics` columns of which each is a metric; where
    there are none, columns name the metric and its value.
    """

    fields: Mapping[str, str]
    dimensions: Mapping[str, str] = field(default_factory=dict)
    metrics: Mapping[str, str] = field(default_factory=dict)

    @property
    def used(self) -> set[str]:
        return {*self.fields.values(), *self.dimensions, *self.metrics}


def choose(table: CaseTable, options: Options) -> TableColumns:
    """By name, or as the mapping says. Raises InputError for a column that is missing."""
    metrics = _metrics(table, options)
    dimensions = _dimensions(table, options, wide=bool(metrics))
    mapping = dict(options.mapping)
    if dimensions:
        mapping.pop(COHORT, None)
    if not metrics:
        fields = native_columns.choose(table, replace(options, mapping=mapping))
        return TableColumns(_without(fields, dimensions), dimensions)
    for key in (METRIC, *SPENT):
        mapping.pop(key, None)
    names = tuple(name for name in table.columns if name not in metrics and name not in dimensions)
    beside = replace(table, columns=(*names, METRIC, VALUE))
    fields = native_columns.choose(beside, replace(options, mapping=mapping))
    return TableColumns(_without(fields, dimensions, METRIC, VALUE), dimensions, metrics)


def _without(fields: Mapping[str, str], dimensions: Collection[str], *keys: str) -> dict[str, str]:
    left = {*keys, *([COHORT] if dimensions else [])}
    return {key: column for key, column in fields.items() if key not in left}


def _metrics(table: CaseTable, options: Options) -> dict[str, str]:
    """Columns that are metrics, as a person says: several, or one of numbers in a table that has no values."""
    named = columns.split_metrics(options.mapping.get(METRIC, ""))
    spent = {options.mapping[key]: key for key in SPENT if key in options.mapping}
    one = len(named) == 1 and not spent
    if VALUE in options.mapping or not (named or spent) or (one and named[0] not in table.numbers):
        return {}
    metrics = {name: name for name in named} | spent
    for name in metrics:
        _check_there(table, name)
        if name not in table.numbers:
            problem = tr("the column {column!r} holds no numbers", column=name[:80])
            raise InputError(problem, file=table.source.name, expected=tr("numbers, or true and false, in a metric"))
    return metrics


def _dimensions(table: CaseTable, options: Options, *, wide: bool) -> dict[str, str]:
    """Columns that are a dimension each: several, one that is given a name, or any where columns are metrics."""
    text = options.mapping.get(COHORT, "")
    paths = named_paths(options, COHORT, table.columns)
    if not (wide or "," in text or (":" in text and text not in table.columns)):
        return {}
    for name in paths:
        _check_there(table, name)
    return paths


def _check_there(table: CaseTable, name: str) -> None:
    if name not in table.columns:
        problem = tr("there is no column {column!r}", column=name[:80])
        raise InputError(problem, file=table.source.name, expected=tr("one of {known}", known=some(table.columns)))


def check_value(table: CaseTable, column: str, kind: str) -> None:
    """Raises InputError where the values are no numbers."""
    if column not in table.numbers:
        problem = tr("the column {column!r} is of the type {kind}", column=column, kind=kind)
        expected = tr("numbers, or true and false, in value (a view may turn its texts into numbers)")
        raise InputError(problem, file=table.source.name, expected=expected)
