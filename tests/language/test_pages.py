"""Every page in German and in a language that nobody speaks: it runs, and what its own code says is translated.

What templates, the review and other rooms say is not looked at before they are marked (`rooms.ROOMS`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from readiness import language
from readiness.model import checklist as checklists
from tests.language import pseudo
from tests.pages.dashboard import PAGES, Dashboard, Screen
from tests.pages.test_every_page import PARTS

SYSTEM = "freight-support"
OTHERS = {"weeks": "quote-desk", "decision": "quote-desk"}
"""Where a page shows more of another system."""
KINDS = (
    *("button", "download_button", "form_submit_button", "selectbox", "multiselect", "radio", "button_group", "toggle"),
    *("checkbox", "text_input", "text_area", "number_input", "date_input", "file_uploader", "expander", "tab"),
)
_SIGNALS = checklists.named("llm-rollout").all
EXAMPLES = {"name@example.com", "https://…", "2026.12", *(text for one in _SIGNALS for text in (one.needs, one.remedy))}
"""What nobody translates, and what stands in the checklist."""
DIALOGS = {
    "release": ("edit_", "stage_step"),
    "card": ("edit_",),
    "checklist": ("edit_capacity",),
    "incidents": ("report_incident", "incident_"),
    "evidence": ("source_add", "confirm_", "remove_"),
    "system": ("next_assessment",),
    "weeks": ("review_week",),
    "decision": ("condition_",),
}
"""The buttons of a page that open a dialog, by how their keys begin."""


@pytest.fixture
def nowhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The dashboard speaks the pseudo-language."""
    with pseudo.known() as name:
        monkeypatch.setenv(language.LANGUAGE_VARIABLE, name)
        yield


def opened(dashboard: Dashboard, page: str, **address: str) -> Screen:
    return dashboard.open(
        page, **{} if page in ("portfolio", "people") else {"system": OTHERS.get(page, SYSTEM)}, **address
    )


@pytest.mark.parametrize("page", PAGES)
def test_a_page_runs_in_german(dashboard: Dashboard, monkeypatch: pytest.MonkeyPatch, page: str) -> None:
    monkeypatch.setenv(language.LANGUAGE_VARIABLE, "de")
    assert opened(dashboard, page).answer


@pytest.mark.parametrize("page", PAGES)
def test_what_a_page_says_by_itself_is_translated(dashboard: Dashboard, nowhere: None, page: str) -> None:
    screen = opened(dashboard, page)
    assert list(untranslated(screen)) == []
    assert list(undrawn(screen)) == []


@pytest.mark.parametrize(("page", "part"), [(page, part) for page, parts in PARTS.items() for part in parts])
def test_a_part_is_found_by_its_english_name_in_every_language(
    dashboard: Dashboard, nowhere: None, page: str, part: str
) -> None:
    screen = opened(dashboard, page, part=part)
    assert list(untranslated(screen)) == []
    assert f"⟦{part}⟧" in screen.labels("tab")


@pytest.mark.parametrize("page", DIALOGS)
def test_what_a_dialog_says_is_translated(dashboard: Dashboard, nowhere: None, page: str) -> None:
    screen = opened(dashboard, page)
    keys = [str(button.key) for button in screen.app.button if str(button.key).startswith(DIALOGS[page])]
    assert keys
    for key in keys:
        screen.dialog(key)
        assert list(untranslated(screen)) == [], key


@pytest.mark.parametrize("page", sorted(set(PAGES) - {"activity", "people"}))
def test_an_empty_store_shows_the_first_steps_in_german(
    empty_dashboard: Dashboard, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    monkeypatch.setenv(language.LANGUAGE_VARIABLE, "de")
    assert "Neues System" in empty_dashboard.open(page).labels("button")


def undrawn(screen: Screen) -> Iterator[str]:
    """What pictures ask for by a name that none of their figures has."""
    for chart in screen.app.get("vega_lite_chart"):
        there = {data.name for data in chart.proto.datasets}
        yield from {name for name in re.findall(r'"data": {"name": "([^"]*)"}', chart.proto.spec) if name not in there}


def untranslated(screen: Screen) -> Iterator[str]:
    """Labels, help and captions that no message is in."""
    for kind in KINDS:
        for widget in screen._widgets(kind):
            for text in (widget.label, getattr(widget, "help", ""), getattr(widget, "placeholder", "")):
                if text and "⟦" not in text and text not in EXAMPLES:
                    yield f"{kind}: {text}"
    for caption in (*screen.app.caption, *screen.app.sidebar.caption):
        if "⟦" not in caption.value:
            yield f"caption: {caption.value}"
    for _, title in screen.links:
        if "⟦" not in title:
            yield f"link: {title}"
