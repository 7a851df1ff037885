"""What a pack is asked for with: who gets it, what for, and whether it may leave incomplete."""

from __future__ import annotations

from urllib.parse import urlencode

import streamlit as st

from readiness import formatting, language, pack
from readiness.errors import InputError
from readiness.language import marked, tr
from readiness.pack import completeness
from readiness.review.review import Review

from . import widgets
from .guard import PageContext

LINKS = {
    "pdf": marked("PDF"),
    "letter.pdf": marked("PDF on US Letter"),
    "html": marked("HTML"),
    "md": marked("Markdown"),
    "zip": marked("All of it as ZIP"),
}
"""The forms in which a pack leaves from its page, the one that most readers want first."""
MACHINES = {
    "cyclonedx": marked("CycloneDX attestations"),
    "oscal": marked("OSCAL assessment results"),
    "in-toto": marked("in-toto test result"),
}
"""The forms for programs, folded away."""
_DRAFT = "pack_draft"
_LABELS = {"recipient": marked("For whom"), "purpose": marked("What for"), "contact": marked("Whom they may ask")}
_HINTS = {
    "recipient": marked("Acme Bank, third-party risk"),
    "purpose": marked("Annual review"),
    "contact": "rosa@example.com",
}


def named() -> pack.Profile:
    """The audience that the address names, by its id or as it is called."""
    asked = st.query_params.get("audience", "").casefold()
    known = (profile for profile in pack.AUDIENCES.values() if asked in (profile.id, profile.name.casefold()))
    return next(known, next(iter(pack.AUDIENCES.values())))


def audience() -> pack.Profile:
    """The audience that the address names; a choice goes back into the address."""
    st.session_state["audience"] = named().id
    chosen = st.segmented_control(
        tr("Audience"),
        list(pack.AUDIENCES),
        format_func=lambda option: tr(pack.AUDIENCES[option].name),
        key="audience",
        required=True,
        on_change=lambda: st.query_params.update({"audience": st.session_state["audience"]}),
    )
    return pack.AUDIENCES[chosen or st.session_state["audience"]]


def asked(visit: PageContext, review: Review, profile: pack.Profile) -> tuple[pack.Request, bool]:
    """The fields above the preview, and whether such a pack may leave. Raises InputError where one is refused."""
    with st.container(border=True):
        columns = st.columns(len(_LABELS))
        told = {
            key: column.text_input(tr(_LABELS[key]), key=f"pack_{key}", max_chars=200, placeholder=tr(_HINTS[key]))
            for key, column in zip(_LABELS, columns, strict=True)
        }
        left, middle, right = st.columns(3)
        classification = left.selectbox(
            tr("Classification"), pack.CLASSIFICATIONS, index=2, format_func=tr, key="pack_classification"
        )
        until = pack.Request(audience=profile.id).until(visit.as_of)
        valid = middle.date_input(tr("Valid until"), until, min_value=visit.as_of, key=f"pack_valid_{profile.id}")
        with right:
            spoken = _language()
        if profile.one_customer:
            told["customer"] = _customer(review, profile)
        leaves, draft = _draft(review, profile)
    request = pack.Request.checked(
        audience=profile.id,
        classification=classification,
        valid_until=valid if valid != until else None,
        draft=draft,
        language=spoken,
        **told,
    )
    return request, leaves


def downloads(review: Review, asked: dict[str, str]) -> None:
    """What hands the pack over; each form of it is recorded as sent."""
    query = {"system": review.slug, "assessment": str(review.assessment_id)} | asked
    links, machines = (
        [(tr(words), urlencode(query | {"format": form})) for form, words in forms.items()]
        for forms in (LINKS, MACHINES)
    )
    widgets.show("downloads", links=links, machines=machines)


def _customer(review: Review, profile: pack.Profile) -> str:
    """Whose own figures it shows. Raises InputError where nobody's are stored."""
    known = pack.customers(review, profile)
    if not known:
        raise InputError(
            tr("{name} has no figures by customer", name=review.name),
            place="customer",
            expected=tr("results with a cohort such as tenant=NAME"),
        )
    return st.selectbox(tr("Customer"), known, key="pack_customer")


def _language() -> str:
    """In which language it speaks, asked for where there are several."""
    known = language.available()
    if len(known) < 2:
        return language.current()
    at = known.index(language.current()) if language.current() in known else 0
    return st.selectbox(tr("Language"), known, index=at, format_func=language.own_name, key="pack_language")


def query(request: pack.Request) -> dict[str, str]:
    """The request as the download route reads it, which speaks the language of its reader unless it is told another."""
    told = {name: str(value) for name, value in request if value not in ("", None, False)}
    return {name: value for name, value in told.items() if name != "language" or value != language.current()}


def leaves(review: Review, profile: pack.Profile) -> bool:
    """Whether the pack may leave, as the fields are about to say."""
    return not completeness.missing(review, profile) or bool(st.session_state.get(_DRAFT))


def _draft(review: Review, profile: pack.Profile) -> tuple[bool, bool]:
    """Whether the pack may leave, and whether it is a draft; what is incomplete is previewed as one."""
    lacking = completeness.missing(review, profile)
    if not lacking:
        return True, False
    widgets.empty(
        tr("Missing: {names}.", names=formatting.listed([tr(part) for part in lacking])),
        tr("A pack leaves whole, or as a draft that says so."),
    )
    return st.toggle(tr("Give it as “{draft}”", draft=tr(pack.DRAFT)), key=_DRAFT), True
