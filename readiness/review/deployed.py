"""Whether what runs is what was decided on: the version, and the parts that the system card names. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from readiness import formatting, names
from readiness.errors import InputError

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
        raise InputError("more than one version is said to run", place=place, expected="one, and parts as NAME=VERSION")
    if any(not (name.strip() and version.strip()) for name, _, version in pairs):
        raise InputError("a part or its version is not named", place=place, expected="NAME=VERSION")
    return Deployed(versions[0] if versions else "", {name.strip(): version.strip() for name, _, version in pairs})


def compared(review: Review, runs: Deployed) -> Compared:
    """What runs held against the last decision on the assessment, or the assessment itself where none was made."""
    last = decided.standing(review).last
    admitted = last.record.components if last else components(review)
    differs, met = [], set()
    if runs.version and runs.version != review.assessment.candidate:
        differs.append(f"version {runs.version} runs, and {review.assessment.candidate} was {_admitted(review)}")
    for name, version in (runs.parts or {}).items():
        meant = [known for known in admitted if _means(name, known)]
        if len(meant) != 1:
            known = formatting.listed(sorted(admitted), "or") or "none"
            which = "several parts" if meant else "no part"
            differs.append(f"{which} called {name} with a version was {_admitted(review)}; there is {known}")
            met.update(meant)
            continue
        met.add(meant[0])
        if admitted[meant[0]] != version:
            differs.append(f"{meant[0]} {version} runs, and {admitted[meant[0]]} was {_admitted(review)}")
    return Compared(tuple(differs), tuple(name for name in admitted if name not in met))


def _admitted(review: Review) -> str:
    return "decided on" if decided.standing(review).last else "assessed"


def _means(name: str, known: str) -> bool:
    """A part is called by its kind, its name, or both."""
    kind, _, rest = known.partition(" ")
    return names.key(name) in {names.key(known), names.key(kind), names.key(rest)}
