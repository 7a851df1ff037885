"""What several pages show in the same way. Text that was imported is escaped by the templates, never trusted."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import cache, wraps
from typing import Any, Literal, ParamSpec, TypeVar

import streamlit as st
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from streamlit.delta_generator import DeltaGenerator

from readiness import formatting, language, paths
from readiness.decision import doubts
from readiness.errors import ReadinessError
from readiness.language import tr
from readiness.model.documents import D
from readiness.model.dossier import Revision
from readiness.model.record import ANY
from readiness.model.traces import Trace
from readiness.portfolio import listing
from readiness.review import (
    card_words,
    decided,
    glossary,
    incident_words,
    level_words,
    reruns,
    scorecard_words,
    signoff,
    stage_words,
    summaries,
    weeks,
)
from readiness.review.review import Review
from readiness.scorecard.gate_words import reason

from . import links, session, tables, template_words

T = TypeVar("T")
P = ParamSpec("P")
DialogWidth = Literal["small", "medium", "large"]
_MARKUP = re.compile(r"([\\`*_\[\]<>|~$:]|^[#+-])")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(paths.TEMPLATES / "web"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=template_words.shown,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals |= {
        "formatting": formatting,
        "summaries": summaries,
        "level_words": level_words,
        "decided": decided,
        "weeks": weeks,
        "incident_words": incident_words,
        "stage_words": stage_words,
        "card_words": card_words,
        "doubts": doubts,
        "ANY": ANY,
        "scorecard_words": scorecard_words,
        "table": tables.query,
        "called": session.called,
        "to": links.to,
        "language": language,
        "tr": template_words.tr,
        "trn": template_words.trn,
        "trc": template_words.trc,
        "PATHS": template_words.PATHS,
        "RELEASED": template_words.RELEASED,
    }
    environment.filters["said"] = template_words.said
    return environment


def show(template: str, **facts: Any) -> None:
    """A piece of a page as HTML from `templates/web/`, every value escaped; nothing where there is nothing to say."""
    if body := rendered(template, facts):
        st.html(body)


def lasting(template: str, review: Review, /, *asked: Hashable, **facts: Any) -> None:
    """The same of a review and of what is `asked` alone: rendered once for each page that shows it."""
    key = template, links.to("", review), session.naming(), *asked
    if body := review.kept.lately(key, lambda: rendered(template, {"review": review, **facts})):
        st.html(body)


def rendered(template: str, facts: Mapping[str, Any]) -> str:
    """The same piece as text, for whoever keeps it."""
    return _environment().get_template(f"{template}.html.j2").render(**facts).strip()


def brand() -> None:
    show("brand")


def heading(text: str, note: str = "", csv: str = "") -> None:
    """What follows; `csv` is the query (`tables.query`) by which the table below it leaves as a file."""
    show("heading", text=text, note=note, csv=csv, asking=())


PART = "part"
"""Of an address: which of the parts of a page that stand side by side is seen."""


def understood(key: str, options: Mapping[T, str] | Sequence[T]) -> None:
    """Before a field that the address keeps by its words: those of another language choose the same here.

    `options` are the values of the field with their marked texts, or texts that are values themselves.
    """
    told = st.query_params.get(key, "")
    texts = options if isinstance(options, Mapping) else {option: str(option) for option in options}
    if not told or told in map(tr, texts.values()):
        return
    for spoken in language.available():
        with language.use(spoken):
            meant = [value for value, text in texts.items() if tr(text) == told]
        if meant:
            del st.query_params[key]
            st.session_state[key] = meant[0]
            return


def tabs(names: Sequence[str]) -> Sequence[DeltaGenerator]:
    """Parts that are all on the page, for whoever searches it; the address may name which is seen first."""
    wanted, shown = st.query_params.get(PART, ""), [tr(name) for name in names]
    wanted = tr(wanted) if wanted in names else wanted
    return st.tabs(shown, default=wanted if wanted in shown else None)


def parts(shown: Mapping[str, Callable[[], None]]) -> None:
    """Parts by name, each worked out when it is opened; the address says which is."""
    understood(PART, {tr(name): name for name in shown})
    opened = st.tabs([tr(name) for name in shown], key=PART, bind="query-params")
    for show_part, tab in zip(shown.values(), opened, strict=True):
        if tab.open:
            with tab:
                show_part()


def dialog(
    title: str, *, width: DialogWidth = "small", on_dismiss: Callable[[], None] | None = None
) -> Callable[[Callable[P, None]], Callable[P, None]]:
    """`st.dialog` with a marked title, which is said when it opens and not when the module is read."""

    def decorated(ask: Callable[P, None]) -> Callable[P, None]:
        @wraps(ask)
        def opened(*args: P.args, **named: P.kwargs) -> None:
            st.dialog(tr(title), width=width, on_dismiss=on_dismiss or "ignore")(ask)(*args, **named)

        return opened

    return decorated


def csv(links: Mapping[str, str]) -> None:
    """The way to tables that have no heading of their own: what each is called, and its query."""
    show("csv", links=links)


def words(page: str) -> None:
    """At the foot of a page: what its words mean, for whoever does not know."""
    show("words", terms=glossary.of_page(page))


def empty(what: str, how: str) -> None:
    """What belongs here, and how it gets here."""
    show("empty", what=what, how=how)


def problem(exc: ReadinessError) -> None:
    show("notice", kind="alert", text=str(exc))


def done(sentence: str) -> None:
    """What a write stored."""
    show("notice", kind="status", text=sentence)


def signed_in(name: str, *, leave: bool = False) -> None:
    show("signed_in", name=name, leave=leave)


def languages(choices: Sequence[tuple[str, str, str]]) -> None:
    """The languages side by side; the one that is spoken is no link."""
    show("languages", choices=choices, spoken=language.current())


def plain(text: str) -> str:
    """Text for the few elements that read Markdown, such as labels: every mark of it escaped."""
    return _MARKUP.sub(r"\\\1", formatting.line(text))


def about(review: Review) -> str:
    """What the page speaks of: system, version under review and day."""
    assessment = review.assessment
    versions = assessment.candidate
    if assessment.baseline:
        versions = tr("{candidate} against {baseline}", candidate=versions, baseline=assessment.baseline)
    return " · ".join([review.name, versions, tr("assessed {day}", day=formatting.day(assessment.assessed_on))])


def revision(current: Revision[D] | None) -> str:
    if current is None:
        return ""
    told = {"number": current.number, "person": current.by, "day": formatting.day(current.at)}
    return tr("Revision {number}, stored by {person} on {day}.", **told)


def sign_offs(review: Review) -> None:
    """Where each approver stands, a line each."""
    heading(
        tr("Sign-off"),
        tr("Decided on the page Release & monitoring; void as soon as what was seen has changed."),
        tables.query("sign-offs", review),
    )
    lasting("sign_offs", review, statuses=signoff.statuses(review), states=signoff.STATES)


def gates(review: Review, how: str) -> Callable[[Callable[[Review], Review]], None]:
    """Each gate, how it stands and why; `how` says what adds one where there is none.

    What is returned shows them once more with what was drawn: how often each would hold again takes a while.
    """
    if not review.gates:
        empty(tr("No gate is set."), how)
        return lambda draw: None
    place = st.empty()

    def fill(draw: Callable[[Review], Review]) -> None:
        with place.container():
            _gates(draw(review))

    fill(lambda undrawn: undrawn)
    return fill


def _gates(review: Review) -> None:
    again = reruns.of_gates(review)
    facts = {"review": review, "reason": reason, "again": again}
    st.html(review.kept.once(("gates", *again), lambda: rendered("gates", facts)))
    if method := reruns.method(review):
        show("reruns", sentence=reruns.sentence(review), method=method)


def holds_again(review: Review) -> None:
    """In how many reruns the verdict would hold."""
    show("reruns", sentence=reruns.sentence(review), method=reruns.method(review))


def pick(label: str, names: Mapping[str, str], chosen: str, keep: Callable[[str], None]) -> None:
    """A choice by name, kept by its key. Streamlit remembers it by the name, so other names make it another widget."""
    key = f"picked {label} {hash(tuple(names.items()))}"
    st.session_state[key] = chosen  # the address may have changed since
    st.selectbox(
        label,
        list(names),
        format_func=lambda option: formatting.line(names[option]),
        key=key,
        on_change=lambda: keep(st.session_state[key]),
    )


def trace_names(traces: Mapping[str, Trace]) -> dict[str, str]:
    """A name for each trace; the ones that would be called the same are numbered."""
    names: dict[str, str] = {}
    seen: Counter[str] = Counter()
    for key, trace in traces.items():
        path = tr(trace.path) if trace.path else tr("no label")
        name = f"{path} · {trace.workflow or tr('no workflow')} · {trace.trace_id[:12]}"
        seen[name] += 1
        names[key] = f"{name} ({seen[name]})" if seen[name] > 1 else name
    return names


def page(entries: Sequence[T], noun: str) -> Sequence[T]:
    """The part of a long list that the address asks for, with the way to the others."""
    if listing.pages(entries) == 1:
        return entries
    left, right = st.columns([3, 2], vertical_alignment="center")
    with left:
        number = st.pagination(listing.pages(entries), key="page", bind="query-params")
    right.caption(listing.place(entries, number, noun))
    return listing.page(entries, number)


def paper(fragment: str) -> None:
    """A rendered pack; the fragment comes from the pack's own sanitiser."""
    label = html.escape(tr("Preview"))
    st.html(f'<div class="r-paper" tabindex="0" role="region" aria-label="{label}">{fragment}</div>')
