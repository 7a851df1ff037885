"""What an owner does with due dates, in a real browser, and what two people do at once."""

from __future__ import annotations

import datetime as dt
import json
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from readiness import clock
from tests.browser.conftest import OVER_THE_EDGE, Server, Visitor, visiting

MOST_CLICKS = 3
"""What an owner needs from the page of gaps to a date that is moved."""
TOP = "document.querySelector('[data-testid=stMain]').scrollTop"
COUNT_CLICKS = (
    "window.clicks = 0; addEventListener('click', event => { if (event.isTrusted) window.clicks += 1; }, true)"
)


@pytest.fixture
def another(browser: Browser, server: Server) -> Iterator[Visitor]:
    """Somebody else, with a browser of their own."""
    yield from visiting(browser, server.address)


def gaps(server: Server) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(server.run("gaps", "--json"))
    return found


def one(server: Server, number: object) -> dict[str, object]:
    return next(gap for gap in gaps(server) if gap["id"] == number)


def link(visitor: Visitor, number: object) -> tuple[str, float]:
    """The link of a row, and where it stands on the screen."""
    selector = f"#gap-{number}"
    return selector, visitor.page.locator(selector).evaluate("element => element.getBoundingClientRect().top")


def open_row(visitor: Visitor, number: object) -> None:
    with visitor.running():
        visitor.page.locator(f"#gap-{number}").click()
    expect(visitor.page.get_by_role("spinbutton", name="year, Due date")).to_be_focused()


def type_date(visitor: Visitor, day: dt.date) -> None:
    visitor.page.keyboard.type(f"{day:%Y%m%d}")


def store(visitor: Visitor, name: str = "Store") -> None:
    with visitor.running():
        visitor.page.get_by_role("button", name=name, exact=True).click()


def test_a_date_is_moved_in_three_clicks_and_nothing_jumps(visitor: Visitor, server: Server) -> None:
    before = gaps(server)[3]
    later = clock.today() + dt.timedelta(days=5)
    visitor.open("gaps")
    selector, _ = link(visitor, before["id"])
    visitor.page.locator(selector).scroll_into_view_if_needed()
    visitor.page.evaluate(COUNT_CLICKS)
    open_row(visitor, before["id"])
    type_date(visitor, later)
    visitor.page.get_by_role("textbox", name="Reason").focus()
    visitor.page.keyboard.type("The index has to be rebuilt first")
    (_, stood), top = link(visitor, before["id"]), visitor.page.evaluate(TOP)
    store(visitor)
    expect(visitor.page.locator(f"#told-{before['id']}")).to_contain_text("reason kept")
    assert "; 5 are overdue" in visitor.answer, "the headline is true at once"
    assert visitor.page.evaluate("window.clicks") <= MOST_CLICKS
    expect(visitor.page.locator(selector)).to_be_focused()
    assert link(visitor, before["id"])[1] == pytest.approx(stood, abs=1)
    assert visitor.page.evaluate(TOP) == pytest.approx(top, abs=1)
    after = one(server, before["id"])
    assert (after["due"], after["slips"]) == (later.isoformat(), int(str(before["slips"])) + 1)


def test_a_date_is_moved_by_keyboard_alone_and_a_refusal_leaves_what_was_typed(
    visitor: Visitor, server: Server
) -> None:
    before = gaps(server)[0]
    visitor.open("gaps")
    visitor.page.locator(f"#gap-{before['id']}").focus()
    with visitor.running():
        visitor.page.keyboard.press("Enter")
    expect(visitor.page.get_by_role("spinbutton", name="year, Due date")).to_be_focused()
    later = clock.today() + dt.timedelta(days=6)
    type_date(visitor, later)
    visitor.page.keyboard.press("Tab")  # on to the button that opens the calendar
    visitor.page.keyboard.press("Tab")
    with visitor.running():
        visitor.page.keyboard.press("Enter")
    expect(visitor.page.get_by_role("alert").first).to_contain_text("has no reason; expected a sentence that says why")
    assert visitor.page.locator("input[type=date]").first.input_value() == later.isoformat()
    visitor.page.get_by_role("textbox", name="Reason").fill("The vendor is late")
    with visitor.running():
        visitor.page.keyboard.press("Enter")
    expect(visitor.page.locator(f"#gap-{before['id']}")).to_be_focused()
    assert one(server, before["id"])["due"] == later.isoformat()


def test_the_date_takes_the_focus_however_late_its_script_comes(visitor: Visitor, server: Server) -> None:
    """A row that opened on a slow line left the keyboard nowhere: its field came after the focus was given up."""
    asked: list[str] = []

    def late(route: Route) -> None:
        asked.append(route.request.url)
        time.sleep(2)
        route.continue_()

    visitor.page.route("**/DateInput*.js", late)
    visitor.open("gaps")
    open_row(visitor, gaps(server)[1]["id"])
    assert asked, "the field's script was there before; this shows nothing"


class Late:
    """Holds back what listens to the rows until it may come."""

    def __init__(self, page: Page) -> None:
        self.waiting: list[Route] = []
        page.route("**/linked.js*", self.hold)

    def hold(self, route: Route) -> None:
        self.waiting.append(route)

    def come(self) -> None:
        assert self.waiting, "the script was there before; this shows nothing"
        for route in self.waiting:
            route.continue_()
        self.waiting.clear()


def test_a_row_that_is_opened_before_its_script_is_there_takes_the_focus(visitor: Visitor, server: Server) -> None:
    """Such a click is followed by the browser: the page comes anew, and the keyboard stood nowhere."""
    late = Late(visitor.page)
    visitor.open("gaps")
    number = gaps(server)[1]["id"]
    visitor.page.locator(f"#gap-{number}").click()
    visitor.page.wait_for_url(f"**gap={number}**")
    date = visitor.page.get_by_role("spinbutton", name="year, Due date")
    expect(date).to_be_visible()
    late.come()
    expect(date).to_be_focused()
    expect(date).to_be_in_viewport()


def test_a_tick_that_is_set_before_the_script_is_there_counts(visitor: Visitor, server: Server) -> None:
    late = Late(visitor.page)
    visitor.open("gaps")
    with visitor.running():
        visitor.page.get_by_text("Select several").click()
    box = visitor.page.locator("input[data-pick]").first
    box.check()
    late.come()
    expect(visitor.page.get_by_role("heading", name="1 gap chosen")).to_be_visible()
    expect(box).to_be_checked()


@pytest.mark.parametrize("width", [1280, 390])
def test_the_calendar_never_covers_the_buttons(visitor: Visitor, server: Server, width: int) -> None:
    visitor.page.set_viewport_size({"width": width, "height": 900})
    visitor.open("gaps")
    open_row(visitor, gaps(server)[2]["id"])
    calendar = visitor.page.get_by_test_id("stDateInputCalendar").or_(visitor.page.get_by_role("dialog")).first
    expect(calendar).to_be_visible()
    over = calendar.bounding_box()
    assert over
    for name in ("Store", "Cancel"):
        button = visitor.page.get_by_role("button", name=name, exact=True).bounding_box()
        assert button
        beside = button["x"] >= over["x"] + over["width"] or button["x"] + button["width"] <= over["x"]
        below = button["y"] >= over["y"] + over["height"] or button["y"] + button["height"] <= over["y"]
        assert beside or below, name


def test_two_people_see_both_values_and_neither_loses_what_they_typed(
    visitor: Visitor, another: Visitor, server: Server
) -> None:
    gap = gaps(server)[4]
    mine, theirs = (clock.today() + dt.timedelta(days=days) for days in (1, 2))
    for person, day, reason in ((visitor, mine, "mine"), (another, theirs, "theirs")):
        person.open("gaps")
        open_row(person, gap["id"])
        type_date(person, day)
        person.page.get_by_role("textbox", name="Reason").fill(reason)
    store(another)
    assert one(server, gap["id"])["due"] == theirs.isoformat()
    store(visitor)
    expect(visitor.page.get_by_role("alert").first).to_contain_text("was changed by somebody else")
    row = visitor.page.locator("table.r-both").get_by_role("row").nth(1)
    for day in (mine, theirs):
        expect(row).to_contain_text(f"{day.day} {day:%b %Y}")
    assert visitor.page.locator("input[type=date]").first.input_value() == mine.isoformat()
    expect(visitor.page.get_by_role("textbox", name="Reason")).to_have_value("mine")
    assert one(server, gap["id"])["due"] == theirs.isoformat(), "nothing was stored"
    store(visitor)
    assert one(server, gap["id"])["due"] == mine.isoformat()


def test_what_is_typed_stays_when_somebody_else_moves_the_rows_about(
    visitor: Visitor, another: Visitor, server: Server
) -> None:
    mine, other = gaps(server)[5]["id"], gaps(server)[1]["id"]
    visitor.open("gaps")
    open_row(visitor, mine)
    visitor.page.get_by_role("textbox", name="Next action").fill("Ask the vendor")
    another.open("gaps")
    open_row(another, other)
    another.name("Owner of the gap", "rosa")
    type_day = clock.today() + dt.timedelta(days=40)
    another.page.get_by_role("spinbutton", name="year, Due date").focus()
    type_date(another, type_day)
    another.page.get_by_role("textbox", name="Reason").fill("The freeze")
    store(another)
    if another.page.get_by_role("button", name="Store it all the same").count():
        store(another, "Store it all the same")
    with visitor.running():  # a run that shows what the other one stored
        visitor.page.get_by_text("Overdue only").click()
    expect(visitor.page.get_by_role("textbox", name="Next action")).to_have_value("Ask the vendor")
    store(visitor)
    assert one(server, mine)["action"] == "Ask the vendor"
    assert one(server, other)["owner"] == "rosa"


def test_several_gaps_are_ticked_and_moved_with_one_reason(visitor: Visitor, server: Server) -> None:
    chosen = [gap["id"] for gap in gaps(server)[7:10]]
    visitor.open("gaps")
    with visitor.running():
        visitor.page.get_by_text("Select several").click()
    for number in chosen:
        box = visitor.page.locator(f"input[data-pick='{number}']")
        with visitor.running():
            box.check()
        expect(box).to_be_focused()
    expect(visitor.page.get_by_role("heading", name="3 gaps chosen")).to_be_visible()
    visitor.name("New owner", "mei")
    store(visitor, "Store for all")
    expect(visitor.page.get_by_role("status").filter(has_text="Stored 3 gaps").first).to_be_visible()
    assert {one(server, number)["owner"] for number in chosen} == {"mei"}
    for number in chosen:
        expect(visitor.page.locator(f"input[data-pick='{number}']")).not_to_be_checked()


def test_rows_open_one_after_the_other_where_they_were_clicked_and_close_again(
    visitor: Visitor, server: Server
) -> None:
    first, second = (gap["id"] for gap in gaps(server)[2:4])
    visitor.open("gaps")
    open_row(visitor, first)
    _, stood = link(visitor, second)
    with visitor.running():
        visitor.page.locator(f"#gap-{second}").click()
    expect(visitor.page.locator(f".st-key-editor_{second}")).to_be_visible()
    expect(visitor.page.get_by_role("spinbutton", name="year, Due date")).to_be_focused()
    assert f"gap={second}" in visitor.page.url
    assert link(visitor, second)[1] <= stood + 1, "it comes no lower than it was clicked"
    with visitor.running():
        visitor.page.locator(f"#gap-{second}").click()
    expect(visitor.page.locator(f"#gap-{second}")).to_be_focused()
    expect(visitor.page.locator(f".st-key-editor_{second}")).to_have_count(0)


@pytest.mark.parametrize("page", ["gaps", "work"])
def test_a_page_of_work_fits_the_screen(visitor: Visitor, page: str) -> None:
    visitor.open(page)
    assert visitor.page.evaluate(OVER_THE_EDGE) <= 0
    visitor.page.set_viewport_size({"width": 390, "height": 844})
    visitor.page.wait_for_function(f"({OVER_THE_EDGE})() <= 0")
