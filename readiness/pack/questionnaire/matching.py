"""Which question of somebody's file is which of ours: by the id of a framework, or word for word; nothing is guessed.

Where neither is certain, near ones are offered to a person, whose pick counts for the file at hand alone.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Literal

from readiness.importers.sheets.questions import AskedSheet
from readiness.language import tr

from . import frameworks
from .frameworks import Framework, FrameworkItem, id_key, id_keys

HEAD_WITHIN = 25
"""Rows in which the head of a table is looked for."""
OFFERED = 3
_ID_TITLES = {"id", "questionid", "question#", "#", "ref", "reference", "controlid", "no", "no.", "number", "item"}
_QUESTION_TITLES = {
    *("question", "questions", "questiontext", "controlquestion", "consensusassessmentquestion", "requirement"),
    *("control", "description", "controldescription", "questionnairequestion", "query", "frage", "asked"),
}
_WORDS = re.compile(r"\w+")
_NEAR = 0.25
"""Share of the words of one of our questions from which on it is offered."""
_COMMON_WORDS = (
    "a an and are as at be been by can do does for from has have how if in is it its of on or that the their them there"
    " they this to was were what when where which who will with you your"
)
_COMMON = frozenset(_COMMON_WORDS.split())
How = Literal["id", "wording", "picked", ""]
Place = tuple[int, int]
"""The number of a sheet and of a row in it, both from 0."""


@dataclass(frozen=True)
class MatchedQuestion:
    """A question in its place; without an item nothing of ours is certainly what is asked."""

    place: Place
    id: str
    text: str
    item: FrameworkItem | None = None
    how: How = ""


@dataclass(frozen=True)
class Matched:
    """A file and its questions; `heads` is the row of each sheet that names its columns, -1 where none does.

    `frameworks` are those that its ids are taken to be of.
    """

    sheets: Sequence[AskedSheet]
    questions: Mapping[Place, MatchedQuestion]
    heads: Mapping[int, int] = field(default_factory=dict)
    frameworks: tuple[str, ...] = ()

    def with_picks(self, picks: Mapping[Place, str]) -> Matched:
        """What a person chose goes before what was found. Raises InputError for an item that is not known."""
        chosen = {
            place: replace(self.questions[place], item=item_of(key), how="picked")
            for place, key in picks.items()
            if place in self.questions
        }
        return replace(self, questions={**self.questions, **chosen})


def of_framework(framework: Framework) -> Matched:
    """The questions of a framework as a file of ours."""
    head = ["ID", tr("Group"), tr("Question")]
    rows = [head, *([item.id, tr(item.group), tr(item.asks)] for item in framework.items)]
    questions = {
        (0, at): MatchedQuestion((0, at), item.id, tr(item.asks), item, "id")
        for at, item in enumerate(framework.items, start=1)
    }
    return Matched([AskedSheet(tr(framework.name), rows)], questions, {0: 0}, (framework.id,))


def match(name: str, sheets: Sequence[AskedSheet], framework: str = "") -> Matched:
    """Every question of a file; `framework` is the one it is of, where somebody says so. Raises InputError."""
    tables = {at: table for at, sheet in enumerate(sheets) if (table := _table(sheet))}
    asked = [question for at, table in tables.items() for question in _asked(at, sheets[at], table)]
    of = [frameworks.get(framework)] if framework else _likeliest(asked, _named(name, sheets))
    known = _items(of, id_keys)
    found = {question.place: _matched(question, known) for question in asked}
    return Matched(sheets, found, {at: table.head for at, table in tables.items()}, tuple(own.id for own in of))


def near(question: MatchedQuestion) -> list[str]:
    """Keys of the items that its id may mean, then of those that share most words with it; each answer once."""
    words = _told_words(question.text)
    scored = sorted(
        (
            (-len(words & own) / len(own), key)
            for key, own in _item_words().items()
            if len(words & own) >= 2 and len(words & own) / len(own) >= _NEAR
        ),
    )
    kinds: dict[tuple[str, ...], str] = {}
    for key in [*_keys_by_id().get(id_key(question.id), ()), *(key for _, key in scored)]:
        kinds.setdefault(item_of(key).answered_by, key)
    return list(kinds.values())[:OFFERED]


def keys() -> list[str]:
    """Every item of every framework, as a pick names it: `caiq/DSP-19.1`."""
    return [f"{framework.id}/{item.id}" for framework in frameworks.every().values() for item in framework.items]


def item_of(key: str) -> FrameworkItem:
    """Raises InputError where there is none."""
    framework, _, item_id = key.partition("/")
    found = next((item for item in frameworks.get(framework).items if item.id == item_id), None)
    if found is None:
        raise frameworks.unknown_item(framework, item_id)
    return found


@dataclass(frozen=True)
class _Table:
    """Where the columns of a sheet are; `ids` is None where it has none."""

    head: int
    ids: int | None
    question: int


def _table(sheet: AskedSheet) -> _Table | None:
    """The head, the ids and the questions, told by their titles, or by ids that are known in a column."""
    ids = _column_of_ids(sheet)
    for at, row in enumerate(sheet.rows[:HEAD_WITHIN]):
        titles = [id_key(text) for text in row]
        asked = next((column for column, title in enumerate(titles) if title in _QUESTION_TITLES), None)
        titled = next((column for column, title in enumerate(titles) if title in _ID_TITLES), None)
        column = ids if ids is not None else titled
        if asked is not None and asked != column:
            return _Table(at, column, asked)
    if ids is None:
        return None
    first = next(at for at, row in enumerate(sheet.rows) if ids < len(row) and id_key(row[ids]) in _keys_by_id())
    return _Table(first - 1, ids, _longest_column(sheet, ids))


def _column_of_ids(sheet: AskedSheet) -> int | None:
    """The column in which most cells are ids of a framework."""
    counted = Counter(
        at for row in sheet.rows for at, text in enumerate(row) if text and id_key(text[:60]) in _keys_by_id()
    )
    return min(counted, key=lambda at: (-counted[at], at), default=None)


def _longest_column(sheet: AskedSheet, beside: int) -> int:
    lengths = Counter[int]()
    for row in sheet.rows:
        lengths.update({at: len(text) for at, text in enumerate(row) if at != beside})
    return max(lengths, key=lambda at: (lengths[at], -at), default=beside)


def _asked(sheet: int, told: AskedSheet, table: _Table) -> Iterator[MatchedQuestion]:
    """Every row below the head that has a question, or an id that is known."""
    for at, row in enumerate(told.rows):
        text = row[table.question] if table.question < len(row) else ""
        own = row[table.ids].strip() if table.ids is not None and table.ids < len(row) else ""
        if at > table.head and (text.strip() or id_key(own) in _keys_by_id()):
            yield MatchedQuestion((sheet, at), own, text.strip())


def _matched(question: MatchedQuestion, known: Mapping[str, FrameworkItem]) -> MatchedQuestion:
    if item := known.get(id_key(question.id)):
        return replace(question, item=item, how="id")
    if item := _wordings().get(_wording(question.text)):
        return replace(question, item=item, how="wording")
    return question


def _likeliest(asked: Sequence[MatchedQuestion], named: Sequence[Framework]) -> list[Framework]:
    """Of the frameworks that a file may be of, those that most of its ids are of."""
    ids = {id_key(question.id) for question in asked if question.id}
    counted = [(sum(key in ids for item in own.items for key in id_keys(item)), own) for own in named]
    most = max((count for count, _ in counted), default=0)
    return [framework for count, framework in counted if count == most and most]


def _named(name: str, sheets: Sequence[AskedSheet]) -> list[Framework]:
    """The frameworks that a file says it is of, and those whose ids nobody else has.

    Others number their questions alike: `A.9.4` stands in ISO/IEC 27001 as well, and `STA-07.1` in CAIQ v3.
    """
    told = [name, *(sheet.title for sheet in sheets)]
    told += [text for sheet in sheets for row in sheet.rows[:HEAD_WITHIN] for text in row]
    words = "\n".join(id_key(text[:500]) for text in told)
    return [
        framework
        for framework in frameworks.every().values()
        if framework.ids_say_so or any(id_key(own) in words for own in (framework.name, *framework.named_by))
    ]


def _items(found: Iterable[Framework], keys_of: Callable[[FrameworkItem], Iterable[str]]) -> dict[str, FrameworkItem]:
    """By what an item is found by; what two frameworks answer differently is nobody's."""
    items: dict[str, list[FrameworkItem]] = {}
    for framework in found:
        for item in framework.items:
            for key in keys_of(item):
                items.setdefault(key, []).append(item)
    return {key: own[0] for key, own in items.items() if len({_answer_of(item) for item in own}) == 1}


def _answer_of(item: FrameworkItem) -> tuple[tuple[str, ...], str]:
    return item.answered_by, item.covers_only


@cache
def _wordings() -> dict[str, FrameworkItem]:
    return _items(frameworks.every().values(), lambda item: [_wording(item.asks)])


@cache
def _keys_by_id() -> dict[str, list[str]]:
    """The items that an id may mean, whatever framework it is of."""
    found: dict[str, list[str]] = {}
    for key in keys():
        for own in id_keys(item_of(key)):
            found.setdefault(own, []).append(key)
    return found


@cache
def _item_words() -> dict[str, frozenset[str]]:
    return {key: _told_words(item_of(key).asks) for key in keys()}


def _wording(text: str) -> str:
    return " ".join(_WORDS.findall(text[:500].casefold()))


def _told_words(text: str) -> frozenset[str]:
    return frozenset(word.rstrip("s") for word in _WORDS.findall(text[:2_000].casefold()) if word not in _COMMON)
