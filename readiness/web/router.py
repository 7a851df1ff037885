"""The router: pages in three groups, the picker in the sidebar, everything kept in the address."""

from __future__ import annotations

from contextlib import suppress
from urllib.parse import urlencode

import streamlit as st

from readiness import paths
from readiness.errors import ReadinessError
from readiness.kept import spoken
from readiness.language import tr
from readiness.review import level_words

from . import guard, navigation, reads, scripts, search, session, speech, widgets

OLD_KEYS = {"portfolio": {"lead": "owner"}, "scorecard": {"by": "dimension"}, "activity": {"by": "person"}}
"""What filters were called in the address of a page, and what they are called now."""


def keep_old_links(page: str) -> None:
    """An address that somebody saved shows what it showed."""
    name = page or "portfolio"
    for old, new in OLD_KEYS.get(name, {}).items():
        if old in st.query_params:
            st.session_state[new] = st.query_params[old]
            del st.query_params[old]
    if name == "activity" and "of" in st.query_params:
        st.query_params["system"] = st.query_params["of"]
        st.session_state["only"] = True
        del st.query_params["of"]


def page_of(page: navigation.NavPage) -> st.Page:
    return st.Page(
        paths.PAGES / f"{page.name}.py",
        title=tr(page.title),
        icon=f":material/{page.icon}:",
        url_path=page.name,
        default=page.name == "portfolio",
    )


def sidebar(page: str, languages: list[tuple[str, str, str]]) -> None:
    """The way to the pages that somebody may open, and to the same one in another of the languages."""
    by = session.principal()
    with st.sidebar:
        widgets.brand()
        kept: dict[str, str] = {}
        with suppress(ReadinessError):  # the page says it
            visit = guard.look()
            kept = picker(visit)
            if visit.everything:
                search.button(visit, kept.get("system", ""))
        names = frozenset(one.name for one in navigation.PAGES if navigation.is_open(one, by))
        st.html(_links(names, page, urlencode(kept)))
        widgets.signed_in(by.shown or by.name, leave=session.is_by_login())
        widgets.languages(languages)
        scripts.turn()


@spoken(512)
def _links(names: frozenset[str], page: str, query: str) -> str:
    """All of them as one element, which costs less of each run than one for every page."""
    opened = {group: [one for one in pages if one.name in names] for group, pages in navigation.GROUPS.items()}
    groups = [(tr(group), pages) for group, pages in opened.items() if pages]
    return widgets.rendered("pages", {"groups": groups, "here": page, "query": query})


def picker(visit: guard.PageContext) -> dict[str, str]:
    """System and assessment as the address has them; a choice goes back into it."""
    if not visit.everything:
        return {}
    names, shown = visit.names, visit.kept.once("picked", lambda: _picked(visit))
    slug = st.query_params.get("system", "")
    if slug not in names and not (slug and visit.behind):
        slug = visit.everything[0].slug
    shown = shown if slug in shown else {slug: slug} | shown
    widgets.pick(tr("System"), shown, slug, lambda picked: st.query_params.from_dict({"system": picked}))
    versions = {str(number): version for number, version in reads.assessments(visit.by, slug).items()}
    latest = next(iter(versions))
    chosen = st.query_params.get("assessment", "")
    chosen = chosen if chosen in versions else latest
    widgets.pick(
        tr("Assessment"),
        versions,
        chosen,
        lambda picked: st.query_params.update({"system": slug, "assessment": picked}),
    )
    return {"system": slug} | ({"assessment": chosen} if chosen != latest else {})


def _picked(visit: guard.PageContext) -> dict[str, str]:
    """Systems to pick from, each with the shape of its verdict."""
    names = visit.names
    return {system.slug: f"{level_words.SHAPES[system.level][0]} {names[system.slug]}" for system in visit.everything}


def main() -> None:
    speech.begin()
    # Before the pages are known, whose own icons a browser would fetch from elsewhere.
    st.set_page_config(page_icon=str(paths.TEMPLATES / "web" / "icon.png"), layout="wide")
    groups = {group: [page_of(page) for page in pages] for group, pages in navigation.GROUPS.items()}
    page = st.navigation(groups, position="hidden")
    st.set_page_config(page_title=f"{page.title} · readiness")
    keep_old_links(page.url_path)
    unseen, languages = st.empty(), speech.choices()  # as the address is, from which the page may take something
    guard.carry_out(page.run)  # first, since its answer is what somebody waits for
    with suppress(ReadinessError):  # the page says it
        sidebar(page.url_path or "portfolio", languages)
        with unseen:
            scripts.lost()  # which only whoever may read is handed
