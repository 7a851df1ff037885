"""The search beside the pages."""

from __future__ import annotations

from tests.pages.dashboard import Dashboard, Screen


def searched(dashboard: Dashboard, text: str) -> Screen:
    screen = dashboard.open("verdict", system="freight-support")
    screen.dialog("search")
    screen.choose_within("text_input", "Search", text)
    return screen


def test_a_question_a_system_and_a_trace_are_found_and_lead_to_their_pages(dashboard: Dashboard) -> None:
    assert (
        'href="checklist?system=freight-support&amp;signal=rollback-rehearsal"'
        in searched(dashboard, "rehearsal").blocks[-1]
    )
    assert 'href="verdict?system=claims-intake"' in searched(dashboard, "claims").blocks[-1]
    hits = "".join(searched(dashboard, "shipment_status").blocks)
    assert 'href="traces?system=freight-support&amp;trace=' in hits


def test_what_nothing_holds_is_said(dashboard: Dashboard) -> None:
    assert "Nothing holds “zzz”." in searched(dashboard, "zzz").text
