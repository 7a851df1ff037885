"""What a pack is asked for with: who gets it, what for, and whether it may leave incomplete."""

from __future__ import annotations

import streamlit as st

from readiness import formatting, pack
from readiness.errors import InputError
from readiness.pack import completeness
from readiness.review.review import Review

from . import widgets
from .guard import PageContext

_KEYS = ("recipient", "purpose", "contact")


def asked(visit: PageContext, review: Review, profile: pack.Profile) -> tuple[pack.Request, bool]:
    """The fields above the preview, and whether such a pack may leave. Raises InputError where one is refused."""
    columns = st.columns(len(_KEYS))
    labels = {"recipient": "For whom", "purpose": "What for", "contact": "Whom they may ask"}
    told = {
        key: column.text_input(labels[key], key=f"pack_{key}", max_chars=200)
        for key, column in zip(_KEYS, columns, strict=True)
    }
    left, right = st.columns(2)
    classification = left.selectbox("Classification", pack.CLASSIFICATIONS, index=2, key="pack_classification")
    until = pack.Request(audience=profile.id).until(visit.as_of)
    valid = right.date_input("Valid until", until, min_value=visit.as_of, key="pack_valid")
    if profile.one_customer:
        told["customer"] = _customer(review, profile)
    leaves, draft = _draft(review, profile)
    request = pack.Request.checked(
        audience=profile.id,
        classification=classification,
        valid_until=valid if valid != until else None,
        draft=draft,
        **told,
    )
    return request, leaves


def _customer(review: Review, profile: pack.Profile) -> str:
    """Whose own figures it shows. Raises InputError where nobody's are stored."""
    known = pack.customers(review, profile)
    if not known:
        raise InputError(
            f"{review.name} has no figures by customer",
            place="customer",
            expected="results with a cohort such as tenant=NAME",
        )
    return st.selectbox("Customer", known, key="pack_customer")


def query(request: pack.Request) -> dict[str, str]:
    """The request as the download route reads it."""
    return {name: str(value) for name, value in request if value not in ("", None, False)}


def _draft(review: Review, profile: pack.Profile) -> tuple[bool, bool]:
    """Whether the pack may leave, and whether it is a draft; what is incomplete is previewed as one."""
    lacking = completeness.missing(review, profile)
    if not lacking:
        return True, False
    widgets.empty(f"Missing: {formatting.listed(list(lacking))}.", "A pack leaves whole, or as a draft that says so.")
    return st.toggle(f"Give it as “{pack.DRAFT}”", key="pack_draft"), True
