"""Knowledge as data: the checklist file with its signals, points, bands and rules.

Code knows how scoring works; every text, number and special signal comes from `data/checklists/*.toml`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from readiness import formatting, language, paths, plugins, strict_toml
from readiness.errors import InputError, NotFound, from_validation
from readiness.language import marked, tr

from .assessment import MarkValue
from .cells import Direction
from .checks import Check
from .record import Slug

Level = Literal["staged", "narrow", "add-controls", "do-not-broaden", "undetermined", "blocked"]
LEVELS: tuple[Level, ...] = ("staged", "narrow", "add-controls", "do-not-broaden", "undetermined", "blocked")
"""Verdict levels, best to worst."""
ALLOWED: tuple[Level, ...] = ("staged", "narrow")
"""Levels on which a rollout goes ahead."""

RuleId = Literal[
    "override",
    "override-contradicted",
    "critical",
    "rejected",
    "unanswered-override",
    "override-not-shown",
    "unanswered",
    "override-partial",
    "evidence-band",
    "release-rule",
    "contradicted",
    "uncovered",
    "attested-override",
]
RULES: tuple[RuleId, ...] = get_args(RuleId)
Effect = Literal[
    "blocked", "undetermined", "at-best-do-not-broaden", "at-best-add-controls", "at-best-narrow", "condition"
]
WORST_EFFECT_FIRST: tuple[Effect, ...] = get_args(Effect)
CAPS: dict[Effect, Level] = {
    "at-best-narrow": "narrow",
    "at-best-add-controls": "add-controls",
    "at-best-do-not-broaden": "do-not-broaden",
}
"""The best level that an effect leaves open."""
EFFECTS: dict[RuleId, Effect] = {
    "override": "blocked",
    "override-contradicted": "blocked",
    "critical": "blocked",
    "rejected": "blocked",
    "unanswered-override": "undetermined",
    "override-not-shown": "undetermined",
    "unanswered": "undetermined",
    "override-partial": "at-best-narrow",
    "evidence-band": "at-best-narrow",
    "release-rule": "at-best-narrow",
    "contradicted": "condition",
    "uncovered": "condition",
    "attested-override": "condition",
}
"""What a rule does; a critical answer that is only contradicted caps, and the evidence band caps at its own level."""
MAY_BE_CONDITIONS: tuple[RuleId, ...] = ("override-not-shown", "evidence-band")
"""The rules that a checklist may turn into conditions, for a team that starts."""

AnswerState = Literal["shown", "attested", "uncovered", "not shown", "contradicted", "unanswered"]
EvidencePoints = Literal[
    "shown", "attested", "uncovered", "not-shown", "contradicted", "contradicted-partial", "unanswered"
]
_EVIDENCE_POINTS: dict[EvidencePoints, MarkValue] = {
    "shown": "no",
    "attested": "no",
    "uncovered": "no",
    "not-shown": "no",
    "contradicted": "no",
    "contradicted-partial": "partial",
    "unanswered": "yes",
}
"""What an answer counts when only evidence does, beside the mark whose points it cannot be better than."""

MOST_BYTES = 1_000_000
MAX_DEPTH = 12
Sentence = Annotated[str, StringConstraints(min_length=1, max_length=600)]


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Section(_Data):
    id: Slug
    name: Sentence
    question: Sentence
    prove: Sentence


class Signal(_Data):
    """One risk. `gap` is the clause a sentence uses when the mark is yes ("rollback has not been rehearsed").

    `checks` hold the answer "no" against the stored evidence.
    """

    id: Slug
    number: int | None = None
    section: Slug
    name: Sentence
    risk: Sentence
    gap: Sentence
    needs: Sentence
    remedy: Sentence
    metrics: tuple[str, ...] = ()
    override: str = ""
    critical: bool = False
    checks: tuple[Check, ...] = ()

    @property
    def scored(self) -> bool:
        return self.number is not None

    @property
    def named(self) -> str:
        """The signal inside a sentence: `Rollback rehearsal (16)`; an attestation has no number."""
        return f"{tr(self.name)} ({self.number})" if self.scored else tr(self.name)

    @property
    def told_gap(self) -> str:
        """The clause of a yes, and whose it is: `rollback has not been rehearsed (16)`."""
        return f"{tr(self.gap)} ({self.label})"

    @property
    def label(self) -> str:
        """How a sentence points at the signal: its number, or the name of the attestation."""
        if self.number is not None:
            return str(self.number)
        return self.name.lower() if language.current() == language.ENGLISH else tr(self.name)


class Band(_Data):
    level: Level
    min: int = Field(ge=0)
    headline: Sentence


class Rule(_Data):
    """A rule of the verdict; `effect` is given only where this checklist makes it a mere condition."""

    id: RuleId
    name: Sentence
    source: Sentence
    effect: Literal["condition"] | None = None

    @model_validator(mode="after")
    def _may_be_a_condition(self) -> Rule:
        if self.effect and self.id not in MAY_BE_CONDITIONS:
            raise ValueError(
                tr(
                    "the rule {rule!r} cannot be a condition; expected that of {rules} only",
                    rule=self.id,
                    rules=formatting.listed(MAY_BE_CONDITIONS, formatting.OR),
                )
            )
        return self


class Metric(_Data):
    """A metric that is known; a change surely less than `same_within` is the same, unless a gate states another."""

    id: str
    name: Sentence
    unit: str
    direction: Direction
    same_within: float | None = Field(default=None, gt=0, allow_inf_nan=False)


class Checklist(_Data):
    """A checklist file, validated. `signals` holds the scored ones in order, then the attestations."""

    id: Slug
    version: str
    name: Sentence
    source: Sentence
    source_date: str
    points: dict[MarkValue, int]
    evidence_points: dict[EvidencePoints, int]
    sections: tuple[Section, ...]
    signals: tuple[Signal, ...] = Field(min_length=1)
    attestations: tuple[Signal, ...] = ()
    bands: tuple[Band, ...]
    rules: tuple[Rule, ...]
    metrics: tuple[Metric, ...] = ()

    @model_validator(mode="after")
    def _coherent(self) -> Checklist:
        sections = {section.id for section in self.sections}
        for signal in self.all:
            if signal.section not in sections:
                told = {"signal": signal.id, "section": signal.section}
                raise ValueError(tr("signal {signal!r} names the section {section!r}, which is not defined", **told))
        for signal in self.signals:
            if signal.number is None:
                told = {"signal": signal.id}
                raise ValueError(tr("signal {signal!r} has no number; expected one on every scored signal", **told))
        for signal in self.attestations:
            if signal.number is not None:
                told = {"signal": signal.id}
                raise ValueError(
                    tr("attestation {signal!r} has a number; expected none, since it is not scored", **told)
                )
        named: dict[str, list[str]] = {
            marked("the section {name!r} stands twice"): [section.id for section in self.sections],
            marked("the signal {name!r} stands twice"): [signal.id for signal in self.all],
            marked("the signal number {name!r} stands twice"): [str(signal.number) for signal in self.signals],
            marked("the rule {name!r} stands twice"): [rule.id for rule in self.rules],
            marked("the metric {name!r} stands twice"): [metric.id for metric in self.metrics],
        }
        for what, names in named.items():
            twice = sorted({name for name in names if names.count(name) > 1})
            if twice:
                raise ValueError(tr(what, name=twice[0]))
        starts = [band.min for band in self.bands]
        if not starts or starts[0] != 0 or starts != sorted(set(starts)):
            raise ValueError(tr("the bands do not rise from 0; expected ascending min values that begin with 0"))
        levels = [LEVELS.index(band.level) for band in self.bands]
        if levels != sorted(set(levels)) or any(LEVELS[level] in ("undetermined", "blocked") for level in levels):
            raise ValueError(
                tr("the bands do not worsen with the score; expected levels from staged to do-not-broaden")
            )
        if {rule.id for rule in self.rules} != set(RULES):
            raise ValueError(tr("the rules are not complete; expected {rules}", rules=", ".join(RULES)))
        return self

    @model_validator(mode="after")
    def _checks_name_metrics(self) -> Checklist:
        units = {metric.id: metric.unit for metric in self.metrics}
        for signal in self.all:
            for check in signal.checks:
                metric = getattr(check, "metric", None)
                if metric is not None and metric not in units:
                    told = {"signal": signal.id, "metric": metric}
                    raise ValueError(
                        tr("a check of {signal!r} names the metric {metric!r}, which is not defined", **told)
                    )
                bounds = [getattr(check, name, None) for name in ("min", "max")]
                if metric and units[metric] == "ratio" and any(bound and not 0 <= bound <= 1 for bound in bounds):
                    raise ValueError(
                        tr(
                            "a check of {signal!r} holds the ratio {metric!r} against {bound}; "
                            "expected a share from 0 to 1",
                            signal=signal.id,
                            metric=metric,
                            bound=f"{_bound(bounds):g}",
                        )
                    )
        return self

    @model_validator(mode="after")
    def _points_rise(self) -> Checklist:
        if set(self.points) != {"no", "partial", "yes"}:
            raise ValueError(tr("points are not complete; expected no, partial and yes"))
        if not 0 <= self.points["no"] < self.points["partial"] <= self.points["yes"]:
            raise ValueError(tr("the points do not rise from no to yes; expected 0 or more, ever more"))
        least = {name: self.points[mark] for name, mark in _EVIDENCE_POINTS.items()}
        if set(self.evidence_points) != set(least):
            raise ValueError(tr("evidence_points are not complete; expected {points}", points=", ".join(least)))
        if any(self.evidence_points[name] < points for name, points in least.items()):
            raise ValueError(tr("evidence_points are better than the points of the mark; expected as many or more"))
        return self

    @property
    def all(self) -> tuple[Signal, ...]:
        return (*self.signals, *self.attestations)

    @property
    def highest(self) -> int:
        """The worst score possible."""
        return max(self.points.values()) * len(self.signals)

    def signal(self, signal_id: str) -> Signal:
        for signal in self.all:
            if signal.id == signal_id:
                return signal
        raise InputError(
            tr("the signal {signal!r} is not known", signal=signal_id),
            expected=tr("one of {known}", known=", ".join(self.ids)),
        )

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(signal.id for signal in self.all)

    def band(self, score: int) -> Band:
        return next(band for band in reversed(self.bands) if score >= band.min)

    def spans(self, low: int, high: int) -> tuple[Band, ...]:
        """The bands that a score between low and high, both included, may fall in."""
        first, last = self.bands.index(self.band(low)), self.bands.index(self.band(high))
        return self.bands[first : last + 1]

    def rule(self, rule_id: RuleId) -> Rule:
        return next(rule for rule in self.rules if rule.id == rule_id)

    @property
    def loads(self) -> frozenset[str]:
        """The dimensions that tell the loads of a load test apart, and not groups of users."""
        return frozenset(check.dimension for signal in self.all for check in signal.checks if check.kind == "load")

    @property
    def eased(self) -> tuple[Rule, ...]:
        """The rules that this checklist makes mere conditions."""
        return tuple(rule for rule in self.rules if rule.effect)

    def metric(self, metric_id: str) -> Metric | None:
        return next((metric for metric in self.metrics if metric.id == metric_id), None)


def _bound(bounds: Sequence[float | None]) -> float:
    return next(bound for bound in bounds if bound)


def parse(text: str, *, file: str) -> Checklist:
    """A checklist from TOML text; raises InputError with file, key and what was expected."""
    try:
        data = strict_toml.loads(text, depth=MAX_DEPTH)
    except InputError as exc:
        raise exc.within(file=file) from exc
    try:
        return Checklist.model_validate(data)
    except ValidationError as exc:
        raise from_validation(exc, file=file) from exc


def named(checklist_id: str) -> Checklist:
    """One of the checklists that are shipped, or of a team's own; raises NotFound with the ids that are there."""
    return _one(every(), checklist_id)


def every() -> Mapping[str, Checklist]:
    """Those that are shipped, a team's own, and those of plug-ins, by id; a plug-in takes the place of none of them."""
    own = load(*paths.checklists())
    return {**{name: stated for place in plugged() for name, stated in load(place).items()}, **own}


@cache
def plugged() -> tuple[Path, ...]:
    """The files and folders of plug-ins that hold checklists which can be read."""
    places = []
    for plugin in plugins.of("readiness.checklists"):
        try:
            load(place := Path(plugin.offers() if callable(plugin.offers) else plugin.offers))
        except (InputError, TypeError, OSError) as exc:
            plugins.failed(f"the checklist {plugin.told} cannot be used: {str(exc).removesuffix('.')}")
        else:
            places.append(place)
    return tuple(places)


def files(*places: Path) -> list[Path]:
    """The files of checklists, each once: those in a folder, or the one that is named itself."""
    found: dict[Path, Path] = {}
    for place in places:
        in_place = sorted(place.glob("*.toml")) if place.is_dir() else [place] if place.is_file() else []
        if not in_place:
            raise InputError(
                tr("no checklist is there"),
                file=str(place),
                expected=tr("a TOML file, or a folder with one or more"),
            )
        found |= {path.resolve(): path for path in in_place if path.resolve() not in found}
    return list(found.values())


@cache
def load(*places: Path) -> dict[str, Checklist]:
    """Every checklist of some files and folders by id; read once per process."""
    checklists: dict[str, Checklist] = {}
    for path in files(*places):
        try:
            if path.stat().st_size > MOST_BYTES:
                raise InputError(
                    tr("the file is too large for a checklist"), file=path.name, expected=tr("1 MB at most")
                )
            checklist = parse(path.read_text("utf-8"), file=path.name)
        except (OSError, UnicodeDecodeError) as exc:
            raise InputError(tr("the checklist cannot be read"), file=path.name, expected="UTF-8 TOML") from exc
        if checklist.id in checklists:
            raise InputError(
                tr("the checklist {checklist!r} is defined twice", checklist=checklist.id),
                file=path.name,
                expected=tr("one each"),
            )
        checklists[checklist.id] = checklist
    return checklists


def get(folder: Path, checklist_id: str) -> Checklist:
    """One checklist; raises NotFound with the ids that are there."""
    return _one(load(folder), checklist_id)


def _one(checklists: Mapping[str, Checklist], checklist_id: str) -> Checklist:
    if checklist_id not in checklists:
        raise NotFound(
            tr("the checklist {checklist!r} is not known", checklist=checklist_id),
            expected=tr("one of {known}", known=", ".join(sorted(checklists))),
        )
    return checklists[checklist_id]
