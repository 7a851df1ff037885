"""What the columns of a table hold, which of them look like what, and which the person says they are."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from readiness.errors import InputError
from readiness.importers.batch import Options
from readiness.importers.naming import propose
from readiness.importers.source.gateway import Source

from .rows import TableRow
from .scored import COST, LATENCY, LONGEST_METRIC, SPENT, number

METRIC, WORKFLOW, COHORT, VERSION, CASE_ID, ERROR = "metric", "workflow", "cohort", "version", "case_id", "error"
KEYS = (METRIC, WORKFLOW, COHORT, VERSION, CASE_ID, ERROR, LATENCY, COST)
READ_AS = {METRIC: "metrics", VERSION: "the version", ERROR: "an error", LATENCY: "the latency", COST: "the cost"}
"""What is read so until the person says otherwise; the rest of a proposal waits for a person."""
NAMES = {
    VERSION: ("version", "candidate", "release", "model", "model_name", "model_id", "run_name", "experiment_name"),
    CASE_ID: ("case_id", "test_id", "example_id", "sample_id", "question_id", "id", "uuid"),
    ERROR: ("error", "error_message"),
    LATENCY: (LATENCY,),
    COST: (COST,),
}
EMPTY = {"", "nan", "inf", "+inf", "-inf", "infinity", "+infinity", "-infinity", "none", "null", "<na>"}
WORDS = {"true": 1.0, "false": 0.0}
MOST_COLUMNS = 2_000
MOST_VALUES = 50
LONGEST_VALUE = 200
NAMED_COLUMNS = 20
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_NO_METRIC = re.compile(
    r"#|(.*_)?(id|ids|idx|index|uuid|no|nr|timestamp|ts|date|datetime|seed|level_\d+__)"
    r"|(unnamed: ?|column)\d*|(row|line)(_?num(ber)?)?|num(ber)?|step|epoch|fold|run|trial|attempt|repeat|repetition"
    r"|time|year|month|day|(.*_)?(start|end|created|updated)(_?(at|on|time))?|.*_at"
)

Figure: TypeAlias = float | str | None


def figure(cell: Any) -> Figure:
    """A number, also as a CSV writes it, or true and false; None where there is none; the text of anything else."""
    if not isinstance(cell, str):
        return number(cell) if cell is None or isinstance(cell, (bool, int, float)) else str(cell)
    text = cell.strip()
    if _NUMBER.fullmatch(text):
        return number(float(text))
    word = text.lower() if len(text) < 10 else text
    return None if word in EMPTY else WORDS.get(word, text)


def says_error(cell: Any) -> bool:
    """Any text is an error; 0, false, NaN and the like are none."""
    return bool(figure(cell))


def plain(cell: Any) -> str:
    """The cell as the name of a version, a case, a workflow or a cohort; none where it is empty or a list."""
    if isinstance(cell, (list, dict)) or figure(cell) is None:
        return ""
    text = " ".join(str(cell).split())
    return "" if text == "*" else text.lower() if text.lower() in WORDS else text


def may_be_named(column: str) -> bool:
    return 0 < len(column) <= LONGEST_METRIC and column != "*" and not column.startswith("=")


@dataclass
class Column:
    """What stands in a column: how many numbers and texts, and which texts as long as they are few."""

    name: str
    numbers: int = 0
    texts: int = 0
    values: set[str] = field(default_factory=set)

    @property
    def is_figures(self) -> bool:
        return self.numbers > 0 and not self.texts

    @property
    def is_mixed(self) -> bool:
        """Whether somebody may miss it among the metrics: mostly numbers, but not only."""
        return self.numbers > self.texts > 0

    @property
    def is_names(self) -> bool:
        """Whether a workflow or a cohort could be named by it: a few short texts."""
        return self.texts > 0 and len(self.values) <= MOST_VALUES and all(map(plain, self.values))

    def see(self, cell: Any) -> None:
        value = figure(cell)
        if isinstance(value, str):
            self.texts += 1
            if len(self.values) <= MOST_VALUES:
                self.values |= {value} if len(value) <= LONGEST_VALUE and isinstance(cell, str) else {"*"}
        elif value is not None:
            self.numbers += 1


def survey(rows: list[tuple[str, TableRow]], source: Source) -> dict[str, Column]:
    """The columns of all rows, in the order in which they come."""
    columns: dict[str, Column] = {}
    for _, row in rows:
        for name, cell in row.items():
            if name not in columns:
                columns[name] = Column(name)
            columns[name].see(cell)
        if len(columns) > MOST_COLUMNS:
            raise InputError("the table has too many columns", file=source.name, expected=f"at most {MOST_COLUMNS:,}")
    return {name: column for name, column in columns.items() if may_be_named(name)}


@dataclass(frozen=True)
class Chosen:
    """Which column is what: `mapping` is the one in use, `proposed` the whole proposal, `assumed` keys nobody named."""

    mapping: dict[str, str]
    proposed: dict[str, str]
    assumed: tuple[str, ...]

    def column(self, key: str) -> str:
        return self.mapping.get(key, "")

    def columns(self, key: str) -> list[str]:
        return list(_split(key, self.mapping.get(key, "")))


def choose(columns: Mapping[str, Column], options: Options, source: Source) -> Chosen:
    """As the person says and, where nothing is said, as proposed. Raises InputError for what is not there."""
    named = {key: value for key, value in options.mapping.items() if not key.startswith("version:")}
    for key, value in named.items():
        _check(key, list(_split(key, value)), columns, source)
    taken = {name for key, value in named.items() for name in _split(key, value)}
    proposed = _propose(columns, taken) | named
    assumed = tuple(key for key in READ_AS if key in proposed and key not in named)
    return Chosen(options.mapping | {key: proposed[key] for key in assumed}, proposed, assumed)


def _check(key: str, names: list[str], columns: Mapping[str, Column], source: Source) -> None:
    if key not in KEYS:
        raise InputError(f"{key!r} is not a field", place="--map", expected=f"one of {', '.join(KEYS)}")
    for name in names or [""]:
        if name not in columns:
            raise InputError(f"there is no column {name!r}", file=source.name, expected=f"one of {shown(columns)}")
        if key == METRIC and columns[name].texts and not columns[name].numbers:
            problem = f"the column {name!r} holds no number"
            raise InputError(problem, file=source.name, expected="numbers, or true and false, in a metric")


def shown(names: Collection[str]) -> str:
    """The first names, since a table may have very many."""
    more = f" and {len(names) - NAMED_COLUMNS:,} more" if len(names) > NAMED_COLUMNS else ""
    return ", ".join(list(names)[:NAMED_COLUMNS]) + more


def _propose(columns: Mapping[str, Column], taken: set[str]) -> dict[str, str]:
    free = [name for name in columns if name not in taken]
    proposed = {key: name for key, names in NAMES.items() if (name := _first(key, names, free, columns))}
    proposed |= propose([name for name in free if "," not in name and name not in proposed.values()])
    used = {*taken, *(name for key, value in proposed.items() for name in _split(key, value))}
    metrics = [name for name in free if name not in used and columns[name].is_figures and not _is_index(name)]
    return proposed | ({METRIC: _joined(metrics)} if metrics else {})


def _first(key: str, names: tuple[str, ...], free: list[str], columns: Mapping[str, Column]) -> str:
    """The column with the first of these names that holds what it must."""
    for wanted in names:
        for name in free:
            if name.lower() == wanted and _fits(key, columns[name]):
                return name
    return ""


def _fits(key: str, column: Column) -> bool:
    if key in SPENT:
        return column.is_figures
    if key == ERROR:
        return column.texts > 0 or column.numbers == 0
    return column.texts > 0 or column.numbers > 0


def _is_index(name: str) -> bool:
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name.rpartition(".")[2]).lower()
    return bool(_NO_METRIC.fullmatch(re.sub(r"[ -]", "_", snake)) or _NO_METRIC.fullmatch(snake))


def _split(key: str, value: str) -> Iterator[str]:
    """The columns that a mapping names; a metric's name may hold a comma if it stands in quotes, as in a CSV."""
    if key == METRIC:
        names = next(csv.reader([" ".join(value.split())], skipinitialspace=True), [])
        yield from dict.fromkeys(name.strip() for name in names if name.strip())
    elif key == COHORT:
        yield from dict.fromkeys(name.strip() for name in value.split(",") if name.strip())
    elif value:
        yield value


def _joined(names: list[str]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow(names)
    return text.getvalue()
