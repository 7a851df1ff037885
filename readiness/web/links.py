"""Addresses of pages, for the links of others: of the same assessment, and with the way back to where one came from."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

import streamlit as st

from readiness.language import tr
from readiness.review.review import Review

from .navigation import PAGES

FROM = "from"
TITLES = {page.name: page.title for page in PAGES}
"""What each page is called."""


def to(page: str, review: Review | None = None, /, **asked: str) -> str:
    """The address of a page, below the one that shows the link; what is asked of it goes by the names of its keys."""
    own = {"system": review.slug} if review else {}
    if review and not review.latest:
        own["assessment"] = str(review.assessment_id)
    here = _here()
    back = {FROM: here} if here and here != page else {}
    query = urlencode(own | asked | back)
    return f"{page}?{query}" if query else page


def titles() -> dict[str, str]:
    return {name: tr(title) for name, title in TITLES.items()}


def back() -> tuple[str, str] | None:
    """The title and the address of the page whose link led here; None where no link of ours did."""
    name = st.query_params.get(FROM, "")
    if name not in TITLES or name == _here():
        return None
    kept = {key: st.query_params[key] for key in ("system", "assessment") if key in st.query_params}
    return tr(TITLES[name]), f"{name}?{urlencode(kept)}" if kept else name


def _here() -> str:
    """The page that is shown; the first one has no name in the address."""
    name = urlsplit(str(st.context.url or "")).path.rpartition("/")[2]
    return name if name in TITLES else "portfolio" if st.context.url else ""
