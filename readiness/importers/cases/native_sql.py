"""The SQL that reads native results: rows as they stand, combinations of them, and why rows cannot be used."""

from __future__ import annotations

from readiness import clock
from readiness.model.cells import CRITICAL

LONGEST = 300
PERCENT = "('%', 'percent', 'percentage', 'pct', 'per cent')"
YES, NO = "('true', 't', 'yes', '1')", "('false', 'f', 'no', '0')"
RAW = ("version", "workflow", "cohort", "metric", "unit", "higher_is_better", "passed", "stated", "critical")
"""Fields that a combination keeps as the file writes them; `NORMAL` tidies them up."""

ROWS = """
CREATE OR REPLACE VIEW {view} AS
SELECT {place}{raw}, case_id, cluster_id, run_at, class, error IS NOT NULL AS errored,
       CASE WHEN class IS NOT NULL OR (isfinite(found) AND NOT {below}) THEN NULL
            WHEN {missing} THEN CASE WHEN error IS NULL THEN '' END ELSE {said} END AS bad,
       CASE WHEN error IS NULL
            THEN CASE WHEN class IS NOT NULL THEN 1 WHEN isfinite(found) AND NOT {below} THEN found END END AS value
FROM (SELECT *, {klass} AS class FROM (SELECT *, {number} AS found FROM (SELECT {fields} FROM ({select}))))
"""
BELOW = "coalesce(found < 0 AND trim(metric) IN ('latency_ms', 'cost_usd'), false)"
"""Nothing takes less than no time and no money."""
TEXT = {
    "missing": "nullif(trim(said), '') IS NULL",
    "said": "trim(said)",
    "number": "coalesce(try_cast(said AS DOUBLE), "
    "CASE WHEN lower(trim(said)) IN ('true', 'yes', 'pass', 'passed') THEN 1 "
    "WHEN lower(trim(said)) IN ('false', 'no', 'fail', 'failed') THEN 0 END)",
    "klass": "CASE WHEN found IS NULL AND (split_part(metric, '@', 1) = 'failure_class' OR unit = 'category') "
    "THEN nullif(trim(said), '') END",
}
BY_JUDGE = "CASE WHEN trim({judge}) <> '' THEN trim({metric}) || '@' || trim({judge}) ELSE {metric} END"
"""The metric as each judge scores it."""
COMMAS = TEXT | {
    "number": "CASE WHEN contains(said, ',') THEN try_cast(replace(replace(said, '.', ''), ',', '.') AS DOUBLE) "
    "WHEN NOT contains(said, '.') THEN try_cast(said AS DOUBLE) END"
}
HAS_COMMAS = r"""
SELECT count(*) FILTER (regexp_full_match(bad, '[+-]?([0-9]*,[0-9]+|[1-9][0-9]{0,2}([.][0-9]{3})+,[0-9]+)')
                        AND NOT regexp_full_match(bad, '[+-]?[1-9][0-9]{0,2},[0-9]{3}'))
       > count(*) FILTER (len(list_filter(figures, lambda value: value <> floor(value))) > 0)
FROM combos
"""
"""Whether the file has decimal commas rather than decimal points."""
NUMBER = {
    "missing": "figure IS NULL",
    "said": "CAST(figure AS VARCHAR)",
    "number": "figure",
    "klass": "NULL::VARCHAR",
}
"""How the value is read where the column holds text, text with decimal commas, and numbers."""
TOO_LONG = "\n".join(
    f"    WHEN len({field}) > {LONGEST} THEN '{field} has more than {LONGEST} characters'"
    for field in ("version", "workflow", "cohort", "metric", "unit")
)
_BLANK = "[\\s\u00a0\u2007\u202f\ufeff]"
TRIMMED = f"regexp_replace({{}}, '^{_BLANK}+|{_BLANK}+$', '', 'g')"
"""Without any kind of blank at both ends; `trim` knows spaces only."""
_COHORTS = (
    "list_transform(string_split(cohort, ';'), lambda each: "
    + TRIMMED.format(f"regexp_replace(each, '{_BLANK}*={_BLANK}*', '=')")
    + ")"
)
TIDY = ", ".join(
    f"nullif({TRIMMED.format(field)}, '') AS {field}" for field in RAW if field not in ("stated", "cohort")
)
MARKED, UNMARKED = f"('critical', 'y', '1.0', {YES[1:]}", f"('n', '0.0', {NO[1:]}"
_MARK = f"CASE WHEN lower({TRIMMED.format('critical')}) IN {MARKED} THEN '{CRITICAL}' END"
TIDY += (
    f", nullif(concat_ws(';', CASE WHEN ({_MARK}) IS NULL OR trim(cohort) <> '*' "
    f"THEN nullif(array_to_string({_COHORTS}, ';'), '') END, {_MARK}), '') AS cohort"
)
_IS_CLASS = "(split_part(metric, '@', 1) = 'failure_class' OR unit = 'category')"
_NO_VALUE = """CASE
    WHEN bad = '' THEN 'value is empty and no error is stated'
    WHEN bad IS NOT NULL AND try_cast(bad AS DOUBLE) IS NULL THEN 'value ' || bad[:80] || ' is not a number'
    WHEN isfinite(try_cast(bad AS DOUBLE)) THEN 'value ' || bad[:80] || ' is below 0'
    WHEN bad IS NOT NULL THEN 'value ' || bad[:80] || ' is not finite'
    END"""
NORMAL = f"""
SELECT *, CASE WHEN reason IS NULL THEN {_NO_VALUE} END AS unscored
FROM (SELECT * REPLACE (CASE WHEN n IS NULL THEN 1 WHEN try_cast(n AS DOUBLE) = floor(try_cast(n AS DOUBLE))
                       THEN try_cast(n AS BIGINT) END AS n,
                  CASE WHEN lower(passed) IN {YES} THEN true WHEN lower(passed) IN {NO} THEN false END AS passed,
                  nullif(workflow, '*') AS workflow),
    CASE
    WHEN version IS NULL THEN 'version is empty'
    WHEN workflow IS NULL THEN 'workflow is empty'
    WHEN metric IS NULL THEN 'metric is empty'
{TOO_LONG}
    WHEN bad IS NOT NULL AND lower(metric) = {{header}} THEN 'the row repeats the header'
    WHEN bad IS NOT NULL AND ({_IS_CLASS} OR try_cast(n AS BIGINT) > 1) THEN {_NO_VALUE}
    WHEN {_IS_CLASS} AND class IS NULL AND NOT errored
        THEN 'a class is a word, not a number'
    WHEN len(class) > {LONGEST} - len(metric) - 1 THEN 'value has too many characters for a class'
    WHEN n IS NOT NULL AND NOT coalesce(try_cast(n AS DOUBLE) = floor(try_cast(n AS DOUBLE))
         AND try_cast(n AS BIGINT) >= 1, false) THEN 'n is not a whole number from 1'
    WHEN try_cast(n AS BIGINT) > 1 AND errored THEN 'an aggregate has no value'
    WHEN try_cast(n AS BIGINT) > 1 AND class IS NOT NULL THEN 'an aggregate cannot be a class'
    WHEN try_cast(n AS BIGINT) > 1 AND len({{cohorts}}) > 1 THEN 'an aggregate names several cohorts at once'
    WHEN len(list_filter({{cohorts}}, lambda each: NOT regexp_matches(each, '^[^=]+=.+$'))) > 0
        THEN 'cohort ' || cohort || ' is not dimension=value'
    WHEN lower(passed) NOT IN {YES} AND lower(passed) NOT IN {NO} THEN 'passed is neither true nor false'
    WHEN lower(higher_is_better) NOT IN {YES} AND lower(higher_is_better) NOT IN {NO}
        THEN 'higher_is_better is neither true nor false'
    END AS reason
FROM (SELECT * EXCLUDE (stated) REPLACE ({TIDY}), nullif(trim(stated), '') AS n FROM {{relation}}))
""".replace(
    "{cohorts}",
    "list_filter(list_transform(string_split(coalesce(cohort, ''), ';'), lambda each: trim(each)), "
    "lambda each: each NOT IN ('', '*'))",
)
CRITICAL_ROWS = f"""
SELECT coalesce(sum(n) FILTER (lower(critical) IN {MARKED}), 0)::BIGINT,
       list(DISTINCT critical ORDER BY critical)
           FILTER (lower(critical) NOT IN {MARKED} AND lower(critical) NOT IN {UNMARKED})
FROM combos WHERE reason IS NULL AND critical IS NOT NULL HAVING count(*) > 0
"""
"""How many rows are marked critical, and what was not read as a mark of it."""
_DAY = "try_cast(left(run_at, 10) AS DATE)"
DAYS = (
    f"max({_DAY}) FILTER ({_DAY} BETWEEN '{clock.FIRST}' AND '{clock.LAST}') AS day",
    f"any_value({_DAY}) FILTER ({_DAY} NOT BETWEEN '{clock.FIRST}' AND '{clock.LAST}') AS odd_day",
)
NO_DAYS = ("NULL::DATE AS day", "NULL::DATE AS odd_day")
LAST_DAY = "SELECT max(day) FROM combos WHERE reason IS NULL"
ODD_DAY = "SELECT min(odd_day) FROM combos WHERE reason IS NULL"
MEASURES = f"""
SELECT metric, list(DISTINCT unit) FILTER (unit IS NOT NULL AND unscored IS NULL),
       list(DISTINCT lower(higher_is_better) IN {YES}) FILTER (higher_is_better IS NOT NULL AND unscored IS NULL),
       min(CASE WHEN stated_n > 1 THEN mean ELSE least(list_min(figures), same) END) FILTER (scored),
       max(CASE WHEN stated_n > 1 THEN mean ELSE greatest(list_max(figures), same) END) FILTER (scored)
FROM combos WHERE reason IS NULL GROUP BY metric ORDER BY metric
"""
COMBOS = """
CREATE TABLE combos AS
SELECT * EXCLUDE (n, rows), n AS stated_n, rows AS n, cohort AS cohorts FROM ({normal})
"""
BESIDE_AGGREGATES = """
UPDATE combos SET reason = unscored, unscored = NULL
WHERE unscored IS NOT NULL
      AND (version, metric) IN (SELECT (version, metric) FROM combos WHERE stated_n > 1 AND reason IS NULL)
"""
"""Where a metric is stated as aggregates, a row without a figure is no case, and is left out."""
GATHERED = "(SELECT * EXCLUDE (n), n AS rows, {absent} FROM gathered)"
CLASSES = """
CREATE OR REPLACE TABLE classes AS SELECT DISTINCT metric, class FROM combos WHERE class IS NOT NULL AND reason IS NULL;
INSERT INTO combos BY NAME
SELECT combos.* REPLACE (
    combos.metric || '/' || classes.class AS metric, (combos.class = classes.class)::DOUBLE AS same,
    (combos.class = classes.class)::DOUBLE AS mean, 0.0 AS squares, NULL AS class, 'ratio' AS unit,
    NULL AS higher_is_better, NULL AS passed
)
FROM combos JOIN classes USING (metric) WHERE combos.class IS NOT NULL AND reason IS NULL;
DELETE FROM combos WHERE class IS NOT NULL AND reason IS NULL;
"""


MIXED = """
SELECT version, coalesce(workflow, '*'), coalesce(cohort, '*'), metric, count(*) FILTER (stated_n = 1) > 0
FROM combos WHERE reason IS NULL
GROUP BY version, workflow, cohort, metric
HAVING sum(n) FILTER (stated_n > 1) > 1 OR (count(*) FILTER (stated_n = 1) > 0 AND count(*) FILTER (stated_n > 1) > 0)
ORDER BY ALL LIMIT 1
"""
