"""A whole assessment as one TOML file, `readiness-assessment/1`: read strictly, and written back.

Which signals there are is the checklist's knowledge, so ids are checked by the service that stores the file.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterator
from typing import Any, TypeVar, get_args, get_origin

import tomli_w
from pydantic import ValidationError
from sqlmodel import Field

from readiness import clock, formatting, strict_toml
from readiness.errors import InputError, from_validation
from readiness.importers.batch import Batch, Options
from readiness.importers.source.gateway import Source
from readiness.language import marked, tr
from readiness.model.assessment import Assessment, AssessmentFile, Mark, System
from readiness.model.card import SystemCard
from readiness.model.monitoring import MonitoringPlan
from readiness.model.policy import ReleasePolicy
from readiness.model.record import Line, Record
from readiness.strict_toml import LARGEST

FORMAT = "readiness-assessment/1"
PUBLIC = "public_dimensions"
TABLES = ("system", "assessment", "marks", "policy", "packs", "monitoring", "card")
MAX_DEPTH = 8
LONGEST_PLACE = 500

_FORMAT_LINE = re.compile(r"""["']?format["']?\s*=\s*["']readiness-assessment/""")
_KEY = r"""(?:[\w-]+|"[^"]*"|'[^']*')"""
_KEY_LINE = re.compile(rf"\[{{0,2}}\s*{_KEY}(?:\s*\.\s*{_KEY})*\s*\.?(?:=.*|\]{{1,2}}.*)?")
_Kind = TypeVar("_Kind", bound=Record)


class _Packs(Record):
    """The table `[packs]`."""

    public_dimensions: list[Line] = Field(default_factory=list)


class AssessmentImporter:
    format = "assessment"
    title = marked("an assessment (TOML)")

    def sniff(self, source: Source) -> bool:
        """The format line stands before the first table; only comments and other keys may come before it."""
        for line in source.head_text.splitlines():
            stripped = line.strip()
            if _FORMAT_LINE.match(stripped):
                return True
            if stripped and not stripped.startswith("#") and (stripped[0] in "[{" or "=" not in stripped):
                return False
        return False

    def read(self, source: Source, options: Options) -> Batch:
        if options.version or options.mapping or options.measured_on:
            raise InputError(
                tr("an assessment file names its versions and dates itself"),
                file=source.name,
                expected=tr("no version, mapping or date beside it"),
            )
        try:
            return Batch(self.format, assessment=_assessment(_parse(source)))
        except InputError as exc:
            raise exc.within(file=source.name) from exc


IMPORTER = AssessmentImporter()


def is_toml(source: Source) -> bool:
    """Whether the file begins like TOML, if not like an assessment: what it lacks is then said, or its line."""
    lines = (line.strip() for line in source.head_text.splitlines())
    first = next((line for line in lines if line and not line.startswith("#")), "")
    is_cut = len(first) > LONGEST_PLACE and "." in first
    return ("=" in source.head_text or is_cut) and bool(_KEY_LINE.fullmatch(first))


def policy(source: Source) -> ReleasePolicy | None:
    """What a file with the tables of a release policy alone states. Raises InputError."""
    return _policy(_parse(source))


def _parse(source: Source) -> dict[str, Any]:
    if source.size > LARGEST:
        raise InputError(
            tr("the file has {size} bytes", size=formatting.whole(source.size)),
            expected=tr("at most {most} for an assessment", most=formatting.whole(LARGEST)),
        )
    data = strict_toml.loads(source.text, depth=MAX_DEPTH)
    _check_values(data)
    return data


def _check_values(data: dict[str, Any]) -> None:
    """What TOML can say and this format has no use for: deep nesting, numbers that are none, times, NUL characters."""
    layer: list[tuple[str, Any]] = [("", data)]
    for _ in range(MAX_DEPTH):
        for place, value in layer:
            if isinstance(value, float) and not math.isfinite(value):
                raise InputError(
                    tr("{shown} is not allowed here", shown=value), place=place, expected=tr("a finite number")
                )
            if isinstance(value, (dt.datetime, dt.time)):
                raise InputError(
                    tr("{shown} has a time of day", shown=value), place=place, expected=tr("a date, as YYYY-MM-DD")
                )
            if isinstance(value, dt.date) and not clock.is_plausible(value):
                raise InputError(tr("{shown} cannot be meant", shown=value), place=place, expected=tr(clock.PLAUSIBLE))
            if len(place) > LONGEST_PLACE:
                raise InputError(
                    tr("a key is too long"), place=f"{place[:60]}…", expected=tr("a key that the format knows")
                )
            if "\0" in place or (isinstance(value, str) and "\0" in value):
                raise InputError(tr("there is a NUL character"), place=place.replace("\0", ""), expected=tr("text"))
        layer = [(f"{place}.{key}".lstrip("."), item) for place, value in layer for key, item in _children(value)]
    if layer:
        raise _too_deep(layer[0][0])


def _too_deep(place: str) -> InputError:
    return InputError(
        tr("the TOML is nested too deeply"), place=place, expected=tr("at most {most} levels", most=MAX_DEPTH)
    )


def _children(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        yield from value.items()
    elif isinstance(value, list):
        yield from ((str(at), item) for at, item in enumerate(value))


def _assessment(data: dict[str, Any]) -> AssessmentFile:
    stated_format = str(data.get("format", tr("TOML without a format line")))
    if stated_format != FORMAT:
        raise InputError(
            tr("this is {stated}, which cannot be read", stated=stated_format[:80]), place="format", expected=FORMAT
        )
    for key in data:
        if key not in ("format", "checklist", *TABLES):
            raise InputError(
                tr("this key is not known"),
                place=key,
                expected=tr("one of checklist, {known}", known=", ".join(TABLES)),
            )
    system, stated = (_table(data, key, required=True) for key in ("system", "assessment"))
    _refuse_key(stated, "checklist", "assessment", tr("checklist above the first table"))
    if "checklist" in data:
        stated = {**stated, "checklist": data["checklist"]}
    return AssessmentFile(
        system=_build(System, system, "system"),
        assessment=_build(Assessment, stated, "assessment"),
        marks=[_mark(signal, entry) for signal, entry in _table(data, "marks").items()],
        policy=_policy(data),
        monitoring=_build(MonitoringPlan, _table(data, "monitoring"), "monitoring") if "monitoring" in data else None,
        card=_build(SystemCard, _table(data, "card"), "card") if "card" in data else None,
    )


def _policy(data: dict[str, Any]) -> ReleasePolicy | None:
    """What may leave in packs is a part of the policy, with a table of its own in the file."""
    stated = _table(data, "policy")
    if public := _build(_Packs, _table(data, "packs"), "packs").public_dimensions:
        _refuse_key(stated, PUBLIC, "policy", tr("{public} once, under [packs]", public=PUBLIC))
        stated = {**stated, PUBLIC: public}
    return _build(ReleasePolicy, stated, "policy") if "policy" in data or public else None


def _table(data: dict[str, Any], key: str, *, required: bool = False) -> dict[str, Any]:
    if key not in data and required:
        raise InputError(tr("this required table is missing"), place=key, expected=f"[{key}]")
    table = data.get(key, {})
    if not isinstance(table, dict):
        raise InputError(tr("this is not a table"), place=key, expected=f"[{key}]")
    return table


def _refuse_key(table: dict[str, Any], key: str, place: str, expected: str) -> None:
    if key in table:
        raise InputError(tr("this key is not known"), place=f"{place}.{key}", expected=expected)


def _mark(signal: str, entry: Any) -> Mark:
    place = f"marks.{signal}"
    if not isinstance(entry, dict):
        raise InputError(
            tr("this is not a table"), place=place, expected=tr("one table per signal, such as [marks.SIGNAL]")
        )
    _refuse_key(entry, "signal", place, tr("the signal in the name of the table only"))
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", signal) or len(signal) > 80:
        raise InputError(
            tr("this is not the id of a signal"), place=place, expected=tr("small letters, digits and hyphens")
        )
    return _build(Mark, {"signal": signal, **entry}, place)


def _build(kind: type[_Kind], data: Any, place: str) -> _Kind:
    """A record of strict types, inner ones first: validation of the outer one alone would convert within them."""
    if not isinstance(data, dict):
        raise InputError(tr("this is not a table"), place=place, expected=tr("a table"))
    values = dict(data)
    for name, field in kind.model_fields.items():
        if name in values:
            values[name] = _inner(field.annotation, values[name], f"{place}.{name}")
    try:
        return kind.model_validate(values, strict=True)
    except ValidationError as exc:
        raise from_validation(exc, place=place) from exc


def _inner(annotation: Any, value: Any, place: str) -> Any:
    """The value with its tables turned into records, where the annotation is a record or a collection of them."""
    arguments = get_args(annotation)
    if isinstance(annotation, type) and issubclass(annotation, Record):
        return _build(annotation, value, place)
    if not arguments or not (isinstance(arguments[-1], type) and issubclass(arguments[-1], Record)):
        return value
    if get_origin(annotation) is list and isinstance(value, list):
        return [_build(arguments[0], item, f"{place}.{at}") for at, item in enumerate(value)]
    if get_origin(annotation) is dict and isinstance(value, dict):
        return {key: _build(arguments[1], item, f"{place}.{key}") for key, item in value.items()}
    return value


def dump(file: AssessmentFile) -> str:
    """The file as text, in the order of the format and without what is empty; `read` gives the same back."""
    signals = [mark.signal for mark in file.marks]
    if len(set(signals)) != len(signals):
        raise InputError(tr("a signal is marked twice"), place="marks", expected=tr("one mark per signal"))
    policy = _plain(file.policy)
    public = policy.pop(PUBLIC, None) if policy else None
    tables = {
        "system": _plain(file.system),
        "assessment": _plain(file.assessment, without="checklist"),
        "marks": {mark.signal: _plain(mark, without="signal") for mark in file.marks} or None,
        "policy": None if public and not policy else policy,
        "packs": {PUBLIC: public} if public else None,
        "monitoring": _plain(file.monitoring),
        "card": _plain(file.card),
    }
    head = _literals({"format": FORMAT, "checklist": file.assessment.checklist})
    parts = (part for name in TABLES if tables[name] is not None for part in _sections(name, tables[name]))
    return formatting.escaped("\n".join([head, *parts]), toml=True)


def _plain(value: Any, without: str = "") -> Any:
    """Records as tables without the fields at their default; whole numbers without a point, as a person writes them."""
    if isinstance(value, Record):
        return {
            name: _plain(getattr(value, name))
            for name, field in type(value).model_fields.items()
            if name != without
            and (field.is_required() or getattr(value, name) != field.get_default(call_default_factory=True))
        }
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 2**53 else value


def _sections(name: str, table: dict[str, Any], header: str = "[{}]") -> Iterator[str]:
    """The table under its header, then each inner table under its own, in order; `[[ ]]` for those of a list."""
    inner = {key: value for key, value in table.items() if _holds_tables(value)}
    literals = {key: value for key, value in table.items() if key not in inner}
    if literals or not inner:
        yield f"{header.format(name)}\n{_literals(literals)}"
    for key, value in inner.items():
        path = f"{name}.{_quoted(key)}"
        if isinstance(value, dict):
            yield from _sections(path, value)
        else:
            yield from (part for item in value for part in _sections(path, item, "[[{}]]"))


def _quoted(key: str) -> str:
    return _literals({key: 0}).rpartition(" = ")[0]


def _holds_tables(value: Any) -> bool:
    return isinstance(value, dict) or (isinstance(value, list) and bool(value) and isinstance(value[0], dict))


def _literals(table: dict[str, Any]) -> str:
    """Several lines for a text that has them, unless carriage returns would be lost in that form."""
    texts = [text for value in table.values() for text in (value if isinstance(value, list) else [value])]
    lossless = not any(isinstance(text, str) and "\r" in text for text in texts)
    return tomli_w.dumps(table, multiline_strings=lossless)
