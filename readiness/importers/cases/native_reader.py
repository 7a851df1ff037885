"""Native results, read: one table as combinations, measures, cells and notes, whatever holds its rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace

import duckdb
import numpy as np

from readiness import clock, english
from readiness.errors import InputError
from readiness.importers.batch import Batch, Options, refuse_merging
from readiness.importers.settings import Settings, dated, found
from readiness.importers.source.limits import DOCUMENT_CAP
from readiness.language import marked, tr
from readiness.model import measures
from readiness.model.cells import Cell, Direction
from readiness.model.evidence import Doubt, Evidence, Origin, ReadAs, Skipped

from . import native_sql as sql
from . import repeats, sizes, table, totals
from .cells import GATHERED, WHOLE, Measure, Rows, aggregate, gather, too_many
from .measured import Extent, per_cent, settle
from .native_columns import FIELDS, PLACES, choose
from .pairs import outcomes
from .scored import LISTED_DOUBTS, MOST_ORIGINS, NOT_DATED, NOT_NAMED, UNNAMED
from .table import CaseTable

FORMAT = "native-results"
USED = tuple(field for field in FIELDS if field not in ("threshold", "trace_id"))
COUNTED = "reason IS NULL AND stated_n = 1"
LISTED_SKIPS = 200
MOST_STATED = 2_000
MOST_CLASSES = 50


@dataclass(frozen=True)
class NativeReader:
    """One file that is being read, step by step, on a workbench of its own."""

    connection: duckdb.DuckDBPyConnection
    table: CaseTable
    options: Options
    commas: bool = False
    ragged: Mapping[int, str] | None = None

    def read(self) -> Batch:
        chosen = self._chosen()
        self._view("typed", chosen)
        self._view("placed", chosen, placed=True)
        self._gather(chosen)
        if not self.commas and self._value(sql.HAS_COMMAS):
            return replace(self, commas=True).read()
        columns = self._columns()
        versions = self._rename()
        self._classes()
        known = self._measures()
        self._refuse_mixtures()
        counted = aggregate(self.connection, known, COUNTED, self._rows())
        stated = self._value("SELECT count(*) FROM combos WHERE reason IS NULL AND stated_n > 1")
        sizes.check_stated(stated if isinstance(stated, int) else 0, more=len(counted))
        cells = [*counted, *self._stated(known)]
        self._refuse_overlap(cells)
        return self._batch(cells, versions, [column for column in columns if column not in chosen.values()])

    def _chosen(self) -> dict[str, str]:
        if not self.table.lines:
            return choose(self.table, self.options)
        with suppress(InputError):
            chosen = choose(self.table, self.options)
            if chosen.keys() >= set(PLACES):
                return chosen
        table.locate(self.connection, self.table)  # a key may come after the first lines
        return choose(table.every_key(self.connection, self.table), self.options)

    def _view(self, view: str, chosen: dict[str, str], *, placed: bool = False) -> None:
        """Every field under our name: as text, the value as a number where its column holds numbers."""
        place = "place, " if placed else ""
        text = {key: f"CAST({table.name(chosen[key])} AS VARCHAR)" for key in USED if key in chosen}
        text |= {key: f"{self._constant(key)}::VARCHAR" for key in USED if key not in chosen}
        if "judge" in chosen:
            text["metric"] = sql.BY_JUDGE.format(metric=text["metric"], judge=text["judge"])
        how = self._how(chosen)
        is_number = chosen["value"] in self.table.numbers
        value = f"{table.name(chosen['value'])}::DOUBLE AS figure" if is_number else f"{text['value']} AS said"
        fields = [value, *(f"nullif(trim({text[key]}), '') AS {key}" for key in ("error", "case_id", "cluster_id"))]
        fields += [f"{place}{text['n']} AS stated"]
        fields += [f"{text[key]} AS {key}" for key in (*sql.RAW, "run_at") if key != "stated"]
        select = self.table.select(sorted({chosen[key] for key in USED if key in chosen}), placed=placed)
        named = {"view": view, "place": place, "raw": ", ".join(sql.RAW), "fields": ", ".join(fields), "select": select}
        named["below"] = sql.BELOW
        self.connection.execute(sql.ROWS.format(**named, **how))

    def _how(self, chosen: dict[str, str]) -> dict[str, str]:
        """How values become numbers: as text or as they are, those that are per cent as shares of 1."""
        texts = sql.COMMAS if self.commas else sql.TEXT
        how = sql.NUMBER if chosen["value"] in self.table.numbers else texts
        names = ", ".join(map(table.text, sorted(per_cent(self.options))))
        shares = [f"trim(metric) IN ({names})"] if names else []
        shares += [f"lower(trim(unit)) IN {sql.PERCENT}"] if "unit" in chosen else []
        if not shares:
            return how
        return how | {"number": f"({how['number']}) / CASE WHEN {' OR '.join(shares)} THEN 100 ELSE 1 END"}

    def _constant(self, field: str) -> str:
        """What stands in a field that has no column."""
        if field == "version":
            return table.text(self.options.version or UNNAMED)
        return "'*'" if field == "workflow" else "NULL"

    def _gather(self, chosen: dict[str, str]) -> None:
        """The combinations, each with the reason why its rows cannot be used; grouped by the fields that are there."""
        self.connection.execute("DROP TABLE IF EXISTS combos")
        names = {"stated": "n"}
        here = [key for key in sql.RAW if names.get(key, key) in chosen or self._constant(key) != "NULL"]
        whole = [key for key, field in zip(WHOLE, ("case_id", "cluster_id"), strict=True) if field in chosen]
        kept = (*here, "errored", "bad", "class", *whole)
        days = sql.DAYS if "run_at" in chosen else sql.NO_DAYS
        gather(self.connection, "typed", into="gathered", keys=kept, more=days)
        absent = [f"NULL::VARCHAR AS {key}" for key in sql.RAW if key not in here]
        gathered = sql.GATHERED.format(absent=", ".join(absent) or "NULL AS nothing")
        self.connection.execute(sql.COMBOS.format(normal=self._normal(gathered, chosen)))
        self.connection.execute("DROP TABLE gathered")

    def _normal(self, relation: str, chosen: dict[str, str]) -> str:
        header = table.text(chosen["metric"].strip().lower())
        return sql.NORMAL.replace("{header}", header).replace("{relation}", relation)

    def _value(self, query: str) -> object:
        row = self.connection.execute(query).fetchone()
        return row[0] if row else None

    def _columns(self) -> tuple[str, ...]:
        """The columns of the table; of JSON lines the keys of every line, of a large file those of its first lines."""
        if not self.table.lines:
            return self.table.columns
        texts = " || ".join(
            f"coalesce({key}, '')" for key in ("version", "workflow", "cohort", "metric", "bad", "unit")
        )
        if self._value(f"SELECT count(*) FROM combos WHERE contains({texts}, chr(0))"):
            table.locate(self.connection, self.table)
        large = self.table.source.size > DOCUMENT_CAP
        return (self.table if large else table.every_key(self.connection, self.table)).columns

    def _rename(self) -> tuple[str, ...]:
        """The labels in the file; then every combination carries the name that the person gave."""
        rows = self.connection.execute("SELECT DISTINCT version FROM combos WHERE version IS NOT NULL ORDER BY 1")
        labels = tuple(str(label) for (label,) in rows.fetchall())
        options = self.options
        refuse_merging(labels, options, self.table.source)
        names = {label: options.rename(label) if options.renames() else options.version or label for label in labels}
        if names == {label: label for label in labels}:
            return labels
        self.connection.execute(
            "UPDATE combos SET version = map_extract_value(?::MAP(VARCHAR, VARCHAR), version) "
            "WHERE version IS NOT NULL",
            [names],
        )
        return labels

    def _classes(self) -> None:
        """Each class as a rate of its own, so that it is counted and compared like any other."""
        classes = self._value("SELECT count(DISTINCT (metric, class)) FROM combos WHERE class IS NOT NULL")
        if isinstance(classes, int) and classes > MOST_CLASSES:
            raise InputError(
                tr("the file has {number} classes", number=classes),
                file=self.table.source.name,
                expected=tr("at most {most}", most=MOST_CLASSES),
            )
        if classes:
            self.connection.execute(sql.CLASSES)

    def _measures(self) -> dict[str, Measure]:
        """Unit and direction of each metric; raises InputError where the file states two."""
        known, extents = {}, {}
        for metric, units, better, low, high in self.connection.execute(sql.MEASURES).fetchall():
            plain = {measures.canonical(unit) for unit in units or ()}
            stated = sorted({measures.RATIO if unit == measures.PERCENT else unit for unit in plain})
            for what, values in ((marked("units"), stated), (marked("directions"), better or ())):
                if len(values) > 1:
                    problem = tr("the metric {metric!r} has two {what}", metric=metric, what=tr(what))
                    raise InputError(problem, file=self.table.source.name, expected=tr("one"))
            direction: Direction = "unknown" if not better else "higher" if better[0] else "lower"
            known[str(metric)] = Measure(stated[0] if stated else "", direction)
            if low is not None:
                extents[str(metric)] = Extent(low, high)
        return self._settle(extents, known)

    def _settle(self, extents: Mapping[str, Extent], known: dict[str, Measure]) -> dict[str, Measure]:
        return settle(extents, known, self.options, self.table.source, known, unguessed=known)

    def _refuse_mixtures(self) -> None:
        self.connection.execute(sql.BESIDE_AGGREGATES)
        row = self.connection.execute(sql.MIXED).fetchone()
        if row:
            version, workflow, cohort, metric, mixed = row
            cell = {"metric": metric, "version": version, "workflow": workflow, "cohort": cohort}
            problem = tr("two aggregates stand in one cell ({metric} of {version}, {workflow}, {cohort})", **cell)
            if mixed:
                problem = tr(
                    "cases and an aggregate stand in one cell ({metric} of {version}, {workflow}, {cohort})", **cell
                )
            raise InputError(
                problem,
                file=self.table.source.name,
                expected=tr("either cases or one aggregate"),
            )

    def _stated(self, known: dict[str, Measure]) -> Iterator[Cell]:
        """Aggregates as the file states them."""
        rows = self.connection.execute(
            "SELECT version, coalesce(workflow, '*'), cohort, metric, stated_n, mean FROM combos "
            "WHERE reason IS NULL AND stated_n > 1 ORDER BY ALL"
        ).fetchall()
        for version, workflow, cohort, metric, n, value in rows:
            dimension, _, named = (str(cohort or "*").strip("; ") or "*").partition("=")
            yield Cell(
                version=version,
                workflow=workflow,
                dimension=dimension,
                value=named or "*",
                metric=metric,
                unit=known[metric].unit,
                direction=known[metric].direction,
                n=n,
                mean=value,
                stated=True,
            )

    def _refuse_overlap(self, cells: list[Cell]) -> None:
        """A stated figure and one worked out from cases would say the same cell twice."""
        seen = set()
        for cell in cells:
            key = (cell.version, cell.metric, cell.workflow, cell.cohort)
            if key in seen:
                raise InputError(
                    tr(
                        "cases and an aggregate stand in one cell ({metric} of {version}, {workflow}, {cohort})",
                        metric=cell.metric,
                        version=cell.version,
                        workflow=cell.workflow,
                        cohort=cell.cohort,
                    ),
                    file=self.table.source.name,
                    expected=tr("either cases or one aggregate"),
                )
            seen.add(key)

    def _batch(self, cells: list[Cell], versions: tuple[str, ...], extra: list[str]) -> Batch:
        kept, skipped = self.connection.execute(
            "SELECT coalesce(sum(n) FILTER (coalesce(reason, unscored) IS NULL), 0), "
            "coalesce(sum(n) FILTER (coalesce(reason, unscored) IS NOT NULL), 0) FROM combos"
        ).fetchall()[0]
        source, options, record = self.table.source, self.options, self.table.record
        skips = self._skips() if skipped else []
        if not kept:
            place, reason = (skips[0].place, skips[0].reason) if skips else (f"{record} 1", tr("there are no rows"))
            raise InputError(tr("no row can be used: {reason}", reason=reason), file=source.name, place=place)
        day = self._value(sql.LAST_DAY)
        ran = day if isinstance(day, dt.date) else None
        measured = options.measured_on or ran
        twice, doubts = self._repeats()
        warnings = [*self._notes(cells), *twice, *_warnings(extra, measured), *too_many(cells)]
        mapping = dict(options.mapping)
        settings = self._settings(extra)
        evidence = Evidence(
            name=source.name,
            format=FORMAT,
            kind="results",
            digest=source.digest,
            size=source.size,
            measured_on=measured,
            options=ReadAs(version=options.version, mapping=mapping) if options.version or mapping else ReadAs(),
            kept=int(kept),
            skipped=int(skipped),
            skips=skips,
            warnings=warnings,
            origins=[
                Origin(
                    label=name,
                    version=options.rename(name) if options.renames() else options.version or name,
                    settings=settings.of(name),
                )
                for name in versions[:MOST_ORIGINS]
            ],
            doubts=[*dated(ran, options.measured_on), *totals.parts(cells), *doubts][:LISTED_DOUBTS],
        )
        return Batch(
            format=FORMAT,
            evidence=evidence,
            cells=tuple(cells),
            outcomes=self._outcomes(),
            skipped=tuple(skips),
            warnings=tuple(warnings),
            fields=tuple(extra),
            mapping=mapping,
            versions=versions,
        )

    def _rows(self) -> Rows:
        """Where the rows behind the combinations are."""
        return GATHERED

    def _outcomes(self) -> bytes:
        """The scored cases that are kept, to be paired with those of other versions."""
        return outcomes(self.connection, COUNTED)

    def _repeats(self) -> tuple[list[str], list[Doubt]]:
        """A note of rows that are repeated, and a doubt of a table that is, where no row says which case it is."""
        chosen = self._chosen()
        bare = [key for key, field in (("unnamed", "case_id"), ("alone", "cluster_id")) if field in chosen]
        told = f"NOT ({' AND '.join(bare)})" if bare else "false"
        cases = f"SELECT coalesce(sum(n), 0)::BIGINT, coalesce(bool_or({told}), false) FROM combos WHERE {COUNTED}"
        total, named = self.connection.execute(cases).fetchall()[0]
        if named or not 0 < total <= repeats.MOST_ROWS:
            return [], []
        columns = ", ".join(map(table.name, self.table.columns))
        query = f"SELECT hash({columns}) AS row FROM ({self.table.select(self.table.columns)})"
        rows = np.asarray(self.connection.execute(query).fetchnumpy()["row"], dtype=np.uint64)
        doubts, record = repeats.whole(rows, self.table.record), self.table.record
        note = "" if doubts else repeats.note(rows, record)
        return [note] if note else [], doubts

    def _settings(self, extra: list[str]) -> Settings:
        """What the columns without a field of ours state of what ran."""
        settings, version = Settings(), self._chosen().get("version")
        for column in (column for column in extra if found({column: ""})):
            label = f"trim(CAST({table.name(version)} AS VARCHAR))" if version else self._constant("version")
            select = self.table.select(sorted({column, *([version] if version else [])}))
            query = (
                f"SELECT DISTINCT {label}, CAST({table.name(column)} AS VARCHAR) FROM ({select}) LIMIT {MOST_STATED}"
            )
            for named, value in self.connection.execute(query).fetchall():
                settings.add(str(named), found({column: value}))
        return settings

    def _notes(self, cells: list[Cell]) -> Iterator[str]:
        if self.commas:
            yield "a comma is read as the decimal one in the values"
        unscored = self._value("SELECT coalesce(sum(n), 0)::BIGINT FROM combos WHERE unscored IS NOT NULL")
        if isinstance(unscored, int) and unscored:
            yield f"{english.counted(unscored, 'row')} whose value is no number, each a case without a score"
        if odd := self._value(sql.ODD_DAY):
            yield f"run_at says {odd}, which cannot be when it ran; expected {clock.PLAUSIBLE}"
        for rows, others in self.connection.execute(sql.CRITICAL_ROWS).fetchall():
            read = f"; read as not critical: {english.few(others)}" if others else ""
            yield f"{english.counted(rows, 'row')} marked critical{read}"
        if UNNAMED in {cell.version for cell in cells}:
            yield NOT_NAMED

    def _skips(self) -> list[Skipped]:
        """Where the rows stand that were left out, and why: the file once more, as far as the list goes."""
        placed = f"SELECT place, coalesce(reason, unscored) AS why FROM ({self._normal('placed', self._chosen())})"
        rows = self.connection.execute(
            f"SELECT * FROM ({placed}) WHERE why IS NOT NULL ORDER BY place LIMIT {LISTED_SKIPS}"
        ).fetchall()
        record, ragged = self.table.record, self.ragged or {}
        reasons = [(place, ragged.get(place, str(reason))) for place, reason in rows]
        return [Skipped(place=f"{record} {place}", reason=reason[:500]) for place, reason in reasons]


def _warnings(extra: list[str], measured: dt.date | None) -> Iterator[str]:
    if extra:
        yield f"columns that have no field here are left out: {english.some(extra)}"
    if measured is None:
        yield NOT_DATED
