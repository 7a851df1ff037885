"""What does not fit in a file, in words: what it states beside what its rows give, or whose results it holds. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from readiness import formatting
from readiness.language import marked, tr
from readiness.model.evidence import Confirmation, Doubt, DoubtKind, Evidence

_SENTENCES: dict[DoubtKind, str] = {
    "total": marked("the file states {stated} for {what}, and its rows give {counted}"),
    "time": marked("the file says that it ran on {stated}, and is imported as measured on {counted}"),
    "renamed": marked("the rows name the version {stated}, and the file is imported as {counted}"),
    "label": marked("{what} stood for {stated} before, and is imported as {counted}"),
    "moved": marked("the same file was imported as {stated} before, and is imported as {counted}"),
    "copy": marked("these are the results of {stated}, since {what}, and the file is imported as {counted}"),
    "run": marked("{what} stood under {stated} before, and under {counted} in this file"),
    "setting": marked("the {what} was {stated} in other files, and is {counted} in this one"),
    "unit": marked(
        "{what} was stated to be per cent for {stated}, and nothing is said of it for this file, read as {counted}"
    ),
    "repeated": marked("{what} are {stated} once more, cell for cell, so that each case would count {counted}"),
    "same": marked("the {what} are those that ran as {stated}, and the file is imported as {counted}"),
}


def clause(doubt: Doubt) -> str:
    """One thing that does not fit, with both sides of it."""
    return tr(_SENTENCES[doubt.kind], what=doubt.what, stated=doubt.stated, counted=doubt.counted)


def clauses(doubts: Sequence[Doubt]) -> str:
    """The first of all that does not fit, and how much more there is."""
    return formatting.few([clause(doubt) for doubt in doubts])


def why_silent(file: Evidence) -> str:
    """Why a file that does not add up says nothing, of its figures or traces."""
    return tr("do not add up ({file}: {doubts})", file=file.name, doubts=clauses(file.doubts))


def confirmation(confirmed: Confirmation) -> str:
    """Who said that the file counts all the same, when, and why."""
    return tr(
        "confirmed by {name} on {day}: {reason}",
        name=confirmed.by,
        day=formatting.day(confirmed.at),
        reason=confirmed.reason,
    )


def warnings(files: Sequence[Evidence]) -> list[str]:
    """A sentence for each file that does not add up and that nobody has confirmed."""
    return [f"{file.name} {pending(file.doubts)}" for file in files if file.doubted]


def pending(doubts: Sequence[Doubt]) -> str:
    return tr("does not count until a person confirms it: {doubts}", doubts=clauses(doubts))
