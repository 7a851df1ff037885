"""What changed since a pack that was sent, as a pack of its own for the same reader.

Two snapshots of the same request are compared: what was sent, and what would be sent today. So nothing is in it that
the reader may not have; what was sent passes today's list of fields and today's names once more, since both may have
become narrower. Each name keeps the number that stood for it.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from readiness import formatting, language
from readiness.errors import InputError
from readiness.kept import spoken as spoken_of
from readiness.language import marked, tr, trn
from readiness.model.packs import StoredPack
from readiness.review.review import Review

from . import one_customer, profiles
from .request import Request
from .sections.base import Plain
from .snapshot import PackSection, Snapshot
from .withholding import Withholding

SECTION = "since"
NOTHING = "–"
CHANGED, _NEW, _GONE = marked("changed"), marked("new"), marked("gone")
_HEAD = {
    "candidate": marked("Version"),
    "baseline": marked("Against"),
    "scope": marked("Scope"),
    "target": marked("Planned rollout"),
}
_HEAD |= {"assessed": marked("Assessed"), "sentence": marked("reason of the verdict")}
_DAY = r"\b(\d{1,2} [A-Z][a-z]{2} \d{4})"
_AGO = r"(?:today|yesterday|\d+ days ago|in [\d,]+ days?)"
_AGES = re.compile(rf"{_DAY}(?:, {_AGO}\b| \({_AGO}\))|(\brehearsed) {_AGO}\b")
_LATE = re.compile(r"\b(?:[\d,]+ days? (overdue)|(overdue), by up to [\d,]+ days?)")
_COLUMNS = 3
"""Of a row's first columns, as many as may be needed to tell it from the others."""
Change = dict[str, Plain]


def request(sent: StoredPack) -> Request:
    """The request of a pack once more, valid from today as such packs are. Raises InputError for one of changes."""
    record = sent.record
    if record.is_questionnaire:
        problem = tr("pack {number} is a questionnaire, whose answers are not compared", number=sent.id)
        raise InputError(problem, place="since", expected=tr("a pack, or the questionnaire answered once more"))
    if record.since:
        raise InputError(
            tr("pack {number} says only what changed", number=sent.id),
            place="since",
            expected=tr("pack {number}, which it is about", number=record.since),
        )
    return reader(sent)


def reader(sent: StoredPack) -> Request:
    """What was asked for when it was sent, in its language, but for its last day. Raises InputError."""
    return Request.checked(
        **sent.record.model_dump(include=set(Request.model_fields) - {"valid_until"}), language=spoken(sent)
    )


def spoken(sent: StoredPack) -> str:
    """The language in which it was sent."""
    return str((sent.record.data or {}).get("language", language.ENGLISH))


def compared(sent: StoredPack, review: Review, asked: Request, now: Snapshot) -> Snapshot:
    """The pack of what changed; `now` is what would be sent today, with the numbers of what was sent."""
    before = _as_allowed(sent, review, asked, now)
    parts = list(_differences(before, now))
    day, head = formatting.day(sent.at.date()), before["head"]
    same = head["verdict"] == now.head["verdict"]
    verdict = (
        tr("{verdict}, as it was", verdict=now.head["verdict"])
        if same
        else tr("{before} then, {now} now", before=head["verdict"], now=now.head["verdict"])
    )
    data: dict[str, Plain] = {
        "pack": tr(
            "Pack {number} as of {as_of}, sent on {day}", number=sent.id, as_of=before["head"]["as_of"], day=day
        ),
        "digest": sent.record.digest,
        "verdict": verdict,
        "summary": _summary(parts),
        "parts": parts,
        "numbered": tr("Numbers stand for the same names as in that pack.") if now.foot["numbered"] else "",
    }
    return replace(
        now,
        head={**now.head, "sentence": _sentence("" if same else verdict, parts, day), "scope": ""},
        sections=(PackSection(SECTION, tr("What changed since {day}", day=day), data),),
        foot={**now.foot, "numbered": ""},
    )


def differences(sent: StoredPack, review: Review, asked: Request, now: Snapshot) -> list[Change]:
    """The sections of which something differs, each with its `title` and `rows`."""
    return list(_differences(_as_allowed(sent, review, asked, now), now))


def _differences(before: Mapping[str, Any], now: Snapshot) -> Iterator[Change]:
    return (part for part in _parts(before, now) if part["rows"])


def _sentence(verdict: str, parts: Sequence[Change], day: str) -> str:
    """What opens it, behind the verdict of today; `verdict` is empty where it is the same."""
    changed = (
        tr("{changes} since the pack of {day}", changes=_count(parts), day=day)
        if parts
        else tr("nothing is different since the pack of {day}", day=day)
    )
    return f"{formatting.capital(changed)}{f'; {verdict}' if verdict else ''}."


def _count(parts: Sequence[Change]) -> str:
    rows: Any = [part["rows"] for part in parts]
    return formatting.count(sum(map(len, rows)), "change")


def _summary(parts: Sequence[Change]) -> list[Plain]:
    found: Any = parts
    return [f"{part['title']}: {formatting.count(len(part['rows']), 'change')}" for part in found]


def _as_allowed(sent: StoredPack, review: Review, asked: Request, now: Snapshot) -> dict[str, Any]:
    """What was sent, by today's list of fields and without the names that are left out today."""
    profile = profiles.get(asked.audience)
    said: Any = sent.record.data or {}
    kept = {
        section["id"]: profile.sections[section["id"]].of(section["data"])
        for section in said["sections"]
        if section["id"] in profile.sections
    }
    if sent.record.since:  # which has no fields of its own, and is compared only to tell whether it still holds
        kept = {section["id"]: section["data"] for section in said["sections"]}
    narrowed = one_customer.narrowed(review, profile, asked) if asked.customer else review
    withholding = Withholding.of(narrowed, profile, asked.customer, now.numbers)
    bare: Any = withholding.again({"head": said["head"], "sections": kept})
    return dict(bare)


def _parts(before: Mapping[str, Any], now: Snapshot) -> Iterator[Change]:
    head = [
        _row(tr(name), CHANGED, before["head"].get(key, ""), now.head[key])
        for key, name in _HEAD.items()
        if _differ(before["head"].get(key, ""), now.head[key])
    ]
    yield {"title": tr("Verdict, version and dates"), "rows": head}
    for section in now.sections:
        then = before["sections"].get(section.id)
        if then is None:
            yield {
                "title": section.title,
                "rows": [_row(tr("This part"), _NEW, NOTHING, tr("in the pack from now on"))],
            }
        else:
            yield {"title": section.title, "rows": list(_changes(then, section.data))}
    there = {section.id for section in now.sections}
    for gone in before["sections"].keys() - there:
        yield {
            "title": tr(profiles.SECTIONS[gone].title),
            "rows": [_row(tr("This part"), _GONE, tr("in the pack"), NOTHING)],
        }


def _changes(then: Mapping[str, Any], now: Mapping[str, Any], about: str = "", path: str = "") -> Iterator[Change]:
    """What differs in one mapping, field by field; rows of tables by what they are about."""
    for key in dict.fromkeys([*now, *then]):
        at, one, other = f"{path}{key}", then.get(key), now.get(key)
        name = f"{about}: {_word(key)}" if about else formatting.capital(_word(key))
        if at in _stated()["left_out"] or key in _stated()["left_out"]:
            continue
        if _is_table(one) or _is_table(other):
            yield from _of_table(list(one or ()), list(other or ()), about, f"{at}.")
        elif isinstance(one, Mapping) and isinstance(other, Mapping):
            yield from _changes(one, other, name, f"{at}.")
        elif _differ(one, other):
            yield _row(name, CHANGED, one, other)


def _of_table(then: list[Any], now: list[Any], about: str, path: str) -> Iterator[Change]:
    """Rows that are new, gone or different; a row is known by as few of its first columns as tell all rows apart."""
    then, now = _without_groups(then), _without_groups(now)
    columns = list(dict.fromkeys(key for row in [*now, *then] for key in row if _tells(f"{path}{key}", row[key])))
    key = _key(then, now, columns)
    before, after = _named(then, key), _named(now, key)
    for told in dict.fromkeys([*after, *before]):
        name = f"{about}: {told}" if about else told
        if told not in before:
            yield _row(name, _NEW, NOTHING, _rest(after[told], key))
        elif told not in after:
            yield _row(name, _GONE, _rest(before[told], key), NOTHING)
        else:
            left = [{field: row[field] for field in row if field not in key} for row in (before[told], after[told])]
            yield from _changes(left[0], left[1], name, path)


def _tells(at: str, value: object) -> bool:
    """Whether a column may tell a row from the others."""
    return at not in _stated()["left_out"] and not _is_table(value)


def _named(rows: Sequence[Any], key: Collection[str]) -> dict[str, Any]:
    """The rows by what they are about; what is said twice of the same is numbered."""
    found: dict[str, Any] = {}
    times: Counter[str] = Counter()
    for row in rows:
        told = _told(row, key)
        times[told] += 1
        found[f"{told} ({times[told]})" if times[told] > 1 else told] = row
    return found


def _without_groups(rows: list[Any]) -> list[Any]:
    return [row for row in rows if isinstance(row, Mapping) and row.keys() != {"group"}]


def _key(then: Sequence[Any], now: Sequence[Any], columns: Sequence[str]) -> list[str]:
    for many in range(1, _COLUMNS + 1):
        key = list(columns[:many])
        if all(len({_told(row, key) for row in rows}) == len(rows) for rows in (then, now)):
            return key
    return list(columns[:_COLUMNS])


def _told(row: Mapping[str, Any], key: Collection[str]) -> str:
    return ", ".join(text for name in key if (text := _text(row.get(name, ""))))


def _rest(row: Mapping[str, Any], key: Collection[str]) -> str:
    said = [f"{_word(name)}: {_text(value)}" for name, value in row.items() if name not in key and _said(name, value)]
    return "; ".join(said) or tr("there")


def _said(name: str, value: object) -> bool:
    return not _is_table(value) and name not in _stated()["left_out"] and _text(value) not in ("", NOTHING)


def _row(what: str, how: str, then: object, now: object) -> Change:
    return {"what": what, "how": tr(how), "then": _text(then) or NOTHING, "now": _text(now) or NOTHING}


def _differ(one: object, other: object) -> bool:
    """Whether something else is said; that days have passed is not."""
    return _timeless(_text(one)) != _timeless(_text(other))


def _timeless(text: str) -> str:
    if language.current() != language.ENGLISH:
        return _passed().sub("", text)
    return _LATE.sub(r"\1\2", _AGES.sub(r"\1\2", text))


@spoken_of(8)
def _passed() -> re.Pattern[str]:
    """What another language than English says of days that passed, with the comma or the bracket before it."""
    said = [tr("today"), tr("yesterday"), tr("{days} days ago", days=2)]
    said += [trn("in {n} day", "in {n} days", n) for n in (1, 2)]
    said += [formatting.count(n, "day") for n in (1, 2)]
    ways = "|".join(re.sub(r"\d", r"[\\d.,]+", re.escape(text)) for text in sorted(said, key=len, reverse=True))
    return re.compile(rf"(?:, | \()?\b(?:{ways})\b\)?")


def _is_table(value: object) -> bool:
    return isinstance(value, list) and any(isinstance(entry, Mapping) for entry in value)


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return tr("yes") if value else tr("no")
    if isinstance(value, Mapping):
        return "; ".join(f"{_word(key)}: {_text(entry)}" for key, entry in value.items())
    if isinstance(value, list | tuple):
        return "; ".join(map(_text, value))
    return str(value)


def _word(key: str) -> str:
    return tr(named(key))


def named(key: str) -> str:
    """How a field of a section is called, in English."""
    words: Mapping[str, str] = _stated()["words"]
    return words.get(key, key.replace("_", " "))


@cache
def _stated() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
