"""What redaction replaced, in a real browser: kept and shown only on asking, and gone when its day has come."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import sys
from contextlib import closing
from pathlib import Path

from playwright.sync_api import expect
from pysqlite3 import dbapi2 as sqlite

from readiness import clock, formatting
from readiness.model.traces import UnredactedText
from readiness.store import open_store, queries
from tests import factories, stored
from tests.browser.conftest import PATIENCE, Server, Visitor
from tests.serving import free_port, serving

MAIL = "zqcanaryzq@example.com"


def spans(name: str) -> dict[str, str | bytes]:
    stated = {"trace_id": name, "span_id": "a", "kind": "request", "name": "answer", "duration_ms": 20, "status": "ok"}
    row = stated | {"start": "2026-11-20T09:00:00Z", "version": "2026.11", "input": f"Write to {MAIL}"}
    return {"name": f"{name}.jsonl", "mimeType": "text/plain", "buffer": json.dumps(row).encode()}


def upload(visitor: Visitor, name: str) -> None:
    visitor.open("evidence?system=claims-intake")
    visitor.page.locator("input[type=file]").set_input_files(spans(name))  # type: ignore[arg-type]
    expect(visitor.page.get_by_role("button", name="Store for claims-intake")).to_be_visible()


def choose(visitor: Visitor, trace: str) -> None:
    visitor.page.get_by_role("button", name="Store for claims-intake").click()
    expect(visitor.page.get_by_role("status").first).to_contain_text("Stored 1 trace")
    visitor.go("Traces")
    visitor.page.get_by_test_id("stMain").get_by_role("combobox").first.click()
    with visitor.running():
        visitor.page.get_by_role("option", name=trace).click()
    expect(visitor.page.get_by_text("Write to [redacted: email]", exact=True)).to_be_visible()


def test_it_is_kept_when_the_box_is_ticked_and_shown_when_the_switch_is_on(visitor: Visitor) -> None:
    until = formatting.day(clock.today() + dt.timedelta(days=3))
    upload(visitor, "asked")
    visitor.page.get_by_text("Also keep what redaction replaces, for a few days").click()
    days = visitor.page.get_by_role("spinbutton", name="Days until it is deleted")
    days.fill("3")
    days.press("Enter")
    expect(
        visitor.page.get_by_text(f"The texts of 1 span before redaction are kept apart until {until}")
    ).to_be_visible()
    choose(visitor, "asked")
    assert MAIL not in visitor.page.content()
    visitor.page.get_by_text(f"Show what redaction replaced; it is deleted on {until}").click()
    expect(visitor.page.get_by_text(f"Write to {MAIL}", exact=True)).to_be_visible()
    expect(visitor.page.get_by_text("Input, before redaction")).to_be_visible()


def test_it_is_not_shown_while_nobody_can_record_who_reads_it(visitor: Visitor, server: Server) -> None:
    upload(visitor, "locked")
    visitor.page.get_by_text("Also keep what redaction replaces, for a few days").click()
    expect(visitor.page.get_by_text("The texts of 1 span before redaction are kept apart until")).to_be_visible()
    choose(visitor, "locked")
    with closing(sqlite.connect(server.database.removeprefix("sqlite:///"), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        visitor.page.get_by_text("Show what redaction replaced").click()
        told = "another process is writing to the store; expected it to finish within 5 seconds; try again."
        expect(visitor.page.get_by_role("alert").filter(has_text=told)).to_have_count(1, timeout=PATIENCE)
        visitor.settle()
        expect(visitor.page.get_by_text("Where the time goes")).to_be_visible()
        assert MAIL not in visitor.page.content()


def test_without_the_box_there_is_no_switch(visitor: Visitor) -> None:
    upload(visitor, "unasked")
    choose(visitor, "unasked")
    expect(visitor.page.get_by_text("Show what redaction replaced")).to_have_count(0)


def test_what_has_expired_is_gone_from_the_disk_once_the_dashboard_runs(loaded: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy(loaded, tmp_path / "readiness.db"))
    with closing(open_store(f"sqlite:///{path}")) as store:
        text = UnredactedText(trace_id="t", span_id="s", input=MAIL, expires_on=clock.today())
        file = factories.evidence("raw.jsonl", kind="traces")
        stored.add_evidence(store, factories.principal(), "claims-intake", file, unredacted=(text,))
    assert MAIL.encode() in path.read_bytes()
    port = free_port()
    command = [sys.executable, "-m", "readiness", "serve", "--port", str(port), "--db", f"sqlite:///{path}"]
    for _ in serving(command, f"http://127.0.0.1:{port}"):
        assert all(MAIL.encode() not in each.read_bytes() for each in tmp_path.glob("readiness.db*"))
    with closing(open_store(f"sqlite:///{path}")) as store:
        assert queries.events(store, limit=1)[0].action == "raw.expire"
