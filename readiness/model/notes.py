"""What people say to each other beside the evidence: comments, questions, and requests for evidence with a date."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal, NamedTuple

from pydantic import model_validator
from sqlmodel import Field

from readiness import names
from readiness.access import Principal
from readiness.language import marked, tr

from .record import Line, Record, Text

NoteKind = Literal["comment", "question", "request"]
SubjectKind = Literal["signal", "gap", "gate", "trace"]
SUBJECTS: tuple[SubjectKind, ...] = (marked("signal"), marked("gap"), marked("gate"), marked("trace"))

WITHDRAWN = marked("Withdrawn by whoever wrote it.")
"""What stands where a text was taken back."""
EVENTS = ("note", "note.answer", "note.close", "note.withdraw")
"""What the record calls what is done with notes."""
_WORDS, _LETTERS = 6, 300
"""Of what follows an @, as far as it is looked for a name."""


class NoteSubject(NamedTuple):
    """What a note is about: a signal or its gap by the signal's id, a gate by what it looks at, a trace by its id."""

    kind: SubjectKind
    key: str

    @property
    def thread(self) -> NoteSubject:
        """Where it is talked about: a gap is the answer to a signal, so both are one thread."""
        return NoteSubject("signal", self.key) if self.kind == "gap" else self


class Note(Record):
    """`to` is the address or the name of who is asked; `mentions` are those of whom the text names with an @."""

    kind: NoteKind
    about: SubjectKind
    key: Line = Field(min_length=1)
    text: Text
    to: Line = ""
    due: dt.date | None = None
    mentions: list[Line] = Field(default_factory=list)

    @model_validator(mode="after")
    def _whole(self) -> Note:
        if not self.text.strip():
            raise ValueError(tr("the text is empty; expected a sentence"))
        if self.kind == "request" and not (self.to.strip() and self.due):
            raise ValueError(tr("a request says who brings the evidence by when; expected a person and a date"))
        if self.kind == "comment" and (self.to or self.due):
            raise ValueError(tr("a comment asks nobody for anything; expected a question or a request"))
        return self

    @property
    def subject(self) -> NoteSubject:
        return NoteSubject(self.about, self.key)


class NoteReply(Record):
    """An answer; `references` are addresses, and stored files by their names or digests."""

    text: Text = ""
    references: list[Line] = Field(default_factory=list, max_length=50)
    mentions: list[Line] = Field(default_factory=list)

    @model_validator(mode="after")
    def _says_something(self) -> NoteReply:
        if not self.text.strip() and not self.references:
            raise ValueError(tr("the answer is empty; expected a sentence or a reference"))
        return self


@dataclass(frozen=True)
class StoredReply:
    id: int
    record: NoteReply
    by: str
    at: dt.datetime
    withdrawn: bool


@dataclass(frozen=True)
class StoredNote:
    """A note with its answers, the earliest first; `system` is the slug of what it is about."""

    id: int
    system: str
    record: Note
    by: str
    at: dt.datetime
    closed_by: str
    withdrawn: bool
    replies: Sequence[StoredReply]

    @property
    def is_over(self) -> bool:
        return self.withdrawn or bool(self.closed_by)

    @property
    def answers(self) -> list[StoredReply]:
        return [reply for reply in self.replies if not reply.withdrawn]

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to answer."""
        return self.record.kind != "comment" and not self.is_over and not self.answers

    def waits_for(self, person: Principal) -> bool:
        """Whether it asks this person, or names them, and they have not answered."""
        if self.is_over:
            return False
        return (self.is_open and person.is_named(self.record.to)) or self._mentions(person)

    def _mentions(self, person: Principal) -> bool:
        said = [(self.by, self.record.mentions), *((reply.by, reply.record.mentions) for reply in self.answers)]
        waits = False
        for by, mentioned in said:
            waits = not person.is_named(by) and (waits or any(map(person.is_named, mentioned)))
        return waits

    def is_late(self, day: dt.date) -> bool:
        return self.is_open and self.record.due is not None and self.record.due < day


def mentioned(text: str, people: Mapping[str, str]) -> list[str]:
    """Whom a text names with an @, each once; `people` are those who are known, by `names.key` of what they go by."""
    return list(dict.fromkeys(who for _, who in pieces(text, people) if who))


def pieces(text: str, people: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """A text in its parts, each with whom it names, or with nobody: an @ before another name stays text."""
    done = 0
    for sign in re.finditer(r"(?<!\w)@(?=\S)", text):
        if sign.start() < done:
            continue
        name, who = _named(text[sign.end() : sign.end() + _LETTERS], people)
        if who:
            yield text[done : sign.start()], ""
            yield f"@{name}", who
            done = sign.end() + len(name)
    yield text[done:], ""


def _named(rest: str, people: Mapping[str, str]) -> tuple[str, str]:
    """The longest known name with which a text begins."""
    for end in reversed([word.end() for word in islice(re.finditer(r"\S+", rest), _WORDS)]):
        name = rest[:end].rstrip(".,;:!?…)]}\"'")
        if who := people.get(names.key(name), ""):
            return name, who
    return "", ""
