"""Any other table, by a column map: one row is a case, one column a metric.

So are the results of Ragas (https://docs.ragas.io/en/stable/concepts/metrics/) and of many scripts. Which columns are
metrics, which one names the workflow and so on is what the person says (`metric=faithfulness,answer_relevancy`,
`workflow=flow`); until then columns of numbers are read as metrics. A note tells them, and another every column that is
not read. An empty cell is an error of its metric, never 0.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from readiness import english, formatting
from readiness.errors import InputError
from readiness.formatting import listed, some
from readiness.importers.batch import Batch, Options
from readiness.importers.cases import columns, repeats, untidy, wide
from readiness.importers.cases.columns import (
    CASE_ID,
    COHORT,
    ERROR,
    LONGEST_VALUE,
    METRIC,
    READ_AS,
    VERSION,
    WORKFLOW,
    Chosen,
    Column,
    Figure,
    figure,
    may_be_named,
    plain,
)
from readiness.importers.cases.rows import TableRow
from readiness.importers.cases.scored import CLUSTER, MARKED, PASS, SPENT, UNNAMED, Case, Run, same_input, to_batch
from readiness.importers.naming import label
from readiness.importers.source.gateway import Source
from readiness.importers.source.limits import MOST_SCORES
from readiness.language import marked, tr, trn


class AnyTable:
    format = "table"
    title = marked("any other table (CSV, JSON lines, Parquet), by a column map")

    def sniff(self, source: Source) -> bool:
        return wide.is_wide(source)

    def read(self, source: Source, options: Options) -> Batch:
        """The rows as cells. Raises InputError where no column is a metric, or where no row can be used."""
        table = wide.read(source)
        run = Run(notes=table.numerals.notes)
        for place, reason in table.skips:
            run.skip(place, reason)
        if not table.rows:
            problem = tr("the table has no rows")
            if run.skips:
                problem = tr("the table has no rows: {reason}", reason=run.skips[0].reason)
            raise InputError(problem, file=source.name, expected=tr("a row for each case"))
        surveyed = columns.survey(table.rows, table.numerals.unclear, source)
        chosen = columns.choose(surveyed, options, source)
        _refuse_aggregates(surveyed, options, source)
        _Reader(surveyed, chosen, run, source).read(table.rows)
        batch = to_batch(source, replace(options, mapping=chosen.mapping), run, self.format)
        fields = tuple(filter(may_be_named, surveyed))
        return replace(batch, fields=fields, proposed=chosen.proposed, mapping=chosen.mapping)


IMPORTER = AnyTable()


def _unfit(name: str, column: str, value: Figure) -> str:
    """Why a cell is no figure of this metric; empty where it is one, or empty itself."""
    if isinstance(value, str):
        return f"{column[:80]} {value[:80]!r} is not a number"
    if value is not None and name == PASS and value not in (0, 1):
        return f"{PASS} {value:g} is neither true nor false"
    if value is not None and name in SPENT and value < 0:
        return f"{column[:80]} {value:g} is below 0"
    return ""


def _refuse_aggregates(surveyed: Collection[str], options: Options, source: Source) -> None:
    """Raises InputError where each row speaks of many cases, unless a person says that a column is a score of cases."""
    if METRIC not in options.mapping and (names := untidy.aggregates(list(surveyed))):
        raise InputError(
            tr("the rows look like figures of many cases each (columns {names})", names=listed(names)),
            file=source.name,
            expected=tr("a row for each case, or --map metric=COLUMN where each row is one"),
        )


@dataclass(frozen=True)
class _Reader:
    """Rows as cases, by the columns that were chosen."""

    columns: dict[str, Column]
    chosen: Chosen
    run: Run
    source: Source

    @cached_property
    def _fields(self) -> list[str]:
        """What names the workflow and the cohorts, and what else could."""
        mapped = {self.chosen.column(WORKFLOW), self.chosen.column(MARKED), *self.chosen.columns(COHORT)} - {""}
        return [name for name, column in self.columns.items() if name in mapped or column.is_names]

    def read(self, rows: wide.Rows) -> None:
        metrics = self._metrics()
        if len(rows) * len(metrics) > MOST_SCORES:
            problem = tr(
                "{rows} rows {of_metrics} are too many scores",
                rows=formatting.whole(len(rows)),
                of_metrics=trn("of {n} metric", "of {n} metrics", len(metrics)),
            )
            raise InputError(
                problem,
                file=self.source.name,
                expected=tr("at most {most}; {larger}", most=formatting.whole(MOST_SCORES), larger=tr(wide.LARGER)),
            )
        empty: Counter[str] = Counter()
        for place, row in rows:
            if reason := self._unusable(row):
                self.run.skip(place, reason)
                continue
            errored = bool(self.chosen.column(ERROR)) and columns.says_error(row.get(self.chosen.column(ERROR)))
            scores = dict.fromkeys(metrics) if errored else self._scores(row, place, metrics, empty)
            if scores:
                self.run.cases.append(self._case(row, scores, errored))
        if not self.run.cases:
            problem, place = tr("no row can be used: there is neither a score nor a cost"), rows[0][0]
            if self.run.skips:
                skip = self.run.skips[0]
                problem, place = tr("no row can be used: {reason}", reason=skip.reason), skip.place
            raise InputError(problem, file=self.source.name, place=place)
        self.run.notes.extend(self._notes(empty, len(rows)))
        if not self.chosen.column(CASE_ID) and not self._told_by:
            self._tell_repeats(rows)

    def _tell_repeats(self, rows: wide.Rows) -> None:
        hashes = repeats.hashes(tuple((name, plain(cell)) for name, cell in row.items()) for _, row in rows)
        doubts = repeats.whole(hashes, "row")
        told = "" if doubts else repeats.note(hashes, "row")
        self.run.doubts.extend(doubts)
        self.run.notes.extend([told] if told else [])

    def _metrics(self) -> list[str]:
        """The columns with scores. Raises InputError where there are none, or where one has a name of ours."""
        names = self.chosen.columns(METRIC)
        for key in SPENT:
            if key in names:
                problem = tr("{key!r} is not a score", key=key)
                raise InputError(
                    problem, file=self.source.name, expected=tr("--map {key}={key}, apart from the metrics", key=key)
                )
        if not names and not any(map(self.chosen.column, SPENT)):
            there = tr("there are {columns}", columns=some(self.columns))
            problem = tr("no column holds numbers that could be a metric")
            raise InputError(problem, file=self.source.name, expected=tr("--map metric=COLUMN; {there}", there=there))
        return names

    def _unusable(self, row: TableRow) -> str:
        version = self.chosen.column(VERSION)
        if all(figure(cell) is None for cell in row.values()):
            return "the row is empty"
        if version and not plain(row.get(version)):
            return "the version is empty"
        return ""

    def _scores(self, row: TableRow, place: str, metrics: list[str], empty: Counter[str]) -> dict[str, float | None]:
        """A figure for each metric, None where the cell is empty; latency and cost as far as they are there."""
        spent = {key: self.chosen.column(key) for key in SPENT if self.chosen.column(key)}
        scores: dict[str, float | None] = {}
        for name, column in [*zip(metrics, metrics, strict=True), *spent.items()]:
            value = columns.score(row.get(column))
            problem = _unfit(name, column, value)
            if problem:
                self.run.skip(place, problem)
            if problem and name not in SPENT:
                scores[name] = None  # a case that has no score is one all the same
            elif problem:
                continue
            elif value is not None or name not in SPENT:
                scores[name] = value if not isinstance(value, str) else None
                empty[name] += value is None
        return scores

    def _case(self, row: TableRow, scores: dict[str, float | None], errored: bool) -> Case:
        fields = {name: text for name in self._fields if (text := plain(row.get(name))[:LONGEST_VALUE])}
        version, case_id = self.chosen.column(VERSION), self.chosen.column(CASE_ID)
        return Case(
            label=label(plain(row.get(version))) if version else UNNAMED,
            scores=scores,
            fields=fields,
            case_id=plain(row.get(case_id)) if case_id else "",
            errored=errored,
            cluster=self._cluster(row),
        )

    @cached_property
    def _told_by(self) -> list[str]:
        """The columns that tell which rows are runs of one case: what looks like its id, else what it asks."""
        if self.chosen.column(CLUSTER):
            return [self.chosen.column(CLUSTER)]
        if self.chosen.column(CASE_ID) or CASE_ID in self.chosen.proposed:
            return [self.chosen.proposed[CASE_ID]] if not self.chosen.column(CASE_ID) else []
        names = {name.lower(): name for name in self.columns}
        asked = [names[name] for name in columns.ASKED if name in names]
        return [*asked, *(names[name] for name in columns.EXPECTED if name in names)] if asked else []

    def _cluster(self, row: TableRow) -> str:
        texts = [plain(row.get(name)) for name in self._told_by]
        return same_input([" ".join(texts)]) if texts and texts[0] else ""

    def _notes(self, empty: Counter[str], rows: int) -> Iterator[str]:
        for key in self.chosen.assumed:
            names = self.chosen.columns(key)
            yield f"read as {READ_AS[key]}: {english.some(names)}; say otherwise with --map {key}=COLUMN"
        yield from columns.left_out(self.columns, self.chosen, rows)
        if told := [f"{name} ({often:,})" for name, often in empty.items() if often]:
            cells = english.counted(sum(empty.values()), "cell")
            yield f"{cells} without a number, each an error of its metric and never 0: {english.some(told)}"
