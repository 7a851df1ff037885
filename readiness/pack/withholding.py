"""What stands in a pack for the names that it leaves out: `tenant 1`, `promptfoo results 1`, `quality approver`.

A name has one stand-in in the whole pack. Numbers go by the cases behind a value, so they tell nothing of its spelling.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from readiness import formatting, names
from readiness.language import marked, tr
from readiness.review.review import Review

from . import few_cases, withheld
from .profiles import Profile
from .sections.base import FILE, PERSON, Clipped, Plain, each, unmarked
from .sections.cohorts import key
from .spellings import PLAIN_WORDS, Finder, NameSpelling, fold
from .withheld import OWNER, SOMEBODY

_GROUP = marked("group")
"""What values are called where the name of their dimension names somebody itself."""
_LONGEST_KIND = 40
_EMAIL = re.compile(r"[\w.+'-]+(?:@|%40)[\w-]+(?:\.[\w-]+)+")
_MARKED = re.compile(f"([{PERSON}{FILE}])([^{PERSON}{FILE}]*)\\1")
_PRIVATE = re.compile("[\U000f0000-\U0010ffff]")
"""Characters that stand for a name until it has its number; none of them is in any text."""
_FIRST, _LAST = 0xF0000, 0x10FFFF


@dataclass
class StandIn:
    """What is shown for a name: its kind, with a number where several share it; the heaviest is the first."""

    kind: str
    key: str
    weight: int = 0
    numbered: bool = True
    value: bool = False
    ours: bool = False
    """Whether `kind` is a word of ours, and no name of a dimension, a customer or a producer."""

    def said(self, known: str) -> str:
        """What is kept in English as `person 1`, in the language of the pack."""
        kind, _, number = known.rpartition(" ")
        kind, number = (kind, f" {number}") if kind and number.isdecimal() else (known, "")
        return f"{withheld.said(kind)}{number}" if self.ours else known

    @property
    def digest(self) -> str:
        return _digest(f"{self.kind}\0{self.value}\0{self.key}")


@dataclass
class Withholding:
    """The names that a pack leaves out, each by the place of its stand-in."""

    public: frozenset[str]
    names_people: bool
    customer: str = ""
    fewest: int = 0
    stand_ins: list[StandIn] = field(default_factory=list)
    spellings: dict[tuple[NameSpelling, int], None] = field(default_factory=dict)
    values: dict[str, int] = field(default_factory=dict)
    cohorts: dict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))
    files: dict[str, int] = field(default_factory=dict)
    people: dict[str, int] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)
    """What stands for each name that was met, in English, by a digest that tells it from the others."""

    @classmethod
    def of(
        cls, review: Review, profile: Profile, customer: str = "", numbers: Mapping[str, str] | None = None
    ) -> Withholding:
        """`customer` is whose own names may be read; `numbers` are those of an earlier pack, which stay."""
        made = cls(frozenset(map(fold, public(review, profile))), profile.names_people, customer, profile.fewest)
        made.numbers |= numbers or {}
        made._add_own()
        made._add_values(withheld.cohorts(review))
        made._add_files(review)
        if not profile.names_people:
            made._add_people(review)
        made._check_kinds()
        return made

    def _add(self, stand_in: StandIn) -> int:
        self.stand_ins.append(stand_in)
        return len(self.stand_ins) - 1

    def _spell(self, spelled: Iterable[str], number: int) -> None:
        self.spellings |= {(spelling, number): None for name in spelled if (spelling := NameSpelling.of(name))}

    def _add_own(self) -> None:
        """The customer stands for themselves, also where another's name is a part of theirs."""
        if self.customer:
            self._spell(
                withheld.spelled(self.customer), self._add(StandIn(self.customer, key(self.customer), numbered=False))
            )

    def _add_values(self, cohorts: Mapping[tuple[str, str], int]) -> None:
        """One stand-in for all spellings of a value, named after the dimension that most of its cases have it under."""
        for (dimension, value), weight in sorted(cohorts.items(), key=lambda cohort: (-cohort[1], cohort[0])):
            if fold(dimension) not in self.public and not self._is_own(value):
                self._spell(withheld.spelled(value), self._value_of(dimension, value, weight))

    def _value_of(self, dimension: str, value: str, weight: int = 0) -> int:
        own = key(value)
        if own not in self.values:
            self.values[own] = self._add(StandIn(dimension, own, weight, value=True))
        return self.cohorts[dimension.casefold()].setdefault(value.casefold(), self.values[own])

    def _is_own(self, value: str) -> bool:
        return bool(self.customer) and key(value) == key(self.customer)

    def _add_files(self, review: Review) -> None:
        for item in review.items.values():
            name = item.evidence.name
            if name not in self.files:
                self.files[name] = self._add(
                    StandIn(withheld.kind_of(item.evidence), name, -len(self.files), ours=True)
                )
            self._spell(withheld.filed_as(name), self.files[name])
        named = fold(withheld.PRODUCER) in self.public
        for name in withheld.producers(review):
            kind = unmarked(name) if named else withheld.PRODUCER
            self.files[unmarked(name)] = self._add(
                StandIn(kind, name, -len(self.files), numbered=not named, ours=not named)
            )
            self._spell(() if named else withheld.spelled(name), len(self.stand_ins) - 1)

    def _add_people(self, review: Review) -> None:
        for role, name in withheld.people(review):
            person = names.key(name)
            if person and person not in self.people:
                numbered = role in (OWNER, SOMEBODY)
                self.people[person] = self._add(StandIn(role, person, -len(self.people), numbered, ours=True))
                self._spell(withheld.called(name), self.people[person])

    def _check_kinds(self) -> None:
        """The name of a dimension or a role that names somebody itself is not said."""
        finder = Finder(self.spellings)
        kinds = {
            kind: formatting.plain(_PRIVATE.sub("", unmarked(kind))) for kind in {own.kind for own in self.stand_ins}
        }
        harmless = {
            kind: bool(said) and len(said) <= _LONGEST_KIND and not _EMAIL.search(said) and not finder.find(said)
            for kind, said in kinds.items()
        }
        for own in self.stand_ins[1:] if self.customer else self.stand_ins:
            own.ours = own.ours or not harmless[own.kind]
            own.kind = kinds[own.kind] if harmless[own.kind] else _GROUP if own.value else SOMEBODY

    def apply(self, texts: Sequence[Plain]) -> tuple[list[Plain], tuple[str, ...]]:
        """The texts without the names, and the kinds of cohorts whose values are numbered in them."""
        finder, bound = Finder(self.spellings), self._bound()
        without = [each(text, lambda text: self._bare(text, finder, bound)) for text in texts]
        few = self.few()
        without = [few_cases.without(text, few, self.fewest) for text in without] if few else without
        met: set[str] = set()

        def meet(text: str) -> str:
            met.update(_PRIVATE.findall(text))
            return text

        for text in without:
            each(text, meet)
        shown = self._shown(met)
        kinds = (own.said(own.kind) for at, own in enumerate(self.stand_ins) if own.value and character(at) in shown)
        return [each(text, lambda text: _filled(text, shown)) for text in without], tuple(dict.fromkeys(kinds))

    def few(self) -> frozenset[str]:
        """The characters of values with fewer cases than may be told.

        Where a dimension has one of them alone, its next goes as well: the one could be worked out from the sum.
        """
        few: set[int] = set()
        by_kind: dict[str, list[int]] = defaultdict(list)
        for at, own in enumerate(self.stand_ins):
            if own.value and self.fewest:
                by_kind[own.kind].append(at)
        for values in by_kind.values():
            small = [at for at in values if self.stand_ins[at].weight < self.fewest]
            rest = sorted(set(values) - set(small), key=lambda at: self.stand_ins[at].weight)
            few.update(small, rest[: len(small) == 1])
        return frozenset(map(character, few))

    def _bound(self) -> re.Pattern[str] | None:
        """A dimension that is not public, and what may stand between it and its value."""
        longest = sorted(filter(str.strip, self.cohorts), key=lambda dimension: (-len(dimension), dimension))
        if not longest:
            return None
        dimensions = "|".join(map(re.escape, longest))
        return re.compile(rf"(?<!\w)({dimensions})(\s*=\s*|\s*:\s+|\s+)([\"'“„«]?)", re.IGNORECASE)

    def _bare(self, text: str, finder: Finder, bound: re.Pattern[str] | None) -> str:
        bare = unmarked(_MARKED.sub(self._marked, _PRIVATE.sub("", text)))
        if not self.names_people:
            bare = _EMAIL.sub(lambda match: self._address(match[0]), bare)
        bare = self._unbound(bare, bound) if bound else bare
        for name in reversed(finder.find(bare)):
            bare = f"{bare[: name.start]}{character(name.number)}{bare[name.end :]}"
        return Clipped.like(text, bare)

    def _marked(self, match: re.Match[str]) -> str:
        """A person, a file or its producer where a section says that it is one, however short its name."""
        if match[1] == PERSON:
            return match[2] if self.names_people else self._person(match[2])
        return character(self.files[match[2]]) if match[2] in self.files else tr("a file")

    def _address(self, address: str) -> str:
        """A customer may be called by an address."""
        return address if address.casefold() in self.customer.casefold() else self._person(address)

    def _person(self, name: str) -> str:
        number = self.people.get(names.key(name))
        return tr("a person") if number is None else character(number)

    def _unbound(self, text: str, bound: re.Pattern[str]) -> str:
        """Values beside the name of their dimension, however short; behind `=` also those that no figure has."""
        parts, at = [], 0
        while match := bound.search(text, at):
            dimension, quote = match[1], match[3]
            if self.customer and (own := _starts(text[match.end() :], self.customer)):
                parts.append(text[at : match.end() + own])
                at = match.end() + own
            elif value := self._value_at(text, match.end(), dimension.casefold(), match[2] + quote):
                number = self._value_of(dimension, value)
                known = self.stand_ins[number].kind.casefold() in (dimension.casefold(), _GROUP)
                parts.append(f"{text[at : match.start()]}{'' if known else f'{dimension}='}{character(number)}")
                at = match.end() + len(value)
                at += bool(quote and text[at : at + 1] in ("'", '"', "'", "”", "“", "»"))
            else:
                parts.append(text[at : match.end(1)])
                at = match.end(1)
        return "".join([*parts, text[at:]])

    def _value_at(self, text: str, at: int, dimension: str, between: str) -> str:
        """The longest value of a dimension that stands here; where none does, what is stated of it all the same."""
        known = self.cohorts[dimension]
        for length in sorted({len(value) for value in known}, reverse=True):
            value = text[at : at + length]
            ends = not (value[-1:].isalnum() and text[at + length : at + length + 1].isalnum())
            if ends and value.casefold() in known and (between.strip(" :") or _distinct(value)):
                return value
        rest = re.compile(r"[^\s,;)\]}\"'”»]+").match(text, at) if "=" in between else None
        return rest[0] if rest else ""

    def again(self, said: Plain) -> Plain:
        """What an earlier pack said, without the names that are left out today; `apply` comes before it."""
        finder = Finder(self.spellings)
        shown = {character(at): self._known(own) for at, own in enumerate(self.stand_ins)}

        def without(text: str) -> str:
            for name in reversed(finder.find(text)):
                text = f"{text[: name.start]}{character(name.number)}{text[name.end :]}"
            return _filled(text, shown)

        return each(said, without)

    def _known(self, own: StandIn) -> str:
        if known := self.numbers.get(own.digest):
            return own.said(known)
        kind = own.said(own.kind)
        return tr("another {kind}", kind=kind) if own.numbered else kind

    def _shown(self, met: Collection[str]) -> dict[str, str]:
        """What stands for each name that was met; the others are not counted. Earlier numbers stay."""
        own = [at for at in range(len(self.stand_ins)) if character(at) in met]
        counts = _highest(self.numbers.values())
        shown = {}
        for at in sorted(own, key=lambda at: (-self.stand_ins[at].weight, _digest(self.stand_ins[at].key))):
            stand_in = self.stand_ins[at]
            if stand_in.digest not in self.numbers:
                counts[stand_in.kind] += 1
                number = f" {counts[stand_in.kind]}" if stand_in.numbered or counts[stand_in.kind] > 1 else ""
                self.numbers[stand_in.digest] = f"{stand_in.kind}{number}"
            shown[character(at)] = stand_in.said(self.numbers[stand_in.digest])
        return shown


def _highest(given: Iterable[str]) -> Counter[str]:
    """How far the numbers of each kind have come."""
    counts: Counter[str] = Counter()
    for stand_in in given:
        kind, _, number = stand_in.rpartition(" ")
        kind, count = (kind, int(number)) if kind and number.isdecimal() else (stand_in, 1)
        counts[kind] = max(counts[kind], count)
    return counts


def public(review: Review, profile: Profile) -> list[str]:
    """The kinds of cohorts whose values an audience may read."""
    stated = review.policy.record.public_dimensions if review.policy else []
    return list(dict.fromkeys([*profile.public_dimensions, *stated]))


def customers(review: Review, profile: Profile) -> list[str]:
    """Whom a pack for one customer can be for: the values of cohorts that are not public, by name."""
    open_to_all = set(map(fold, public(review, profile)))
    return sorted({value for dimension, value in withheld.cohorts(review) if fold(dimension) not in open_to_all})


def _starts(text: str, name: str) -> int:
    """The letters of a name that a text begins with as a word of its own; 0 where it begins with another."""
    begins = text[: len(name)].casefold() == name.casefold()
    return len(name) if begins and not text[len(name) : len(name) + 1].isalnum() else 0


def _distinct(value: str) -> bool:
    """Whether a value that stands behind the name of its dimension is meant, and not a word of the sentence."""
    return not value.isalpha() or not (value.islower() or fold(value) in PLAIN_WORDS)


def _filled(text: str, shown: Mapping[str, str]) -> str:
    """The stand-ins in their place, apart from letters beside them; `tenant` is not said again before `tenant 1`."""
    filled = ""
    for part in re.split(f"({_PRIVATE.pattern})", text):
        if stand_in := shown.get(part):
            kind = re.escape(stand_in.rpartition(" ")[0] or stand_in)
            filled = re.sub(rf"(?<!\w){kind}\s+$", "", filled, flags=re.IGNORECASE)
        apart = "-" if filled[-1:].isalnum() and (stand_in or part[:1].isalnum()) else ""
        filled += f"{apart}{stand_in or part}"
    return Clipped.like(text, filled)


def character(number: int) -> str:
    return chr(min(_FIRST + number, _LAST))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
