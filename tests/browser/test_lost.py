"""What is said where the dashboard cannot be reached any more."""

from __future__ import annotations

import shutil
import sys
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.browser.conftest import visiting
from tests.serving import free_port, serving


def test_a_dashboard_that_cannot_be_reached_is_said_in_the_pages_own_words_until_it_is_back(
    browser: Browser, loaded: Path, tmp_path: Path
) -> None:
    path, port = shutil.copy(loaded, tmp_path / "readiness.db"), free_port()
    address, start = f"http://127.0.0.1:{port}", [sys.executable, "-m", "readiness", "serve", "--port", str(port)]
    served, visits = contextmanager(serving), visiting(browser, address)
    with served(start, address, READINESS_DATABASE_URL=f"sqlite:///{path}"):
        visitor = next(visits)
        visitor.open("")
        typed = visitor.page.get_by_placeholder("name, version, owner")
        typed.fill("claims")
        notice = visitor.page.get_by_role("alert").filter(has_text="The dashboard cannot be reached.")
        expect(notice).to_have_count(0)
    expect(notice).to_be_visible()
    for _ in range(2):  # at the first of them Streamlit opens its window
        visitor.page.wait_for_event("requestfailed")
    expect(visitor.page.get_by_role("dialog")).to_have_count(0)
    expect(typed).to_have_value("claims")
    with served(start, address, READINESS_DATABASE_URL=f"sqlite:///{path}"):
        expect(notice).to_have_count(0)
        expect(typed).to_have_value("claims")
        visitor.settle()
        visitor.errors.clear()  # of a server that was away; closed while this one is there, or it is away again
        assert next(visits, None) is None
