"""Editing the release policy and the monitoring plan, and signing off, in a real browser."""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from readiness.access import GRANTS, Principal
from readiness.model.dossier import Revision
from readiness.model.policy import ReleasePolicy
from readiness.services import revisions as revisions_service
from readiness.store import Store, open_store, queries
from tests.browser.conftest import Server, Visitor, visiting
from tests.serving import free_port, serving

SYSTEM = "freight-support"
MOST_KEYS = 60
ROW = 35
"""Pixels of a row of the table that is edited; the first is the heading."""
APPROVER = "marguerite.dube@example.com"


def edit(visitor: Visitor, name: str) -> Locator:
    visitor.page.locator(f".st-key-edit_{name} button").first.click()
    dialog = visitor.page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Store a new revision")).to_be_visible()
    return dialog


def grid(dialog: Locator) -> Locator:
    """The first table that is edited, as it is read aloud: what is seen of it is a picture."""
    return dialog.locator("table[role=grid]").first


def type_into(visitor: Visitor, dialog: Locator, row: int, column: str, text: str) -> None:
    """Write into a cell of the table, which is a picture to the browser; the rows count from 1."""
    select(visitor, dialog, row, column)
    visitor.page.keyboard.press("Enter")
    cell = visitor.page.locator("#portal").locator("input, textarea").first
    expect(cell).to_be_focused()  # what is typed before the cell opens is lost
    visitor.page.keyboard.press("Control+A")
    visitor.page.keyboard.type(text, delay=30)
    expect(cell).to_have_value(text)
    visitor.page.keyboard.press("Enter")
    expect(cell).to_be_hidden()
    visitor.page.evaluate(AFTER_ITS_TIMER)
    visitor.settle()


AFTER_ITS_TIMER = "() => new Promise((done) => setTimeout(done, 400))"
"""The table hands over what it holds by a timer of 150 ms, which is due before this one however slow the machine is."""


def select(visitor: Visitor, dialog: Locator, row: int, column: str) -> None:
    """Choose a cell by the keyboard, from whichever the picture has under the pointer; those read aloud say which.

    A key without the focus and a click while the table is drawn anew do nothing, so each is looked at before the next.
    """
    canvas = dialog.get_by_test_id("data-grid-canvas").first
    expect(canvas).to_be_visible()
    heading = grid(dialog).locator("th").filter(has_text=re.compile(f"^{re.escape(column)}$"))
    wanted = int(heading.get_attribute("aria-colindex") or 0), row - 1
    before = at = chosen(dialog)
    for _ in range(MOST_KEYS):
        if at is None or at == before:  # nothing moved: the table has not the focus
            box = canvas.bounding_box()
            assert box
            visitor.page.mouse.click(box["x"] + box["width"] * 0.25, box["y"] + ROW * 1.5)
            before = None
        else:
            across, down = wanted[0] - at[0], wanted[1] - at[1]
            key = ("ArrowRight" if across > 0 else "ArrowLeft") if across else "ArrowDown" if down > 0 else "ArrowUp"
            visitor.page.keyboard.press(key)
            before = at
        visitor.page.evaluate(AFTER_ITS_TIMER)
        at = chosen(dialog)
        if at == wanted:
            return
    pytest.fail(f"no cell of row {row} and column {column} could be chosen")


def chosen(dialog: Locator) -> tuple[int, int] | None:
    """Column and row of the one cell that is chosen, as the table that is read aloud names it."""
    named = (
        grid(dialog).locator("td[aria-selected=true]").evaluate_all("cells => cells.map(cell => cell.dataset.testid)")
    )
    if len(named) != 1:
        return None
    _, _, across, down = named[0].split("-")
    return int(across), int(down)


def add_row(dialog: Locator) -> None:
    dialog.get_by_test_id("stDataFrame").first.hover()
    expect(dialog.get_by_label("Download as CSV").first).to_be_hidden()  # it would write formulas as they were typed
    rows = int(grid(dialog).get_attribute("aria-rowcount") or 0)
    dialog.get_by_role("button", name="Add row").first.click()
    expect(grid(dialog)).to_have_attribute("aria-rowcount", str(rows + 1))


def store(dialog: Locator) -> None:
    dialog.get_by_role("button", name="Store a new revision").click()


def done(visitor: Visitor) -> Locator:
    return visitor.page.get_by_role("status").first


SANNE = Principal.of("sanne.dekker@example.com", GRANTS)


def stored_policy(opened: Store) -> Revision[ReleasePolicy]:
    found = queries.dossier(opened, SYSTEM).policy
    assert found
    return found


def change_policy(url: str, **fields: object) -> None:
    """Somebody else stores a policy, in another process."""
    with closing(open_store(url)) as opened:
        held = stored_policy(opened)
        policy = held.record.model_copy(update=fields)
        number = queries.dossier(opened, SYSTEM).assessment.id
        revisions_service.save(opened, SANNE, SYSTEM, number, policy, seen=held.number)


def test_a_threshold_is_edited_in_its_row_and_the_history_tells_the_difference(visitor: Visitor) -> None:
    visitor.open(f"release?system={SYSTEM}")
    dialog = edit(visitor, "gates")
    type_into(visitor, dialog, 1, "Minimum", "0.9")
    store(dialog)
    said = "Stored revision 2 of the release policy: Gate task_success: minimum 0.88 → 0.9"
    expect(done(visitor)).to_contain_text(said)
    newest = visitor.page.locator("table", has_text="What changed").locator("tr").nth(1)
    expect(newest).to_contain_text("Release policy 2")
    expect(newest).to_contain_text("Gate task_success: minimum 0.88 → 0.9")
    expect(visitor.page.get_by_text("Task success at least 90 %, at most 2 points below the baseline")).to_be_visible()


def test_a_row_that_is_not_whole_is_a_sentence_in_the_dialog_and_what_was_typed_stays(
    visitor: Visitor, server: Server
) -> None:
    before = server.run("export", SYSTEM)
    visitor.open(f"release?system={SYSTEM}")
    dialog = edit(visitor, "gates")
    add_row(dialog)
    type_into(visitor, dialog, 6, "Metric", "new_metric")
    store(dialog)
    expect(dialog.get_by_role("alert").first).to_contain_text("row 6: the gate has no threshold; expected min, max or")
    assert server.run("export", SYSTEM) == before
    type_into(visitor, dialog, 6, "Minimum", "0.5")
    store(dialog)
    expect(done(visitor)).to_contain_text("Gate new_metric added: minimum 0.5")


def test_a_rehearsal_is_entered_and_a_save_without_a_change_says_so(visitor: Visitor) -> None:
    visitor.open(f"release?system={SYSTEM}")
    dialog = edit(visitor, "rollback")
    dialog.get_by_text("failed").click()
    visitor.name("Owner", "x" * 301, dialog)
    store(dialog)
    expect(dialog.get_by_role("alert").first).to_contain_text("rollback.owner: ")
    expect(dialog.get_by_role("combobox", name="Owner")).to_have_value("x" * 301)
    visitor.name("Owner", "nils", dialog)
    store(dialog)
    expect(done(visitor)).to_contain_text(
        "Rollback owner: henrik.solberg@example.com → nils; Rollback rehearsal: never"
    )
    for name in ("stages", "gates", "rollback", "budgets", "approvers", "plan", "alerts", "owners"):
        store(edit(visitor, name))
        expect(done(visitor)).to_contain_text("Nothing was changed")
        visitor.open(f"release?system={SYSTEM}")


def test_a_lost_race_shows_what_both_wrote(visitor: Visitor, server: Server) -> None:
    visitor.open(f"release?system={SYSTEM}")
    dialog = edit(visitor, "rollback")
    dialog.get_by_role("textbox", name="Confirmed by").fill("The desk lead calls back")
    change_policy(server.database, budgets={})
    store(dialog)
    expect(dialog.get_by_role("alert").first).to_contain_text("the release policy was changed by somebody else")
    expect(dialog).to_contain_text("Budget of model removed")
    expect(dialog).to_contain_text("→ “The desk lead calls back”")
    expect(dialog.get_by_role("textbox", name="Confirmed by")).to_have_value("The desk lead calls back")


def test_what_was_typed_and_not_stored_never_lands_in_rows_that_came_later(visitor: Visitor, server: Server) -> None:
    visitor.open(f"release?system={SYSTEM}")
    dialog = edit(visitor, "stages")
    type_into(visitor, dialog, 1, "Stage", "x" * 301)
    store(dialog)
    expect(dialog.get_by_role("alert").first).to_contain_text("row 1.name: ")
    visitor.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    with closing(open_store(server.database)) as opened:
        stages = stored_policy(opened).record.stages
    change_policy(server.database, stages=stages[1:])
    store(edit(visitor, "stages"))
    expect(done(visitor)).to_contain_text("Nothing was changed")


def test_the_monitoring_plan_is_edited_too(visitor: Visitor) -> None:
    visitor.open(f"release?system={SYSTEM}")
    dialog = edit(visitor, "plan")
    dialog.get_by_role("textbox", name="Review cadence").fill("daily")
    dialog.get_by_role("textbox", name="First-week watch list").fill("Task success in Japanese\n\nRefunds")
    store(dialog)
    expect(done(visitor)).to_contain_text("Stored revision 2 of the monitoring plan: Review cadence: ")
    expect(visitor.page.get_by_text("First week: Task success in Japanese and Refunds.")).to_be_visible()


def test_an_earlier_assessment_is_shown_without_an_edit(visitor: Visitor, server: Server) -> None:
    with closing(open_store(server.database)) as opened:
        earlier = queries.dossier(opened, SYSTEM).others[-1].id
    visitor.open(f"release?system={SYSTEM}&assessment={earlier}")
    expect(visitor.page.get_by_text("Who watches")).to_be_visible()
    expect(visitor.page.get_by_role("button", name="Edit")).to_have_count(0)


def test_a_system_without_a_policy_gets_its_first_one_on_the_page(
    visitor: Visitor, server: Server, tmp_path: Path
) -> None:
    file = tmp_path / "night.toml"
    toml = 'format = "readiness-assessment/1"\n[system]\nslug = "night-desk"\nname = "Night Desk"\n'
    file.write_text(f'{toml}[assessment]\ncandidate = "1"\n', "utf-8")
    server.run("import", str(file))
    visitor.open("release?system=night-desk")
    expect(visitor.page.get_by_text("No staged path.")).to_be_visible()
    dialog = edit(visitor, "stages")
    for row, stage, share in ((1, "all", "100"), (2, "canary", "7")):
        add_row(dialog)
        type_into(visitor, dialog, row, "Step", str(3 - row))
        type_into(visitor, dialog, row, "Stage", stage)
        type_into(visitor, dialog, row, "% of traffic", share)
    store(dialog)
    expect(done(visitor)).to_contain_text(
        "Stored revision 1 of the release policy: Stage canary added: share 7 %; Stage all added: share 100 %"
    )
    assert "share = 0.07" in server.run("export", "night-desk")
    dialog = edit(visitor, "approvers")
    visitor.name("Who 2", "lea", dialog)
    store(dialog)
    expect(done(visitor)).to_contain_text("Stored revision 2 of the release policy: Approver of policy added: lea")
    expect(visitor.page.locator("table.r-row", has_text="Quality")).to_contain_text("nobody named")
    store(edit(visitor, "alerts"))
    expect(done(visitor)).to_contain_text("Nothing was changed")


@pytest.fixture
def approver(browser: Browser, loaded: Path, tmp_path: Path) -> Iterator[tuple[Visitor, Server]]:
    """The approver of policy at a dashboard of their own."""
    port = free_port()
    path = shutil.copy(loaded, tmp_path / "readiness.db")
    server = Server(f"http://127.0.0.1:{port}", f"sqlite:///{path}")
    command = [sys.executable, "-m", "readiness", "serve", "--port", str(port), "--db", server.database]
    for _ in serving(command, server.address, READINESS_USER=APPROVER):
        for visitor in visiting(browser, server.address):
            yield visitor, server


def test_the_named_approver_signs_off_and_an_edit_makes_it_void(approver: tuple[Visitor, Server]) -> None:
    visitor, server = approver
    visitor.open(f"release?system={SYSTEM}")
    expect(visitor.page.get_by_role("button", name="Decide")).to_have_count(1)
    visitor.page.locator(".st-key-decide_policy button").first.click()
    dialog = visitor.page.get_by_role("dialog")
    expect(dialog).to_contain_text("Blocked: evidence speaks against Regression gates (14)")
    send = dialog.get_by_role("button", name="Store the decision")
    send.click()
    expect(dialog.get_by_role("alert").first).to_contain_text("decision: nothing is decided yet; expected approve")
    dialog.get_by_test_id("stRadioGroup").get_by_text("Ask for changes").click()
    send.click()
    expect(dialog.get_by_role("alert").first).to_contain_text("the decision has no comment; expected one that says")
    dialog.get_by_role("textbox", name="Comment").fill("Rehearse the rollback <b>first</b>")
    send.click()
    expect(done(visitor)).to_contain_text(f"Policy asked for changes to {SYSTEM} 2026.11; comment kept")
    row = visitor.page.locator("table.r-row", has_text="Policy")
    expect(row).to_contain_text("◐ changes asked for")
    expect(row).to_contain_text("Rehearse the rollback <b>first</b>")

    visitor.go("Verdict")
    expect(visitor.page.locator(".r-signed li").nth(1)).to_contain_text(f"Policy: Changes asked for by {APPROVER} on ")
    change_policy(server.database, budgets={})
    visitor.go("Verdict")
    expect(visitor.page.locator(".r-signed li").nth(1)).to_contain_text("? void")
    expect(visitor.page.locator(".r-signed li").nth(1)).to_contain_text("void since: release policy revision 2.")
    (found,) = [each for each in json.loads(server.run("status", SYSTEM, "--json"))["sign_offs"] if each["by"]]
    assert (found["role"], found["state"], found["since"]) == ("policy", "void", ["release policy revision 2"])


def test_a_state_that_changed_behind_the_dialog_is_not_signed(approver: tuple[Visitor, Server]) -> None:
    visitor, server = approver
    visitor.open(f"release?system={SYSTEM}")
    visitor.page.locator(".st-key-decide_policy button").first.click()
    dialog = visitor.page.get_by_role("dialog")
    dialog.get_by_test_id("stRadioGroup").get_by_text("Approve").click()
    change_policy(server.database, budgets={})
    dialog.get_by_role("button", name="Store the decision").click()
    expect(dialog.get_by_role("alert").first).to_contain_text(
        "release policy revision 2 changed while you looked; nothing was signed"
    )
    assert [each["state"] for each in json.loads(server.run("status", SYSTEM, "--json"))["sign_offs"]] == ["open"] * 3


def test_who_wrote_the_plan_is_told_that_they_may_not_sign(approver: tuple[Visitor, Server]) -> None:
    visitor, _ = approver
    visitor.open(f"release?system={SYSTEM}")
    expect(visitor.page.get_by_role("button", name="Decide")).to_have_count(1)
    dialog = edit(visitor, "owners")
    visitor.name("Release review", "nils", dialog)
    store(dialog)
    expect(done(visitor)).to_contain_text("Release review: priya.nambiar@example.com → nils")
    expect(visitor.page.get_by_role("button", name="Decide")).to_have_count(0)
    expect(visitor.page.locator("table.r-row", has_text="Policy")).to_contain_text(
        f"{APPROVER} wrote a revision of the monitoring plan of {SYSTEM}"
    )
