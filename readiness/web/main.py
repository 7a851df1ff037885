"""The router: pages in three groups, the picker in the sidebar, everything kept in the address."""

from __future__ import annotations

import streamlit as st

from readiness import paths, sentences, words
from readiness.errors import ReadinessError
from readiness.web import guard, widgets

GROUPS = {
    "Decide": (
        ("portfolio", "Portfolio", "space_dashboard"),
        ("verdict", "Verdict", "gavel"),
        ("pack", "Evidence pack", "folder_zip"),
    ),
    "Prove": (
        ("checklist", "Checklist", "checklist"),
        ("scorecard", "Scorecard", "grid_on"),
        ("traces", "Traces", "account_tree"),
        ("release", "Release & monitoring", "conversion_path"),
    ),
    "Work": (
        ("gaps", "Gaps", "event_busy"),
        ("evidence", "Evidence in", "upload_file"),
        ("activity", "Activity", "history"),
    ),
}
"""Pages by group: file, title, icon."""


def page_of(name: str, title: str, icon: str) -> st.Page:
    return st.Page(
        paths.PAGES / f"{name}.py", title=title, icon=f":material/{icon}:", url_path=name, default=name == "portfolio"
    )


def sidebar(groups: dict[str, list[st.Page]], visit: guard.Visit) -> None:
    with st.sidebar:
        widgets.brand()
        kept = picker(visit)
        for group, pages in groups.items():
            st.caption(group)
            for page in pages:
                st.page_link(page, query_params=kept)
        widgets.signed_in(visit.by.name)


def picker(visit: guard.Visit) -> dict[str, str]:
    """System and assessment as the address has them; a choice goes back into it."""
    if not visit.everything:
        return {}
    by_slug = {each.slug: each for each in visit.everything}
    slug = st.query_params.get("system", "")
    slug = slug if slug in by_slug else visit.everything[0].slug
    st.selectbox(
        "System",
        list(by_slug),
        index=list(by_slug).index(slug),
        format_func=lambda each: f"{sentences.SHAPES[by_slug[each].verdict.level][0]} {by_slug[each].name}",
        key="picked_system",
        on_change=lambda: st.query_params.from_dict({"system": st.session_state["picked_system"]}),
    )
    others = by_slug[slug].others
    names = {str(each.id): f"{each.record.candidate} · {words.day(each.record.assessed_on)}" for each in others}
    chosen = st.query_params.get("assessment", "")
    chosen = chosen if chosen in names else str(others[0].id)
    st.selectbox(
        "Assessment",
        list(names),
        index=list(names).index(chosen),
        format_func=names.__getitem__,
        key=f"picked_assessment_{slug}",
        on_change=lambda: st.query_params.update(
            {"system": slug, "assessment": st.session_state[f"picked_assessment_{slug}"]}
        ),
    )
    return {"system": slug} | ({"assessment": chosen} if chosen != str(others[0].id) else {})


def main() -> None:
    st.set_page_config(page_title="readiness", page_icon=str(paths.TEMPLATES / "web" / "icon.png"), layout="wide")
    widgets.style()
    groups = {group: [page_of(*page) for page in pages] for group, pages in GROUPS.items()}
    page = st.navigation(groups, position="hidden")
    try:
        visit = guard.look()
    except ReadinessError:
        visit = None
    if visit:
        sidebar(groups, visit)
    page.run()


main()
