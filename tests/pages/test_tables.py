"""A link beside each table gives it as CSV, whole, to whoever may read it."""

from __future__ import annotations

import csv
import datetime as dt
import html
import io
import re
from urllib.parse import parse_qs

import pytest

from readiness import access, clock
from readiness.exports import review_tables
from readiness.model.people import Token
from readiness.review import scorecard_json
from readiness.services import people, reviews, tokens
from readiness.web import session
from tests import factories
from tests.exports.test_csv_table import STARTS
from tests.pages.dashboard import PAGES, Dashboard, Screen
from tests.pages.test_pack import download

SYSTEM = "freight-support"


def linked(screen: Screen) -> dict[str, str]:
    """Each table that the page links to, and the query."""
    found = re.findall(r'href="download/table\?([^"]*)"', "\n".join(screen.blocks))
    return {parse_qs(query)["table"][0]: query for query in map(html.unescape, found)}


def rows(query: str) -> list[list[str]]:
    status, headers, body = download("download/table", query)
    assert (status, headers["content-type"]) == (200, "text/csv; charset=utf-8"), body
    assert re.search(r'filename="[\w.-]+\.csv"', headers["content-disposition"])
    read = list(csv.reader(io.StringIO(body.removeprefix("\ufeff"), newline="")))
    assert {len(row) for row in read} == {len(read[0])}
    return read


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("portfolio", {"portfolio", "decisions"}),
        ("verdict", {"rules", "gaps", "packet", "sign-offs", "changes", "due-dates", "forecast"}),
        ("checklist", {"answers"}),
        ("scorecard", {"metrics"}),
        ("compare", {"comparison"}),
        ("traces", {"spans", "traces", "stage-times"}),
        (
            "release",
            {"stages", "gates", "rollback", "budgets", "sign-offs", "alerts", "owners", "revisions"},
        ),
        ("card", {"card", "components", "red-team", "incidents", "revisions"}),
        ("evidence", {"files"}),
        ("activity", {"activity"}),
    ],
)
def test_every_table_of_a_page_is_a_link_away(dashboard: Dashboard, page: str, expected: set[str]) -> None:
    found = linked(dashboard.open(page, system=SYSTEM))
    assert found.keys() - {"versions", "failures", "unscored"} == expected - {"failures", "unscored"}
    for name, query in found.items():
        assert len(rows(query)) > 1 or name in ("judges", "failures", "unscored"), name


def test_every_table_of_the_demo_has_as_many_cells_in_each_row_as_columns_and_no_formula(
    dashboard: Dashboard,
) -> None:
    with dashboard.store() as store:
        found = reviews.every(store, factories.principal(), as_of=session.today())
    assert len(found) == 6
    seen = set()
    for review in found:
        for name in review_tables.NAMES:
            table = review_tables.read(review, name)
            assert {len(row) for row in table.rows} <= {len(table.header)}, name
            seen |= {name} if table.rows else set()
            for row in rows(f"table={name}&system={review.slug}")[1:]:
                assert not [cell for cell in row if cell.startswith(STARTS) and not re.fullmatch(r"-?[\d.e-]+", cell)]
    unmet = {"judges", "failures", "versions", "unscored", "risks"}
    assert set(review_tables.NAMES) - seen <= unmet


def test_figures_are_those_of_the_scorecard_with_all_their_digits(dashboard: Dashboard) -> None:
    with dashboard.store() as store:
        review = reviews.load(store, factories.principal(), SYSTEM, as_of=session.today())
    stated = scorecard_json.answer(review)["rows"]
    header, *read = rows(f"table=figures&system={SYSTEM}")
    assert len(read) == len(stated)
    first = dict(zip(header, read[0], strict=True))
    assert float(first["candidate_mean"]) == stated[0]["candidate"]["mean"]
    assert first["candidate_n"] == str(stated[0]["candidate"]["n"])
    assert [first["candidate_low"], first["candidate_high"]] == list(map(str, stated[0]["candidate"]["interval"]))


def test_the_record_leaves_as_the_page_filters_it(dashboard: Dashboard) -> None:
    every = rows("table=activity")
    own = rows(f"table=activity&system={SYSTEM}")
    assert 1 < len(own) < len(every)
    assert {row[own[0].index("system")] for row in own[1:]} == {SYSTEM}
    assert len(rows("table=activity&person=nobody")) == 1


@pytest.mark.parametrize(
    ("query", "status", "told"),
    [
        ("", 404, "the table '' is not known; expected one of portfolio, decisions, comparison, activity, work,"),
        ("table=rules", 404, ""),
        ("table=rules&system=nowhere", 404, "nowhere"),
        (f"table=spans&system={SYSTEM}&trace=0", 404, f"{SYSTEM} has no trace '0'"),
        (f"table=rules&system={SYSTEM}&assessment=99999", 404, "freight-support has no such assessment"),
    ],
)
def test_a_table_that_is_not_there_is_a_sentence(dashboard: Dashboard, query: str, status: int, told: str) -> None:
    answered, _, body = download("download/table", query)
    assert answered == status
    assert told in body


def test_whoever_may_not_read_a_system_gets_no_table_of_it(
    dashboard: Dashboard, monkeypatch: pytest.MonkeyPatch
) -> None:
    guest = access.Principal.of("guest", {"viewer"}, {"claims-intake"})
    monkeypatch.setattr(session, "principal", lambda: guest)
    for name in (*review_tables.NAMES, "revisions", "spans"):
        assert download("download/table", f"table={name}&system={SYSTEM}")[0] == 403, name
    assert download("download/marks", f"system={SYSTEM}")[0] == 403
    assert download("download/argument", f"system={SYSTEM}")[0] == 403
    assert {row[0] for row in rows("table=portfolio")[1:]} == {"claims-intake"}
    assert {row[0] for row in rows("table=decisions")[1:]} <= {"claims-intake"}
    header, *events = rows("table=activity")
    assert {row[header.index("system")] for row in events} == {"claims-intake"}
    assert SYSTEM not in download("download/gaps", "format=csv")[2]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_without_anything_stored_links_to_no_table(empty_dashboard: Dashboard, page: str) -> None:
    assert linked(empty_dashboard.open(page)).keys() <= {"rights"}


@pytest.mark.parametrize(
    ("query", "header"),
    [
        ("table=people", ["address", "name", "further_addresses"]),
        ("table=tokens", ["token", "for", "of"]),
        ("table=rights", ["may", "viewer", "exporter"]),
        ("table=work", ["kind", "system", "what"]),
        ("table=activity&person=nobody", []),
        (f"table=versions&system={SYSTEM}", []),
        (f"table=failures&system={SYSTEM}", []),
        (f"table=judges&system={SYSTEM}", []),
        (f"table=packs-sent&system={SYSTEM}", []),
    ],
)
def test_what_is_about_people_and_what_few_pages_show_leaves_as_a_table_too(
    dashboard: Dashboard, query: str, header: list[str]
) -> None:
    with dashboard.store() as store:
        by = access.local()
        people.add(store, by, "rosa@example.com", "Rosa", [access.Grant("viewer"), access.Grant("owner", SYSTEM)])
        tokens.issue(store, by, Token(name="ci", actions=["read"], expires_on=clock.today() + dt.timedelta(days=3)))
    read = rows(query)
    assert read[0][: len(header)] == header
    if query == "table=people":
        assert ["rosa@example.com", "Rosa", "", "", "owner", SYSTEM, ""] in read
    if query == "table=tokens":
        assert read[1][1:2] == ["ci"]
