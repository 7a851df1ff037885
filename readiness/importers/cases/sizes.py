"""How many scorecard cells a file may become: told before they are worked out, with the column that makes so many."""

from __future__ import annotations

import duckdb

from readiness import formatting
from readiness.errors import InputError
from readiness.importers.source.limits import MOST_CELLS
from readiness.language import marked, tr

MOST_NAMED = 80
"""Characters of a dimension or a value in a sentence."""
SEPARATOR = ";"
"""Between the cohorts of one case, each `dimension=value`."""
SPREAD = """
WITH spread AS (
    SELECT rowid AS id, version, metric, workflow, unnest(list_prepend('*', list_distinct(list_filter(list_transform(
        string_split(coalesce(cohorts, ''), '{separator}'), lambda each: trim(each)),
        lambda each: each NOT IN ('', '*'))))) AS cohort
    FROM combos WHERE {counted}
)
"""
_ABOUT = f"{SPREAD} SELECT approx_count_distinct((version, metric, workflow, cohort)) FROM spread"
_VALUES = f"""
{SPREAD}, kinds AS (
    SELECT 'version' AS kind, approx_count_distinct(version) AS number FROM spread
    UNION ALL SELECT 'metric', approx_count_distinct(metric) FROM spread
    UNION ALL SELECT 'workflow', approx_count_distinct(workflow) FROM spread
    UNION ALL SELECT 'cohort ' || split_part(cohort, '=', 1), approx_count_distinct(cohort) FROM spread
              WHERE cohort <> '*' GROUP BY ALL
)
SELECT kind, number, (SELECT count(*) FROM kinds WHERE starts_with(kind, 'cohort ')) AS dimensions
FROM kinds ORDER BY number DESC, kind LIMIT 1
"""
_NUMBER = """
SELECT count(*) FROM (SELECT DISTINCT version, metric, workflow, cohort FROM members)
"""


def _number(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    row = connection.execute(query).fetchone()
    return int(row[0]) if row and row[0] is not None else 0


def check_estimate(connection: duckdb.DuckDBPyConnection, counted: str) -> None:
    """What is plainly too much is told from an estimate, before combinations are counted in each of their cohorts."""
    about = _number(connection, _ABOUT.format(counted=counted, separator=SEPARATOR))
    if about > MOST_CELLS * 1.2:
        raise _too_many_cells(connection, counted, tr("more than {most}", most=formatting.whole(MOST_CELLS)))


def check(connection: duckdb.DuckDBPyConnection, counted: str) -> None:
    """Raises InputError where the combinations, counted in each of their cohorts, are more cells than may be."""
    number = _number(connection, _NUMBER)
    if number > MOST_CELLS:
        raise _too_many_cells(connection, counted, f"{number:,}")


def check_stated(number: int, *, more: int = 0) -> None:
    """Raises InputError for more figures, stated and (`more`) worked out, than a file may hold."""
    if number + more > MOST_CELLS:
        problem = tr(
            "the file would become {number} scorecard cells, of which {stated} are stated in it",
            number=formatting.whole(number + more),
            stated=formatting.whole(number),
        )
        raise InputError(
            problem,
            expected=tr("at most {most}: figures of fewer cohorts and workflows", most=formatting.whole(MOST_CELLS)),
        )


_FOLDED = {
    "version": (
        marked("the version alone has about {values} values"),
        marked("fold it into few versions, or leave it out"),
    ),
    "metric": (
        marked("the metric alone has about {values} values"),
        marked("fold it into few metrics, or leave it out"),
    ),
    "workflow": (
        marked("the workflow alone has about {values} values"),
        marked("fold it into few workflows, or leave it out"),
    ),
}


def _too_many_cells(connection: duckdb.DuckDBPyConnection, counted: str, number: str) -> InputError:
    """Which of its columns splits a file into so many parts, and what to do about it."""
    row = connection.execute(_VALUES.format(counted=counted, separator=SEPARATOR)).fetchone()
    kind, values, dimensions = row or ("cohort", 0, 1)
    name, _, dimension = str(kind).partition(" ")
    about = formatting.whole(values)
    if name == "cohort" and dimensions > values:
        what = tr("the cohorts have {dimensions} dimensions", dimensions=formatting.whole(dimensions))
        fold = tr("name few dimensions, each with many values")
    elif name == "cohort":
        shown = repr(dimension[:MOST_NAMED])
        what = tr("the cohort {shown} alone has about {values} values", shown=shown, values=about)
        fold = tr("fold {shown} into few, or leave it out", shown=shown)
    else:
        what, fold = (tr(text, values=about) for text in _FOLDED[name])
    return InputError(
        tr("the file would become {number} scorecard cells, since {what}", number=number, what=what),
        expected=tr("at most {most}: {fold}", most=formatting.whole(MOST_CELLS), fold=fold),
    )
