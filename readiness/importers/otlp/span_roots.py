"""What the roots of many traces say at once: version and workflow, and whether the question and the answer are there.

`spans` reads one root of every shape, for its fields; where a root is not as collectors write it, it says so.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from readiness.importers.batch import Options
from readiness.importers.naming import plain
from readiness.importers.settings import Settings, found
from readiness.importers.spans.raw_spans import RawSpan, named_by
from readiness.importers.spans.semconv import INPUT, NUMBERED, OF_THE_SDK, OUTPUT
from readiness.importers.spans.span_values import BadSpanError
from readiness.tracing.columnar import Numbers
from readiness.tracing.sampling import names_escalation, says_escalated

from .arrow import numbered, taken
from .arrow_blocks import MORE_VALUES, VALUES, Attributes, SpanBlock
from .span_fields import Numbered
from .spans import found_in, value_of

EMPTY: tuple[Any, ...] = (None, "", [])
PLAIN = ("stringValue", "intValue", "boolValue", "doubleValue")
"""What can stand for a text that was asked or answered; lists and bytes are for `spans` to read."""
MOST_SHAPES = 10_000


@dataclass(frozen=True)
class RootFields:
    """What roots say of their traces, a row for each: `row` is that of the span, `group` of version and workflow."""

    row: Numbers
    group: Numbers
    asked: Numbers
    answered: Numbers
    ended: Numbers
    escalated: Numbers

    @classmethod
    def none(cls) -> RootFields:
        return cls(*(np.zeros(0, dtype=np.int64) for _ in fields(cls)))

    def only(self, kept: Numbers) -> RootFields:
        return RootFields(*(column[kept] for column in vars(self).values()))


class RootReader:
    """Reads what roots say; `fields` are the names by which they could be told apart, `groups` those that are."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.groups = Numbered()
        self.fields: dict[str, None] = {}
        self.settings = Settings()
        self._paths = [path.strip() for path in options.mapping.get("workflow", "").split(",") if path.strip()]
        self._shapes: set[tuple[tuple[str, int], ...]] = set()

    def one(self, row: int, raw_span: RawSpan) -> RootFields:
        """What a root says that `spans` has read."""
        group = self.groups[raw_span.version, named_by(self.options, "workflow", raw_span.fields)]
        self.fields.update(dict.fromkeys(raw_span.fields))
        self.settings.add(raw_span.version, raw_span.settings)
        facts = (raw_span.input not in EMPTY, raw_span.output not in EMPTY, raw_span.end_ns is not None)
        escalated = any(says_escalated(*item) for item in raw_span.attributes.items())
        return RootFields(*(np.array([fact], dtype=np.int64) for fact in (row, group, *facts, escalated)))

    def many(self, block: SpanBlock, rows: Numbers) -> tuple[RootFields, Numbers]:
        """What these roots say, and which of the rows are odd; what an odd one says is left out."""
        if not len(rows):
            return RootFields.none(), rows
        entries = _Held.of(block.attributes, rows)
        asked, answered = (entries.any_text(names) for names in (INPUT, OUTPUT))
        entries.odd |= not {*INPUT, *OUTPUT}.isdisjoint(self._paths)
        escalated = entries.any_escalated()
        texts = {path: entries.texts(path) for path in self._paths if not NUMBERED.search(path)}
        group = self._groups(block, texts, block.resource[rows])
        self._look(block, entries, rows)
        root_fields = RootFields(rows, group, asked, answered, np.ones(len(rows), dtype=bool), escalated)
        return root_fields.only(~entries.odd), rows[entries.odd]

    def _groups(self, block: SpanBlock, texts: dict[str, Any], resource: Numbers) -> Numbers:
        """The numbers of what the roots' resources and texts name: the label of a version, and a workflow."""
        keys = resource.astype(np.int64)
        for shown, codes in texts.values():
            keys = np.unique(keys * (len(shown) + 1) + codes + 1, return_inverse=True)[1]
        _, first, place = np.unique(keys, return_index=True, return_inverse=True)
        numbers = np.zeros(len(first), dtype=np.int32)
        for at in np.argsort(first).tolist():  # in the order of the file
            row = first[at]
            label, named = self._resource(block.resources[resource[row]])
            own = plain({path: shown[codes[row]] for path, (shown, codes) in texts.items() if codes[row] >= 0})
            workflow = named_by(self.options, "workflow", named | own) if self._paths else ""
            numbers[at] = self.groups[label, workflow]
        return numbers[place]

    def _resource(self, resource: dict[str, Any]) -> tuple[str, dict[str, str]]:
        named = plain({key: value for key, value in resource.items() if not key.startswith(OF_THE_SDK)})
        self.fields.update(dict.fromkeys(named))
        label = next(iter(plain({"": resource.get("service.version")}).values()), "")
        self.settings.add(label, found(named))
        return label, named

    def _look(self, block: SpanBlock, entries: _Held, rows: Numbers) -> None:
        """Let `spans` read the first root of every shape: the names of its attributes, and what kind each is of.

        A text that was asked or answered names nothing, but one that is empty does.
        """
        texts = entries.attributes.which({*INPUT, *OUTPUT}.__contains__, entries.places)
        kind = entries.kind + 8 * (texts & (entries.attributes.lengths[entries.places] == 0))
        shapes = np.ascontiguousarray(entries.codes * 16 + kind).astype(np.int32)
        bounds = np.cumsum(np.bincount(entries.owner, minlength=len(rows)))
        seen, start = set[bytes](), 0
        for at, end in enumerate(bounds.tolist()):
            shape = shapes[start:end].tobytes()
            if shape not in seen and not entries.odd[at]:
                seen.add(shape)
                pairs = zip(entries.codes[start:end].tolist(), kind[start:end].tolist(), strict=True)
                key = tuple([(entries.attributes.names[code], number) for code, number in pairs])
                if key not in self._shapes:
                    entries.odd[at] = not self._is_readable(block, int(rows[at]))
                    if len(self._shapes) < MOST_SHAPES:
                        self._shapes.add(key)
            start = end

    def _is_readable(self, block: SpanBlock, row: int) -> bool:
        try:
            self.fields.update(dict.fromkeys(found_in(*block.span(row)).fields))
        except BadSpanError:
            return False
        return True


@dataclass
class _Held:
    """The attributes of some roots: where each stands, which of the roots it is of, its name and what kind it is of."""

    attributes: Attributes
    places: Numbers
    owner: Numbers
    codes: Numbers
    kind: Numbers
    odd: Numbers

    @classmethod
    def of(cls, attributes: Attributes, rows: Numbers) -> _Held:
        places, owner = attributes.held.places(rows)
        codes = attributes.codes[places]
        valid = np.array([attributes.of_kind(kind)[places] for kind in (*VALUES, *MORE_VALUES)])
        entries = cls(attributes, places, owner, codes, valid.argmax(axis=0), np.zeros(len(rows), dtype=bool))
        wrong = ~attributes.are_plain[places] | attributes.which("metadata".__eq__, places)
        named, number = np.unique(owner * (len(attributes.names) + 1) + codes, return_counts=True)
        entries.odd[owner[wrong]] = True
        entries.odd[named[number > 1] // (len(attributes.names) + 1)] = True
        return entries

    def any_text(self, names: tuple[str, ...]) -> Numbers:
        """Which roots hold something under one of these names."""
        asked = np.flatnonzero(self.attributes.which(set(names).__contains__, self.places))
        lengths = self.attributes.lengths[self.places[asked]]
        self.odd[self.owner[asked[~np.isin(self.kind[asked], _numbers_of(PLAIN))]]] = True
        return np.bincount(self.owner[asked[lengths > 0]], minlength=len(self.odd)) > 0

    def any_escalated(self) -> Numbers:
        escalated = np.zeros(len(self.odd), dtype=bool)
        for at in np.flatnonzero(self.attributes.which(names_escalation, self.places)).tolist():
            kind = (*VALUES, *MORE_VALUES)[self.kind[at]]
            if kind not in PLAIN:
                self.odd[self.owner[at]] = True
            elif not self.odd[self.owner[at]]:
                value = value_of({kind: self.attributes.as_kind(kind)[int(self.places[at])].as_py()})
                escalated[self.owner[at]] |= says_escalated(self.attributes.names[self.codes[at]], value)
        return escalated

    def texts(self, name: str) -> tuple[list[str], Numbers]:
        """The texts and whole numbers under a name, and the number of each root's among them, -1 for one without."""
        named = np.flatnonzero(self.attributes.which(name.__eq__, self.places))
        (shown, codes), (whole, others) = (numbered(self._values(kind, named)) for kind in VALUES)
        codes = np.where(codes < 0, np.where(others < 0, -1, others + len(shown)), codes)
        shown += [str(value_of({VALUES[1]: number})) for number in whole]
        by_row = np.full(len(self.odd), -1)
        by_row[self.owner[named]] = codes
        self.odd[self.owner[named[codes < 0]]] = True
        return shown, by_row

    def _values(self, kind: str, at: Numbers) -> Any:
        return taken(self.attributes.as_kind(kind), self.places[at])


def _numbers_of(kinds: tuple[str, ...]) -> list[int]:
    return [(*VALUES, *MORE_VALUES).index(kind) for kind in kinds]
