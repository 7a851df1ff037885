"""The verdict, what decides it and what would change it."""

from __future__ import annotations

import html
import re
from urllib.parse import parse_qs

import defusedxml.ElementTree

from readiness import formatting
from readiness.review import forecast_words
from readiness.services import forecasts, gaps, people, reviews
from readiness.store import queries
from readiness.web import session
from tests import factories
from tests.pages.dashboard import Dashboard, Screen
from tests.pages.test_pack import download

SYSTEM = "freight-support"


def test_the_verdict_stands_first_then_the_rules_that_fired_the_ways_out_and_the_gaps(dashboard: Dashboard) -> None:
    screen = dashboard.open("verdict", system=SYSTEM)
    assert screen.answer == (
        "Blocked: evidence speaks against Regression gates (14) and rollback has not been rehearsed (16). "
        "The score of 3 alone would read as reasonable."
    )
    assert "2 contradicted" in screen.text
    assert "Override: blocks the rollout." in screen.text
    assert "Close Rollback rehearsal (16)" in screen.text
    gaps = screen.table("Closed alone, it gives")
    assert [row[0] for row in gaps] == [
        "16 Rollback rehearsal Yes – gap",
        "19 Monitoring of outcomes Partial – tighten first",
    ]
    assert "2 of 2 due dates were moved later" in screen.text
    assert [row[:3] for row in screen.table("Signal") if row[0].startswith("2 ")] == [
        ["2 Escalation and abstention", "Partial – tighten first", "No – controlled"]
    ]


def test_each_reason_and_each_step_leads_to_where_it_can_be_changed(dashboard: Dashboard) -> None:
    screen = dashboard.open("verdict", system=SYSTEM)
    kinds = ("r-list r-why", "r-ways", "r-standing")
    why, ways, facts = (next(block for block in screen.blocks if f'class="{kind}"' in block) for kind in kinds)
    assert 'href="checklist?system=freight-support&amp;signal=rollback-rehearsal"' in why
    assert 'href="release?system=freight-support"' in why
    assert 'href="checklist?system=freight-support&amp;signal=regression-gates"' in ways
    for page in ("checklist", "release", "gaps", "system"):
        assert f'href="{page}?system=freight-support' in facts


def test_all_parts_of_the_packet_and_every_approver_are_named(dashboard: Dashboard) -> None:
    text = dashboard.open("verdict", system=SYSTEM).text
    assert "Scorecard◐ partial" in text
    for part in ("Checklist", "Traces", "Release policy", "Monitoring plan"):
        assert f"{part}✓ complete" in text
    for role in ("Quality", "Policy", "Operations"):
        assert f"{role} (" in text


def test_questions_that_nobody_answered_are_one_line(dashboard: Dashboard) -> None:
    screen = dashboard.open("verdict", system="billing-desk")
    assert "8 questions not answered: Retrieval on hard queries" in screen.text


def test_an_earlier_assessment_says_that_it_is_one(dashboard: Dashboard) -> None:
    with dashboard.store() as store:
        earlier = queries.assessments(store, SYSTEM)[-1].id
    screen = dashboard.open("verdict", system=SYSTEM, assessment=str(earlier))
    (note,) = screen.app.info
    assert note.value.startswith("This is an earlier assessment, shown with what is known on ")
    assert not dashboard.open("verdict", system=SYSTEM).app.info


def test_how_often_the_verdict_would_hold_again_stands_below_it(dashboard: Dashboard) -> None:
    text = dashboard.open("verdict", system="claims-intake").text
    assert "Staged; would hold in " in text
    assert "Bootstrap: 500 resamplings of " in text


def test_gaps_that_are_due_after_the_rollout_are_told_here_and_on_the_portfolio(dashboard: Dashboard) -> None:
    assert "2 gaps are due after the rollout" in dashboard.open("verdict", system="claims-intake").text
    assert "due after the rollout" not in dashboard.open("verdict", system="customs-advisor").text
    told = {row[0]: row[1] for row in dashboard.open("portfolio").table("What decides") if len(row) > 7}
    assert ["2 gaps due after the rollout" in told[name] for name in told if "Claims" in name] == [True]
    assert ["after the rollout" in told[name] for name in told if "Customs" in name] == [False]


def drawn(screen: Screen) -> str:
    (block,) = [block for block in screen.blocks if 'class="r-argument"' in block]
    return block


def leads(block: str) -> list[tuple[str, str]]:
    """The address of each symbol of an argument, with its words."""
    found = re.findall(r'<a href="([^"]*)" target="_self" tabindex="-1" title="([^"]*)"', block)
    return [(html.unescape(address), html.unescape(words)) for address, words in found]


def test_the_argument_leads_from_the_claim_to_its_evidence_each_to_a_page_that_answers(dashboard: Dashboard) -> None:
    block = drawn(dashboard.open("verdict", system=SYSTEM))
    symbols = leads(block)
    assert symbols[0][1] == "Freight Support Copilot 2026.11 may be rolled out"
    assert (f"checklist?system={SYSTEM}&signal=rollback-rehearsal", "16. Rollback rehearsal") in symbols
    addresses = {address for address, _ in symbols}
    assert {
        html.unescape(address) for address in re.findall(r'<a href="(\w+\?[^"]*)" target="_self">', block)
    } == addresses
    for address in sorted(addresses):
        page, _, query = address.partition("?")
        assert dashboard.open(page, **{name: one for name, (one,) in parse_qs(query).items()}).answer


def test_everything_shows_each_answer_and_the_default_what_decides(dashboard: Dashboard) -> None:
    screen = dashboard.open("verdict", system="claims-intake")
    assert "19 answers" in drawn(screen)
    screen.choose("segmented_control", "Argument", "Everything")
    asked = {address for address, _ in leads(drawn(screen)) if "signal=" in address}
    assert len(asked) == 22


def test_the_argument_is_taken_as_a_file(dashboard: Dashboard) -> None:
    (query,) = re.findall(r'href="download/argument\?([^"]*)"', drawn(dashboard.open("verdict", system=SYSTEM)))
    status, headers, body = download("download/argument", html.unescape(query))
    assert (status, headers["content-type"]) == (200, "image/svg+xml")
    assert re.search(r'attachment; filename="freight-support_argument_[\d-]+\.svg"', headers["content-disposition"])
    words = [element.text for element in defusedxml.ElementTree.fromstring(body.encode()).iter() if element.text]
    assert "16. Rollback rehearsal" in words
    assert download("download/argument", "system=nothing")[0] == 404
    assert download("download/argument", f"system={SYSTEM}&all=1")[2].count("<circle") > body.count("<circle")


def test_when_it_will_be_ready_is_told_with_its_past_or_why_it_is_not(dashboard: Dashboard) -> None:
    by = factories.principal()
    with dashboard.store() as store:
        review = reviews.load(store, by, "billing-desk", as_of=session.today())
        review = forecasts.beside(store, by, review)
    told = review.forecast
    assert told is not None
    assert {bool(one.by) for one in told.gaps} == {True, False}  # of moved dates the demo has too few
    screen = dashboard.open("verdict", system="billing-desk", part="Dates")
    rows = {row[0]: row for row in screen.table("Half by")}
    for one in told.gaps:
        row = next(row for name, row in rows.items() if one.gap.signal.name in name)
        assert row[-1] == str(one.n)
        assert (formatting.day(one.by) if one.by else formatting.capital(one.why)) in row
    for way in told.ways:
        assert forecast_words.way(way, review.assessment.target_date) in screen.text
    assert forecast_words.tested(told.tested) in screen.text
    assert "No verdict follows from it." in screen.text
    assert forecast_words.case(review) in dashboard.open("decision", system="billing-desk").text


def test_whoever_is_called_otherwise_since_is_called_so(dashboard: Dashboard) -> None:
    with dashboard.store() as store:
        by, day = factories.principal(), session.today()
        gap = next(gap for gap in gaps.every(store, by, as_of=day) if gap.system == SYSTEM and gap.mark.due)
        due, action = gap.mark.due, gap.mark.action
        owner = "ana@example.org"
        gaps.change(store, by, gap.id, seen=gap.row_version, due=due, owner=owner, action=action, reason="")
        assert owner in dashboard.open("verdict", system=SYSTEM).text
        people.add(store, by, owner, "Ana Lovelace")
    session._called.cache.clear()  # which a moment later nobody has to
    assert "Ana Lovelace" in dashboard.open("verdict", system=SYSTEM).text
