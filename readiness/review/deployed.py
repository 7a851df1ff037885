"""Whether what runs is what was decided on: the version, and the parts that the system card names. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from readiness import formatting, names
from readiness.errors import InputError
from readiness.language import marked, tr

from . import decided
from .review import Review


@dataclass(frozen=True)
class Deployed:
    """What somebody says that runs: the `version`, and versions of parts by their name, kind, or both."""

    version: str = ""
    parts: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Compared:
    """`differs` says in words what runs otherwise; `unknown` are parts of which nobody said what runs."""

    differs: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


def components(review: Review) -> dict[str, str]:
    """The versions that the system card states of its parts, by kind and name."""
    parts = review.card.record.components if review.card else []
    return {f"{part.kind} {part.name}": part.version.strip() for part in parts if part.version.strip()}


def stated(given: Sequence[str], *, place: str) -> Deployed:
    """From `2026.11` and `model=gpt-4.1-2025-04-14`. Raises InputError for two versions, or half a pair."""
    versions = [text.strip() for text in given if "=" not in text]
    pairs = [text.partition("=") for text in given if "=" in text]
    if len(versions) > 1 or any(not version for version in versions):
        many, one = tr("more than one version is said to run"), tr("one, and parts as NAME=VERSION")
        raise InputError(many, place=place, expected=one)
    if any(not (name.strip() and version.strip()) for name, _, version in pairs):
        raise InputError(tr("a part or its version is not named"), place=place, expected="NAME=VERSION")
    return Deployed(versions[0] if versions else "", {name.strip(): version.strip() for name, _, version in pairs})


def compared(review: Review, runs: Deployed) -> Compared:
    """What runs held against the last decision on the assessment, or the assessment itself where none was made."""
    last = decided.standing(review).last
    admitted = last.record.components if last else components(review)
    differs, met = [], set()
    if runs.version and runs.version != review.assessment.candidate:
        text = marked("version {version} runs, and {candidate} was {admitted}")
        candidate = review.assessment.candidate
        differs.append(tr(text, version=runs.version, candidate=candidate, admitted=_admitted(review)))
    for name, version in (runs.parts or {}).items():
        meant = [known for known in admitted if _means(name, known)]
        if len(meant) != 1:
            text = (
                marked("several parts called {part} with a version was {admitted}; there is {known}")
                if meant
                else marked("no part called {part} with a version was {admitted}; there is {known}")
            )
            there = formatting.listed(sorted(admitted), "or") or tr("none")
            differs.append(tr(text, part=name, admitted=_admitted(review), known=there))
            met.update(meant)
            continue
        met.add(meant[0])
        if admitted[meant[0]] != version:
            text = marked("{part} {version} runs, and {other} was {admitted}")
            other = admitted[meant[0]]
            differs.append(tr(text, part=meant[0], version=version, other=other, admitted=_admitted(review)))
    return Compared(tuple(differs), tuple(name for name in admitted if name not in met))


def _admitted(review: Review) -> str:
    return tr("decided on") if decided.standing(review).last else tr("assessed")


def _means(name: str, known: str) -> bool:
    """A part is called by its kind, its name, or both."""
    kind, _, rest = known.partition(" ")
    return names.key(name) in {names.key(known), names.key(kind), names.key(rest)}
