"""One kind of failure a person is meant to read: where it is, what is wrong, and what was expected."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .language import marked, tr

if TYPE_CHECKING:
    from pydantic import ValidationError


class ReadinessError(Exception):
    """A problem stated in one sentence.

    `file` is what the person handed in (a file name, or "the store"), `place` where in it (a line, a key, a row),
    `problem` what is wrong there and `expected` what would have been right. Only `problem` is always known.
    """

    def __init__(self, problem: str, *, file: str = "", place: str = "", expected: str = "") -> None:
        super().__init__(problem)
        self.problem, self.file, self.place, self.expected = problem, file, place, expected

    def __str__(self) -> str:
        where = ", ".join(part for part in (self.file, self.place) if part)
        sentence = f"{where}: {self.problem}" if where else self.problem
        if self.expected:
            return tr("{sentence}; expected {expected}.", sentence=sentence, expected=self.expected)
        return f"{sentence}."

    def within(self, *, file: str = "", place: str = "") -> ReadinessError:
        """The same problem, placed by a caller that knows more: its own words win where they are already set."""
        joined = ".".join(part for part in (place, self.place) if part)
        return type(self)(self.problem, file=self.file or file, place=joined, expected=self.expected)


class InputError(ReadinessError):
    """Something handed in cannot be accepted; nothing was stored."""


class NotFound(ReadinessError):
    """What was asked for is not in the store."""


class StoreError(ReadinessError):
    """The store cannot be read or written as it is: locked, read-only, damaged, or of another schema."""


class Denied(ReadinessError):
    """The principal may not do this."""


class LoginEnded(Denied):
    """Who asks has to log in again."""


class Unreachable(ReadinessError):
    """Somebody else's server does not answer, or does not take what it is sent."""


class Unanswered(Unreachable):
    """Nobody knows whether somebody else's server did what it was asked for."""


class Conflict(ReadinessError):
    """Somebody else changed the same thing first; `theirs` is what the store holds now, field by field.

    `row` is the id of what they changed, and `version` the row version that it has now, where that is known.
    """

    def __init__(
        self, problem: str, *, theirs: dict[str, object] | None = None, row: int = 0, version: int = 0, **where: str
    ) -> None:
        super().__init__(problem, **where)
        self.theirs, self.row, self.version = theirs or {}, row, version

    def within(self, *, file: str = "", place: str = "") -> Conflict:
        return Conflict(
            self.problem,
            theirs=self.theirs,
            row=self.row,
            version=self.version,
            file=self.file or file,
            place=self.place or place,
            expected=self.expected,
        )


class Conflicts(Conflict):
    """Several things that somebody else changed first; a sentence for each."""

    def __init__(self, each: Sequence[Conflict]) -> None:
        first = each[0]
        theirs = {name: value for conflict in each for name, value in conflict.theirs.items()}
        super().__init__(first.problem, theirs=theirs, file=first.file, place=first.place, expected=first.expected)
        self.each = tuple(each)

    def __str__(self) -> str:
        return " ".join(map(str, self.each))

    def within(self, *, file: str = "", place: str = "") -> Conflicts:
        return Conflicts([conflict.within(file=file, place=place) for conflict in self.each])


_EXPECTED = {
    "missing": marked("a value for this key"),
    "extra_forbidden": marked("only the keys that the format knows"),
    "date_from_datetime_parsing": marked("a date that exists, as YYYY-MM-DD"),
    "date_parsing": marked("a date that exists, as YYYY-MM-DD"),
    "date_type": marked("a date, as YYYY-MM-DD"),
    "string_type": marked("text"),
    "string_too_short": marked("a text that is not empty"),
    "string_unicode": marked("letters that can be stored"),
    "bool_type": marked("true or false"),
    "int_type": marked("a whole number"),
    "float_type": marked("a number"),
    "list_type": marked("a list"),
}


def from_validation(exc: ValidationError, *, file: str = "", place: str = "") -> InputError:
    """The first fault of a pydantic validation as one sentence; later faults show once it is mended."""
    first = exc.errors()[0]
    path = [str(part) for part in first["loc"]]
    where = ".".join(([place] if place else []) + path)
    kind, context = first["type"], first.get("ctx", {})
    if kind == "value_error" and isinstance(context.get("error"), ValueError):
        return InputError(str(context["error"]), file=file, place=where)
    if kind == "missing":
        return InputError(tr("this required key is missing"), file=file, place=where, expected=tr(_EXPECTED[kind]))
    if kind == "extra_forbidden":
        return InputError(tr("this key is not known"), file=file, place=where, expected=tr(_EXPECTED[kind]))
    shown = repr(first.get("input"))
    shown = shown if len(shown) <= 60 else shown[:57] + "…"
    told = str(context.get("expected") or first["msg"][:1].lower() + first["msg"][1:])
    expected = tr(_EXPECTED.get(kind, told))
    return InputError(tr("{shown} is not allowed here", shown=shown), file=file, place=where, expected=expected)
