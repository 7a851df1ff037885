"""What the columns of a table hold, which of them look like what, and which the person says they are."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from readiness import english, formatting
from readiness.errors import InputError
from readiness.formatting import some
from readiness.importers.batch import Options
from readiness.importers.naming import propose
from readiness.importers.source.gateway import Source
from readiness.importers.source.limits import MOST_COLUMNS
from readiness.language import tr

from .rows import TableRow
from .scored import CLUSTER, COST, LATENCY, LONGEST_METRIC, MARKED, SPENT, dimension_of, number

METRIC, WORKFLOW, COHORT, VERSION, CASE_ID, ERROR = "metric", "workflow", "cohort", "version", "case_id", "error"
KEYS = (METRIC, WORKFLOW, COHORT, VERSION, CASE_ID, CLUSTER, MARKED, ERROR, LATENCY, COST)
READ_AS = {
    METRIC: "metrics",
    VERSION: "the version",
    CLUSTER: "what cases belong to that depend on each other",
    MARKED: "what marks critical cases",
    ERROR: "an error",
    LATENCY: "the latency",
    COST: "the cost",
}
"""What is read so until the person says otherwise; the rest of a proposal waits for a person."""
_NAMING = {CASE_ID: "the case", WORKFLOW: "the workflow", COHORT: "a cohort"}
NAMES = {
    VERSION: ("version", "candidate", "release", "model", "model_name", "model_id", "run_name", "experiment_name"),
    CASE_ID: ("case_id", "test_id", "example_id", "sample_id", "question_id", "id", "uuid"),
    CLUSTER: ("cluster_id", "conversation_id", "session_id", "thread_id"),
    MARKED: (MARKED,),
    ERROR: ("error", "error_message"),
    LATENCY: (LATENCY,),
    COST: (COST,),
}
ASKED = ("input", "inputs", "question", "query", "prompt", "user_input")
EXPECTED = ("reference", "ground_truth", "expected", "expected_output", "target")
"""Columns that are the same in each run of a case, as far as a table has them; one that asks must be among them."""
BLANK = {"", "nan", "inf", "+inf", "-inf", "infinity", "+infinity", "-infinity", "none", "null", "nil", "<na>"}
EMPTY = {"n/a", "na", "#n/a", "n.a.", "n. a.", "n/d", "nd", "-", "--", "\u2013", "\u2014", "?", "undefined", *BLANK}
EMPTY |= {"#value!", "#div/0!", "#ref!", "#num!", "#name?", "#null!", "not available"}
"""What stands in a cell without a value, as programs and people write it; a name is empty in `BLANK` only (NA, say)."""
WORDS = {"true": 1.0, "false": 0.0}
ANSWERS = {"yes": 1.0, "no": 0.0, "pass": 1.0, "fail": 0.0, "passed": 1.0, "failed": 0.0}
"""What stands for true and false in a metric; elsewhere it may be the text of an answer."""
MOST_VALUES = 50
LONGEST_VALUE = 200
MOST_LEFT_OUT = 80
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_NO_METRIC = re.compile(
    r"#|(.*_)?(id|ids|idx|index|uuid|no|nr|(timestamp|ts|epoch)(_?(ms|s|us|ns))?|date|datetime|seed|level_\d+__)"
    r"|(unnamed: ?|column)\d*|(row|line)(_?num(ber)?)?|num(ber)?|step|epoch|fold|run|trial|attempt|repeat|repetition"
    r"|time|year|month|day|(.*_)?(start|end|created|updated)(_?(at|on|time))?|(.*_)?(created|updated)_?ms|.*_(at|on)"
)
_ASKS = re.compile(
    r"((is|has|was)_.+|(.*_)?(pass|passed|passes|correct|success|successful|succeeded|ok|valid|accurate|met|resolved"
    r"|grounded|supported|completed|solved|escalated|fail|failed))"
)
"""Names of columns that ask whether something holds."""

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


def score(cell: Any) -> Figure:
    """The figure of a cell that stands in a metric, where yes and no are true and false."""
    value = figure(cell)
    return ANSWERS.get(value.lower(), value) if isinstance(value, str) and len(value) < 10 else value


def says_error(cell: Any) -> bool:
    """Any text is an error; 0, false, NaN and the like are none."""
    value = figure(cell)
    return value.lower() != "no" if isinstance(value, str) else bool(value)


def plain(cell: Any) -> str:
    """The cell as the name of a version, a case, a workflow or a cohort; none where it is empty or a list."""
    if isinstance(cell, (list, dict)) or (figure(cell) is None and not isinstance(cell, str)):
        return ""
    text = " ".join(str(cell).split())
    return "" if text == "*" or text.lower() in BLANK else text.lower() if text.lower() in WORDS else text


def may_be_named(column: str) -> bool:
    return 0 < len(column) <= LONGEST_METRIC and column != "*" and not column.startswith("=")


@dataclass
class Column:
    """What stands in a column: how many numbers and texts, and which texts as long as they are few.

    `answers` are those of the texts that say yes or no. `unclear` is why its numbers cannot be read.
    """

    name: str
    numbers: int = 0
    texts: int = 0
    answers: int = 0
    values: set[str] = field(default_factory=set)
    unclear: str = ""

    @property
    def is_figures(self) -> bool:
        """Whether it holds numbers, with fewer texts between, or says yes and no under a name that asks it."""
        if self.unclear:
            return False
        return self.numbers > self.texts or (self.is_answers and bool(_ASKS.fullmatch(_snake(self.name))))

    @property
    def is_answers(self) -> bool:
        return self.texts > 0 and self.answers == self.texts and not self.numbers

    @property
    def is_names(self) -> bool:
        """Whether a workflow or a cohort could be named by it: a few short texts."""
        return self.texts > 0 and len(self.values) <= MOST_VALUES and all(map(plain, self.values))

    def see(self, cell: Any) -> None:
        value = figure(cell)
        if isinstance(value, str):
            self.texts += 1
            self.answers += isinstance(score(cell), float)
            if len(self.values) <= MOST_VALUES:
                self.values |= {value} if len(value) <= LONGEST_VALUE and isinstance(cell, str) else {"*"}
        elif value is not None:
            self.numbers += 1


def survey(rows: list[tuple[str, TableRow]], unclear: Mapping[str, str], source: Source) -> dict[str, Column]:
    """The columns of all rows, in the order in which they come."""
    columns: dict[str, Column] = {}
    for _, row in rows:
        for name, cell in row.items():
            if name not in columns:
                columns[name] = Column(name, unclear=unclear.get(name, ""))
            columns[name].see(cell)
        if len(columns) > MOST_COLUMNS:
            raise InputError(
                tr("the table has too many columns"),
                file=source.name,
                expected=tr("at most {most}", most=formatting.whole(MOST_COLUMNS)),
            )
    return columns


@dataclass(frozen=True)
class Chosen:
    """Which column is what: `mapping` is the one in use, `proposed` the whole proposal, `assumed` keys nobody named."""

    mapping: dict[str, str]
    proposed: dict[str, str]
    assumed: tuple[str, ...]
    known: Collection[str] = ()

    def column(self, key: str) -> str:
        return self.mapping.get(key, "")

    def columns(self, key: str) -> list[str]:
        return list(_split(key, self.mapping.get(key, ""), self.known))


def choose(columns: Mapping[str, Column], options: Options, source: Source) -> Chosen:
    """As the person says and, where nothing is said, as proposed. Raises InputError for what is not there."""
    named = options.fields
    for key, value in named.items():
        _check(key, list(_split(key, value, columns)), columns, source)
    taken = {name for key, value in named.items() for name in _split(key, value, columns)}
    proposed = _propose(columns, taken) | named
    assumed = tuple(key for key in READ_AS if key in proposed and key not in named)
    return Chosen(options.mapping | {key: proposed[key] for key in assumed}, proposed, assumed, tuple(columns))


def _check(key: str, names: list[str], columns: Mapping[str, Column], source: Source) -> None:
    if key not in KEYS:
        raise InputError(
            tr("{field!r} is not a field", field=key),
            place="--map",
            expected=tr("one of {known}", known=", ".join(KEYS)),
        )
    for name in names or [""]:
        if name not in columns:
            raise InputError(
                tr("there is no column {column!r}", column=name),
                file=source.name,
                expected=tr("one of {known}", known=some(columns)),
            )
        column = columns[name]
        if key == METRIC and not column.numbers and column.texts > column.answers:
            problem = tr("the column {column!r} holds no number", column=name)
            if column.unclear:
                problem = tr("the column {column!r} holds no number ({why})", column=name, why=column.unclear)
            raise InputError(problem, file=source.name, expected=tr("numbers, or true and false, in a metric"))


def _propose(columns: Mapping[str, Column], taken: set[str]) -> dict[str, str]:
    free = [name for name in columns if name not in taken]
    proposed = {key: name for key, names in NAMES.items() if (name := _first(key, names, free, columns))}
    proposed |= propose([name for name in free if "," not in name and name not in proposed.values()])
    used = {*taken, *(name for key, value in proposed.items() for name in _split(key, value))}
    metrics = [name for name in free if name not in used and _is_metric(columns[name])]
    return proposed | ({METRIC: _joined(metrics)} if metrics else {})


def _is_metric(column: Column) -> bool:
    return may_be_named(column.name) and column.is_figures and not _is_index(column.name)


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
    last = name.rpartition(".")[2].lower()
    return bool(_NO_METRIC.fullmatch(_snake(name)) or _NO_METRIC.fullmatch(last))


def _snake(name: str) -> str:
    """The last part of a name in small letters with one form of gap: `metadata.isCorrect` is `is_correct`."""
    return re.sub(r"[ -]", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name.rpartition(".")[2])).lower()


def left_out(columns: Mapping[str, Column], chosen: Chosen, rows: int) -> Iterator[str]:
    """Every column that is not read, under the reason why."""
    used = {name for key in KEYS for name in chosen.columns(key)}
    waiting = {name: key for key in (CASE_ID, WORKFLOW, COHORT) for name in _split(key, chosen.proposed.get(key, ""))}
    reasons: dict[str, list[str]] = {}
    for name, column in columns.items():
        if name not in used:
            key = waiting.get(name)
            why = f"until it is said to name {_NAMING[key]} (--map {key}=COLUMN)" if key else _why(column, rows)
            reasons.setdefault(why, []).append(name[:LONGEST_VALUE] or "a column without a name")
    for reason, names in reasons.items():
        yield f"not read, {reason}: {english.some(names, MOST_LEFT_OUT)}"


def _why(column: Column, rows: int) -> str:
    reasons = {
        "for want of a name that can be kept": not may_be_named(column.name),
        f"since {column.unclear}": bool(column.unclear),
        f"since all cells are empty ({rows:,} of {rows:,})": not column.numbers and not column.texts,
        "since yes and no may be texts (--map metric=COLUMN reads them as 1 and 0)": column.is_answers,
        "since it holds text": not column.numbers,
        "since it holds as much text as numbers, or more": column.texts >= column.numbers,
        "since its name says that it counts or names the rows": _is_index(column.name),
    }
    return next((reason for reason, holds in reasons.items() if holds), "since it is not named as a metric")


def _split(key: str, value: str, known: Collection[str] = ()) -> Iterator[str]:
    """The columns that a mapping names; a metric's name may hold a comma if it stands in quotes, as in a CSV.

    A cohort may name its dimension before the column, unless a `known` column is called so.
    """
    if key == METRIC:
        yield from split_metrics(value)
    elif key == COHORT:
        paths = dict.fromkeys(name.strip() for name in value.split(",") if name.strip())
        yield from (dimension_of(path, known)[0] for path in paths)
    elif value:
        yield value


def split_metrics(value: str) -> list[str]:
    """The columns that a mapping names as metrics."""
    names = next(csv.reader([" ".join(value.split())], skipinitialspace=True), [])
    return list(dict.fromkeys(name.strip() for name in names if name.strip()))


def _joined(names: list[str]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow(names)
    return text.getvalue()
