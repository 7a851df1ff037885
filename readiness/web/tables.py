"""Which tables leave as CSV, and what is read for each; the services decide who may."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import urlencode

from readiness import names
from readiness.access import ROLES, Principal
from readiness.decision.hindsight import Hindsight
from readiness.errors import NotFound
from readiness.exports import review_tables, tables
from readiness.exports.tables import FlatTable
from readiness.language import tr
from readiness.review import side_by_side
from readiness.review.review import Review
from readiness.services import forecasts, hindsight, people, reviews, revisions, tokens

from . import navigation, pack_session, reads, session, standings

MOST_EVENTS = 20_000
"""The last of them that leave, each with its sentence; the whole record is the store itself."""
_OF_BLOCK = {"approvers": "sign-offs"} | dict.fromkeys(("purpose", "limits", "evaluation"), "card")
Asked = Mapping[str, str]
"""What the address says: `system`, `assessment`, `trace`, `person`."""


def query(table: str, review: Review | None = None, **more: str) -> str:
    """What an address asks for, by which a page links to a table."""
    about = {"system": review.slug, "assessment": str(review.assessment_id)} if review else {}
    return urlencode({"table": table} | about | {name: value for name, value in more.items() if value})


def of_block(review: Review, block: str) -> str:
    """The same for a section of a document; empty where it has no row."""
    name = _OF_BLOCK.get(block, block)
    if name not in review_tables.NAMES:
        return ""
    there = review.kept.once(("has_rows", name), lambda: review_tables.has_rows(review, name))
    return query(name, review) if there else ""


def read(by: Principal, asked: Asked) -> tuple[str, FlatTable]:
    """The table that is asked for, and the stem of its file's name. Raises Denied and NotFound."""
    name, day = asked.get("table", ""), session.today()
    if name in _OF_ALL:
        return f"{name}_{day}", _OF_ALL[name](by, asked)
    if name not in (*review_tables.NAMES, *_BESIDE):
        known = [*_OF_ALL, *review_tables.NAMES, *_BESIDE]
        raise NotFound(
            tr("the table {name!r} is not known", name=name[:40]), expected=tr("one of {known}", known=", ".join(known))
        )
    number = asked.get("assessment", "")
    wanted = int(number) if number.isdecimal() and len(number) < 18 else None
    review = reads.review(by, asked.get("system", ""), day, wanted)
    table = _BESIDE[name](by, review, asked) if name in _BESIDE else review_tables.read(review, name)
    return f"{review.slug}_{name}_{day}", table


def _portfolio(by: Principal, asked: Asked) -> FlatTable:
    return tables.portfolio(standings.portfolio(by, session.today()).systems)


def _decisions(by: Principal, asked: Asked) -> FlatTable:
    return tables.decisions(standings.decisions(by, session.today()))


def _comparison(by: Principal, asked: Asked) -> FlatTable:
    left, right = (side_of(asked.get(side, "")) for side in ("left", "right"))
    return tables.comparison(*reviews.both(session.store(), by, left, right, as_of=session.today()))


def side_of(told: str) -> tuple[str, int | None]:
    """`freight-support:3` as the system and the number of its assessment; without one, the latest."""
    slug, _, number = told.partition(":")
    return slug, (int(number) if number.isdecimal() and len(number) < 18 else 0) if number else None


def _signal_history(by: Principal, review: Review, asked: Asked) -> FlatTable:
    rows = side_by_side.signal_history(review, asked.get("signal", ""))
    return FlatTable(["version", "assessed_on", "answer", "behind_it", "verdict"], rows)


def _metric_history(by: Principal, review: Review, asked: Asked) -> FlatTable:
    return tables.figures_over_versions(review, asked.get("metric", ""))


def _activity(by: Principal, asked: Asked) -> FlatTable:
    system = asked.get("system", "")
    events = reviews.activity(session.store(), by, system=system, limit=MOST_EVENTS)
    person = asked.get("person", "")
    return tables.activity(event for event in events if not person or names.key(event.actor) == names.key(person))


def _work(by: Principal, asked: Asked) -> FlatTable:
    return tables.work(reads.work(by, session.today()))


def _of_hindsight(table: Callable[[Hindsight], FlatTable]) -> Callable[[Principal, Asked], FlatTable]:
    return lambda by, asked: table(hindsight.hindsight(session.store(), by, as_of=session.today()))


def _people(by: Principal, asked: Asked) -> FlatTable:
    return tables.people(people.every(session.store(), by))


def _rights(by: Principal, asked: Asked) -> FlatTable:
    rows = [(what, *(tables.yes(may) for may in by_role.values())) for what, by_role in navigation.rights()]
    return FlatTable(["may", *ROLES], rows)


def _tokens(by: Principal, asked: Asked) -> FlatTable:
    return tables.tokens(tokens.every(session.store(), by))


def _revisions(by: Principal, review: Review, asked: Asked) -> FlatTable:
    return tables.revisions(revisions.history(session.store(), by, review))


def _packs_sent(by: Principal, review: Review, asked: Asked) -> FlatTable:
    return tables.packs_sent(pack_session.sent_packs(by, review.slug, session.today()))


def _forecast(by: Principal, review: Review, asked: Asked) -> FlatTable:
    return tables.forecast(forecasts.beside(session.store(), by, review))


def _spans(by: Principal, review: Review, asked: Asked) -> FlatTable:
    wanted = asked.get("trace", "")
    for sample in review.samples:
        if str(sample.id) == wanted:
            return tables.spans(sample.trace)
    raise NotFound(
        tr("{system} has no trace {wanted!r}", system=review.slug, wanted=wanted[:40]),
        expected=tr("one that the page Traces lists"),
    )


_OF_ALL: dict[str, Callable[[Principal, Asked], FlatTable]] = {
    "portfolio": _portfolio,
    "decisions": _decisions,
    "comparison": _comparison,
    "activity": _activity,
    "work": _work,
    "releases": _of_hindsight(tables.releases),
    "hindsight": _of_hindsight(tables.hindsight),
    "hindsight-signals": _of_hindsight(tables.hindsight_signals),
    "hindsight-rules": _of_hindsight(tables.hindsight_rules),
    "people": _people,
    "rights": _rights,
    "tokens": _tokens,
}
_BESIDE: dict[str, Callable[[Principal, Review, Asked], FlatTable]] = {
    "revisions": _revisions,
    "signal-history": _signal_history,
    "metric-history": _metric_history,
    "forecast": _forecast,
    "spans": _spans,
    "packs-sent": _packs_sent,
}
