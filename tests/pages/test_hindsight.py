"""Were we right? What the page says of none, of few and of ten releases, and where it leads."""

from __future__ import annotations

import csv
import io
import shutil
from pathlib import Path

import pytest

from readiness.access import Grant, Principal
from readiness.model.assessment import Assessment, System
from readiness.services import Store, systems
from readiness.web import session, standings
from tests import factories
from tests.conftest import once
from tests.pack import reading
from tests.pages.dashboard import Dashboard, Screen
from tests.pages.test_pack import download
from tests.pages.test_tables import linked
from tests.releases import DANA, PastDesk, on, ten

pytestmark = pytest.mark.usefixtures("noon")
NOTHING = "What became of releases stands here."
FIGURES = ("How often it went well", "Signals that foretold trouble", "Rules that never mattered")


@pytest.fixture(scope="session")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with ten releases that are over, to be copied."""

    def fill(store: Store) -> None:
        with pytest.MonkeyPatch.context() as patch:
            ten(PastDesk(store, tmp_path_factory.mktemp("released"), patch))

    return once(tmp_path_factory, "released.db", fill)


@pytest.fixture
def ten_of_them(released: Path, empty_dashboard: Dashboard) -> Dashboard:
    shutil.copy(released, empty_dashboard.url.removeprefix("sqlite:///"))
    return empty_dashboard


def filled(dashboard: Dashboard, folder: Path, monkeypatch: pytest.MonkeyPatch, *days: int) -> Screen:
    """The page after releases that began so many days from today, each of a system of its own."""
    with dashboard.store() as store:
        desk = PastDesk(store, folder, monkeypatch)
        for number, day in enumerate(days):
            desk.release(f"desk-{number}", day)
    return dashboard.open("hindsight")


def headings(screen: Screen) -> list[str]:
    blocks = [block for block in screen.blocks if 'class="r-heading"' in block]
    return [reading.text(block.partition("<h2")[2].partition(">")[2].partition("</h2>")[0]) for block in blocks]


def table(query: str) -> list[list[str]]:
    status, _, body = download("download/table", query)
    assert status == 200
    return list(csv.reader(io.StringIO(body.removeprefix("\ufeff"), newline="")))


def test_where_no_rollout_has_begun_the_page_says_how_one_does(empty_dashboard: Dashboard) -> None:
    with empty_dashboard.store() as store:
        desk = System(slug="desk", name="Desk")
        systems.create(store, factories.principal(), desk, Assessment(candidate="1", assessed_on=on(-3)))
    screen = empty_dashboard.open("hindsight")
    assert screen.answer == "No rollout has begun yet."
    assert NOTHING in screen.text
    assert headings(screen) == []


def test_of_few_releases_only_what_became_of_each_is_told(
    empty_dashboard: Dashboard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = filled(empty_dashboard, tmp_path, monkeypatch, -60, -50, -30)
    assert screen.answer == "Too few to tell: 2 of 3 releases that began are over."
    assert headings(screen) == ["What became of each"]
    assert "From 10 that are over, figures stand here." in screen.text
    rows = screen.table("Release")
    assert [(row[0], row[1], row[3]) for row in rows] == [
        ("Desk 2 2026.11", "21 Oct 2026", "not over yet Watched until 20 Nov 2026"),
        ("Desk 1 2026.11", "1 Oct 2026", "went well"),
        ("Desk 0 2026.11", "21 Sep 2026", "went well"),
    ]
    assert linked(screen).keys() == {"releases"}
    assert len(table("table=hindsight")) == 1


def test_of_nine_that_are_over_nothing_more_is_told(
    empty_dashboard: Dashboard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = filled(empty_dashboard, tmp_path, monkeypatch, *(-60 + at for at in range(9)))
    assert screen.answer == "Too few to tell: 9 of 9 releases that began are over."
    assert not set(headings(screen)) & set(FIGURES)


def test_of_ten_the_answer_the_figures_and_each_release_are_told(ten_of_them: Dashboard) -> None:
    screen = ten_of_them.open("hindsight")
    assert screen.answer == "Of 10 releases, 5 went well; staged went well 5 of 5 times."
    assert headings(screen) == [FIGURES[0], "What became of each", *FIGURES[1:]]
    assert [row[1:3] for row in screen.table("Went well")] == [
        ["5 of 5 times", "56.6 % to 100.0 %"],
        ["0 of 5 times", "0.0 % to 43.4 %"],
        ["5 of 10 times", "23.7 % to 76.3 %"],
    ]
    first, *_, last = screen.table("Release")
    assert first[0] == "Desk 9 2026.11"
    assert first[3] == "trouble 28 Jun 2026: incident 5, Who counted was made up"
    assert last[3] == "went well"
    assert "1 of 1 signal that could be looked at." in screen.text
    assert "11 of 14 rules never mattered in 10 releases" in screen.text
    (chart,) = screen.app.get("vega_lite_chart")
    assert "Staged: 5 of 5 times" in chart.proto.alt


def test_a_release_leads_to_its_decision(ten_of_them: Dashboard) -> None:
    (block,) = [block for block in ten_of_them.open("hindsight").blocks if 'r-releases"' in block]
    assert 'href="decision?system=desk-9&amp;assessment=' in block
    number = block.partition("system=desk-9&amp;assessment=")[2].partition('"')[0]
    assert ten_of_them.open("decision", system="desk-9", assessment=number).answer


def test_each_table_leaves_whole(ten_of_them: Dashboard) -> None:
    found = linked(ten_of_them.open("hindsight"))
    assert found.keys() == {"releases", "hindsight", "hindsight-signals", "hindsight-rules"}
    read = {name: table(query) for name, query in found.items()}
    assert [len(rows) - 1 for rows in read.values()] == [3, 10, 1, 14]
    header, first = read["hindsight"][:2]
    assert dict(zip(header, first, strict=True))["of"] == "staged"
    assert [row[header.index("releases")] for row in read["hindsight"][1:]] == ["5", "5", "10"]


def test_whoever_may_read_one_system_is_told_of_its_releases_alone(
    ten_of_them: Dashboard, monkeypatch: pytest.MonkeyPatch
) -> None:
    guest = Principal("omar", frozenset({Grant("viewer", "desk-3")}))
    monkeypatch.setattr(session, "principal", lambda: guest)
    screen = ten_of_them.open("hindsight")
    assert screen.answer == "Too few to tell: 1 of 1 release that began is over."
    assert [row[0] for row in screen.table("Release")] == ["Desk 3 2026.11"]


def test_what_became_of_systems_that_are_all_in_the_archive_is_still_told(
    empty_dashboard: Dashboard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with empty_dashboard.store() as store:
        desk = PastDesk(store, tmp_path, monkeypatch)
        desk.release("desk", -50)
        desk.archive("desk", -2)
    screen = empty_dashboard.open("hindsight")
    assert screen.answer == "Too few to tell: 1 of 1 release that began is over."
    assert [row[3] for row in screen.table("Release")] == ["went well"]


def test_many_verdicts_of_the_past_are_worked_out_behind_and_nobody_waits(
    ten_of_them: Dashboard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standings, "MANY_PAST", 5)
    screen = ten_of_them.open("hindsight")
    assert screen.answer == "Of 10 releases, 5 went well."
    assert headings(screen) == ["What became of each"]
    working = standings._BEHIND.looking_back
    assert working is not None
    working.join(60)
    assert ten_of_them.open("hindsight").answer.endswith("staged went well 5 of 5 times.")


def test_what_somebody_wrote_of_an_incident_stays_text(
    empty_dashboard: Dashboard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with empty_dashboard.store() as store:
        desk = PastDesk(store, tmp_path, monkeypatch)
        desk.release("desk", -50)
        desk.incident("desk", -40, what="<b>gone</b>")
    screen = empty_dashboard.open("hindsight")
    (block,) = [block for block in screen.blocks if 'r-releases"' in block]
    assert "&lt;b&gt;gone" in block
    assert DANA.name not in block
