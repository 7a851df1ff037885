"""The packs that were sent, and how each stands: out of date once what it says, and only that, is no longer so."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress

from readiness import clock, formatting, language
from readiness.access import Principal, authorize
from readiness.errors import InputError, NotFound
from readiness.language import tr
from readiness.model.assessment import Assessment
from readiness.model.dossier import Stored
from readiness.model.packs import PackState, StoredPack
from readiness.review import level_words, signoff
from readiness.review.review import Review
from readiness.seal import canonical
from readiness.services import Store, packs, reruns, reviews

from . import since
from .request import Request
from .sections.base import clip
from .snapshot import Snapshot, snapshot

PARTS, ROWS = 4, 2
"""Sections that a reason names, and rows of each; the rest is counted."""
_OF_THE_VERDICT = ("verdict", "score", "rules")
"""Parts that a change of the verdict has said already."""


def sent(store: Store, by: Principal, slug: str, *, as_of: dt.date) -> list[PackState]:
    """Every pack of a system, the newest first, and why it is out of date where it is. Raises Denied and NotFound."""
    authorize(by, "read", slug)
    found = packs.every(store, by, slug)
    stored = reviews.assessments(store, by, slug) if found else []
    numbers = {one.record.assessment_id for one in found}
    now = {number: review for number in numbers if (review := _review(store, by, slug, as_of, number))}
    return [_state(store, by, one, stored, now.get(one.record.assessment_id), as_of) for one in found]


def _review(store: Store, by: Principal, slug: str, as_of: dt.date, number: int) -> Review | None:
    with suppress(NotFound):
        return reviews.load(store, by, slug, as_of=as_of, assessment_id=number)
    return None


def _state(
    store: Store,
    by: Principal,
    one: StoredPack,
    stored: Sequence[Stored[Assessment]],
    review: Review | None,
    as_of: dt.date,
) -> PackState:
    sent = one.record
    over = tr("its validity ended on {day}", day=formatting.day(sent.valid_until)) if sent.valid_until < as_of else ""
    if review is None:
        return PackState.of(one, "", over, tr("what it was made from is not stored any more"))
    changes = review.kept.once(("sent", one.id, bool(sent.body)), lambda: _changes(store, by, one, review))
    return PackState.of(one, review.verdict.level, over, _newer(one, stored, as_of), _verdict(one, review), changes)


def _newer(one: StoredPack, stored: Sequence[Stored[Assessment]], as_of: dt.date) -> str:
    dated = (each for each in stored if each.record.assessed_on and each.record.assessed_on <= as_of)
    order, in_force = [each.id for each in stored], next(dated, None)
    if in_force is None or order.index(in_force.id) >= order.index(one.record.assessment_id):
        return ""
    record = in_force.record
    return tr(
        "{candidate}, assessed on {day}, is in force now",
        candidate=record.candidate,
        day=formatting.day(record.assessed_on),
    )


def _verdict(one: StoredPack, review: Review) -> str:
    level, before = review.verdict.level, one.record.level
    return tr(
        "the verdict was {before} and is {now} now", before=level_words.badge(before), now=level_words.badge(level)
    ) * (level != before)


def _changes(store: Store, by: Principal, one: StoredPack, review: Review) -> str:
    """What it says that is no longer so, in words; empty where all of it still is."""
    whole = packs.whole(store, by, one.system, one.id)
    earlier = packs.whole(store, by, one.system, one.record.since) if one.record.since else None
    if not whole.record.body or (earlier and not earlier.record.body):
        return _rested_on(one, review)
    try:
        changed = review.kept.once(_alike(whole), lambda: _in_its_language(store, by, whole, earlier, review))
    except InputError as exc:
        return tr("today it could not be made: {problem}", problem=exc.problem)
    return tr("changed since: {changed}", changed=changed) * bool(changed)


def _rested_on(one: StoredPack, review: Review) -> str:
    """What changed of all that it was made from, where what it said is not kept."""
    parts = dict(one.record.parts)
    if review.verdict.level != one.record.level:
        parts |= {name: digest for name, digest in signoff.seen(review).items() if name in _OF_THE_VERDICT}
    changed = signoff.changed(review, parts)
    return (
        tr("what it said is not kept; changed since: {changed}", changed=formatting.listed(list(changed)))
        if changed
        else ""
    )


def _alike(whole: StoredPack) -> tuple[str, ...]:
    """The same for packs that differ only in when and to whom they were sent."""
    sent, said = whole.record, whole.record.data or {}
    told = {"head": said.get("head"), "sections": said.get("sections"), "numbers": sent.numbers}
    asked = (sent.audience, sent.customer, sent.format, str(sent.draft), str(sent.since))
    return "packs that say", *asked, canonical.digest(canonical.dumps(told))


def _in_its_language(store: Store, by: Principal, whole: StoredPack, earlier: StoredPack | None, review: Review) -> str:
    """What is said today is compared in the language in which the pack was sent; another one would differ in all."""
    if since.spoken(whole) == language.current():
        return _told(store, by, whole, earlier, review)
    with language.use(since.reader(whole).spoken):
        again = reviews.load(store, by, review.slug, as_of=review.as_of, assessment_id=review.assessment_id)
        return again.kept.once(_alike(whole), lambda: _told(store, by, whole, earlier, again))


def _told(store: Store, by: Principal, whole: StoredPack, earlier: StoredPack | None, review: Review) -> str:
    request = since.reader(whole)
    if whole.record.is_questionnaire:  # which says what is missing and is stopped by none
        request = request.model_copy(update={"draft": True})
    now = _now(store, by, request, review, whole.record.numbers)
    if earlier:
        now = since.compared(earlier, review, request, now)
    return _words(since.differences(whole, review, request, now))


def _now(store: Store, by: Principal, request: Request, review: Review, numbers: Mapping[str, str]) -> Snapshot:
    """What would be said today; it leaves for nobody, so that it names no event."""
    asked = ("said today", request.spoken, request.audience, request.customer, request.draft, *sorted(numbers.items()))

    def take() -> Snapshot:
        whole = reruns.beside(store, by, review)
        return snapshot(whole, request, chain_head="", made_at=clock.now(), numbers=numbers)

    return review.kept.once(asked, take)


def _words(parts: Sequence[since.Change]) -> str:
    named = [_part(part) for part in parts[:PARTS]]
    more = len(parts) - len(named)
    return "; ".join([*named, *([formatting.count(more, "more section")] if more else [])])


def _part(part: since.Change) -> str:
    rows = list(_rows(part))
    more = len(rows) - ROWS
    told = [*rows[:ROWS], *([tr("{n} more", n=more)] if more > 0 else [])]
    return f"{part['title']} ({formatting.listed(told)})"


def _rows(part: since.Change) -> Iterator[str]:
    """What each row is about, and whether it is new or gone."""
    rows: Sequence[since.Change] = part["rows"]  # type: ignore[assignment]
    for row in rows:
        what = clip(str(row["what"]), 60)
        yield what if row["how"] == tr(since.CHANGED) else f"{what}, {row['how']}"
