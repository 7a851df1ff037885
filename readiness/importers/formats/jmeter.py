"""JMeter's JTL (https://jmeter.apache.org/usermanual/listeners.html#csvlogformat): a row a sample, as CSV or XML.

The label is the workflow, `allThreads` how many users ran at once. A transaction controller repeats its samples: its
row has neither an address nor an answer, and in XML its samples stand within it, as do the parts of a page; samples
count, their parts do not. Both are counted from disk, however large.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import duckdb

from readiness import english
from readiness.errors import InputError
from readiness.formatting import some
from readiness.importers.batch import Batch, Options
from readiness.importers.cases import csv_rows, level, requests, table
from readiness.importers.cases.cells import workbench
from readiness.importers.cases.requests import REQUESTS
from readiness.importers.cases.scored import LISTED_SKIPS, UNNAMED, Run, day, named_paths, to_batch
from readiness.importers.naming import label
from readiness.importers.source.gateway import Source
from readiness.importers.source.streamed_xml import Elements
from readiness.language import marked, tr

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

COLUMNS = {"timeStamp", "elapsed", "label", "success"}
MAPPING = {"workflow": "label", "concurrency": "allThreads"}
KEYS = ("version", "workflow", "cohort", "concurrency")
_XML = re.compile(r"(?:<\?xml[^>]*>\s*)?<testResults[\s>]")
_OF_A_TRANSACTION = "Number of samples in transaction"
_SAMPLES = ("httpSample", "sample")
_AT_ONCE = 50_000
_WHOLE = """
CREATE TABLE samples AS
SELECT row_number() OVER () AS place, try_cast(elapsed AS DOUBLE) AS took, elapsed, success,
       try_cast("timeStamp" AS BIGINT) AS stamp, {told}, {repeats} AS repeats
FROM {scan}
"""
_REPEATS = f"""coalesce(lower(trim("URL")) IN ('null', '') AND coalesce(trim("dataType"), '') = ''
    AND (coalesce(trim("responseCode"), '') = '' OR starts_with("responseMessage", '{_OF_A_TRANSACTION}')), false)"""
_WHY = """
CASE WHEN took IS NULL OR NOT isfinite(took) OR took < 0 THEN 'elapsed ' || coalesce(elapsed, '')[:80] || ' is no time'
     WHEN coalesce(lower(trim(success)), '') NOT IN ('true', 'false')
         THEN 'success ' || coalesce(success, '')[:80] || ' is neither true nor false'
     WHEN version = '' THEN 'the version is empty' END
"""
_KEPT = f"""
INSERT INTO requests BY NAME
SELECT version, workflow, cohorts, took, lower(trim(success)) = 'false' AS failed, try_cast(users AS BIGINT) AS users
FROM samples WHERE NOT repeats AND ({_WHY}) IS NULL
"""


class JMeter:
    format = "jmeter"
    title = marked("JMeter load test (JTL: CSV, XML)")

    def sniff(self, source: Source) -> bool:
        head = source.head_text.lstrip()
        return bool(_XML.match(head)) if head.startswith("<") else csv_rows.header(source) >= COLUMNS

    def read(self, source: Source, options: Options) -> Batch:
        """Latency and failures of every sample. Raises InputError where there is none that can be used."""
        run = Run(tool="JMeter")
        with workbench() as connection:
            connection.execute(REQUESTS)
            try:
                read = _read_xml if source.head_text.lstrip().startswith("<") else _read_csv
                read(connection, source, options, run)
                requests.figures(connection, run)
            except duckdb.Error as exc:
                raise table.refusal(exc, source) from exc
        return to_batch(source, options, run, self.format)


IMPORTER = JMeter()


def _mapping(options: Options) -> dict[str, str]:
    """Which column is what, as far as the person does not say otherwise."""
    for key in options.fields:
        if key not in KEYS:
            raise InputError(
                tr("{field!r} is not a field", field=key),
                place="--map",
                expected=tr("one of {known}", known=", ".join(KEYS)),
            )
    return MAPPING | options.fields


def _read_csv(connection: duckdb.DuckDBPyConnection, source: Source, options: Options, run: Run) -> None:
    opened = table.open_table(connection, source)
    statement = _statement(opened, options)
    try:
        connection.execute(statement)
    except duckdb.Error as exc:
        if isinstance(exc, duckdb.OutOfMemoryException):
            raise
        with level.levelled(source, len(opened.columns)) as plain:
            if plain is None:
                raise
            connection.execute(_statement(table.open_table(connection, plain.source), options))
            for place, reason in plain.ragged.items():
                run.skip(f"row {place}", reason)
            connection.execute("DELETE FROM samples WHERE place IN (SELECT unnest(?))", [list(plain.ragged)])
    _tell(connection, run)
    connection.execute(_KEPT)


def _statement(opened: table.CaseTable, options: Options) -> str:
    """The samples with their place, and what names them."""
    columns, mapping = opened.columns, _mapping(options)

    def column(name: str) -> str:
        if name not in columns:
            raise InputError(
                tr("there is no column {column!r}", column=name),
                file=opened.source.name,
                expected=tr("one of {known}", known=some(columns)),
            )
        return f"trim(coalesce({table.name(name)}, ''))"

    pairs = [
        f"CASE WHEN {column(path)} <> '' THEN {table.text(name + '=')} || replace({column(path)}, ';', ',') END"
        for path, name in named_paths(options, "cohort").items()
    ]
    users = mapping["concurrency"]
    told = [
        f"{column(mapping['version']) if 'version' in mapping else table.text(UNNAMED)} AS version",
        f"{column(mapping['workflow'])} AS workflow",
        f"concat_ws(';', {', '.join(pairs)}) AS cohorts" if pairs else "'' AS cohorts",
        f"{column(users) if users in columns or 'concurrency' in options.fields else 'NULL'} AS users",
    ]
    told_apart = {"URL", "dataType", "responseCode", "responseMessage"} <= set(columns)
    return _WHOLE.format(told=", ".join(told), repeats=_REPEATS if told_apart else "false", scan=opened.scan)


def _tell(connection: duckdb.DuckDBPyConnection, run: Run) -> None:
    """What is skipped and why, what is left out, and when the test ran."""
    skipped = f"SELECT place, {_WHY} AS why FROM samples WHERE NOT repeats AND why IS NOT NULL"
    for place, why in connection.execute(f"{skipped} ORDER BY place LIMIT {LISTED_SKIPS}").fetchall():
        run.skip(f"row {place}", str(why))
    rows = connection.execute("SELECT workflow, count(*) FROM samples WHERE repeats GROUP BY 1 ORDER BY 1").fetchall()
    _tell_transactions({str(name): often for name, often in rows}, run)
    run.measured_on = day(connection.execute("SELECT max(stamp) FROM samples").fetchall()[0][0])


def _tell_transactions(often: dict[str, int], run: Run) -> None:
    if often:
        rows = english.counted(sum(often.values()), "row")
        run.notes.append(
            f"{rows} of transaction controllers repeat their samples and are left out: {english.some(list(often))}"
        )


def _read_xml(connection: duckdb.DuckDBPyConnection, source: Source, options: Options, run: Run) -> None:
    mapping = {"label": "lb", "allThreads": "na"}
    named = {key: mapping.get(name, name) for key, name in _mapping(options).items()}
    cohorts = {mapping.get(path, path): name for path, name in named_paths(options, "cohort").items()}
    rows: list[tuple[Any, ...]] = []
    transactions: dict[str, int] = {}
    newest = 0
    for place, sample in _samples(source, transactions):
        row, reason = _row(sample, named, cohorts)
        if reason:
            run.skip(place, reason)
            continue
        rows.append(row)
        newest = max(newest, int(stamp) if (stamp := sample.get("ts", "")).isdecimal() and len(stamp) < 16 else 0)
        if len(rows) >= _AT_ONCE:
            requests.add(connection, rows)
            rows = []
    requests.add(connection, rows)
    run.measured_on = day(newest) if newest else None
    _tell_transactions(transactions, run)


def _samples(source: Source, transactions: dict[str, int]) -> Iterator[tuple[str, Element]]:
    """Each sample with its place; of a transaction those within it. Raises InputError where the XML is none."""
    depth = number = 0
    root: Element | None = None
    elements = Elements(source)
    for event, element in elements:
        root = element if root is None else root
        depth += 1 if event == "start" else -1
        if event == "end" and depth == 1:
            if element.tag in _SAMPLES:
                number += 1
                yield from _of(element, f"sample {number}", transactions)
            elements.release(root)


def _of(element: Element, place: str, transactions: dict[str, int]) -> Iterator[tuple[str, Element]]:
    if element.tag == "sample" and element.get("rm", "").startswith(_OF_A_TRANSACTION):
        name = label(element.get("lb"))
        transactions[name] = transactions.get(name, 0) + 1
        inner = [child for child in element if child.tag in _SAMPLES]
        yield from ((f"{place}, {at}", child) for at, child in enumerate(inner, start=1))
    else:
        yield place, element


def _row(sample: Element, named: dict[str, str], cohorts: dict[str, str]) -> tuple[tuple[Any, ...], str]:
    took, passed, users = sample.get("t", ""), sample.get("s", "").lower(), sample.get(named["concurrency"], "")
    if not took.isdecimal() or len(took) > 12:
        return (), f"t {took[:80]} is no time"
    if passed not in ("true", "false"):
        return (), f"s {passed[:80]} is neither true nor false"
    version = label(sample.get(named["version"])) if "version" in named else UNNAMED
    if not version:
        return (), "the version is empty"
    pairs = [
        f"{name}={value.replace(';', ',')}" for path, name in cohorts.items() if (value := label(sample.get(path)))
    ]
    threads = int(users) if users.isdecimal() and len(users) < 10 else None
    return (version, label(sample.get(named["workflow"])), ";".join(pairs), float(took), passed == "false", threads), ""
