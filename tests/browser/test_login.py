"""People log in with a real provider, see what they may, and nobody else sees anything."""

from __future__ import annotations

import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from streamlit.web.server.starlette import starlette_routes

from tests.browser import logging_in
from tests.browser.logging_in import Dashboard, confirm_leaving, drawn, log_in, opened
from tests.serving import free_port

CLAIMS = "claims-intake"
FREIGHT = "freight-support"


@dataclass
class House:
    dashboard: Dashboard
    provider_port: int


@pytest.fixture(scope="module")
def house(loaded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("login")
    (folder / "readiness.db").write_bytes(loaded.read_bytes())
    port = free_port()
    people = (
        {"sub": "vera", "email": "vera@example.com", "name": "Vera Lang", "groups": ["leadership"]},
        {"sub": "omar", "email": "Omar@example.com", "name": "Omar Haddad"},
        {"sub": "eve", "email": "eve@example.com", "name": "Eve"},
        {"sub": "rosa", "email": "rosa@example.com", "name": "Rosa"},
        {"sub": "fake", "email": "rosa@example.com", "name": "Rosa"},
        {"sub": "loose", "email": "rosa@example.com", "email_verified": False},
    )
    with (
        logging_in.provider(port, *people),
        logging_in.dashboard(folder, f"sqlite:///{folder / 'readiness.db'}", port) as dashboard,
    ):
        yield House(dashboard, port)


def test_a_deep_link_survives_the_login_and_the_group_gives_the_role(browser: Browser, house: House) -> None:
    page = opened(browser)
    page.goto(f"{house.dashboard.address}/verdict?system={CLAIMS}")
    log_in(page, "vera")
    assert drawn(page).startswith("Staged: the score is 3 of 42.")
    assert page.url == f"{house.dashboard.address}/verdict?system={CLAIMS}"
    expect(page.get_by_test_id("stSidebar")).to_contain_text("Signed in as Vera Lang · Log out")
    page.context.close()


def test_somebody_sees_their_system_and_the_others_as_if_they_were_not_there(browser: Browser, house: House) -> None:
    person = house.dashboard.grant("omar@example.com", "Omar H.", ("viewer", CLAIMS))
    page = opened(browser)
    page.goto(f"{house.dashboard.address}/")
    log_in(page, "omar")
    assert "1 of 1 system" in drawn(page)
    assert "Freight" not in page.locator("body").inner_text()
    for slug in (FREIGHT, "no-such-system"):
        page.goto(f"{house.dashboard.address}/verdict?system={slug}")
        page.wait_for_selector("[role=alert]")
        told = page.get_by_role("alert").first.inner_text().lstrip("✕\u2002 ")
        assert told == f"omar@example.com may not read the evidence of {slug}; expected a role that grants it."
    house.dashboard.revoke(person, "viewer", CLAIMS)
    page.goto(f"{house.dashboard.address}/verdict?system={CLAIMS}")
    expect(page.locator("h1")).to_have_text("No access")
    expect(page.locator("p").first).to_have_text(
        "No access: nobody has given omar@example.com a role; expected one that an administrator gives."
    )
    page.context.close()


def test_a_right_that_is_taken_is_gone_with_the_next_click(browser: Browser, house: House) -> None:
    person = house.dashboard.grant("eve@example.com", "Eve", ("viewer", CLAIMS))
    page = opened(browser)
    page.goto(f"{house.dashboard.address}/checklist?system={CLAIMS}")
    log_in(page, "eve")
    drawn(page)
    house.dashboard.revoke(person, "viewer", CLAIMS)
    page.get_by_test_id("stSidebar").get_by_role("link", name="Verdict").click()
    expect(page.get_by_role("alert").first).to_contain_text("nobody has given eve@example.com a role")
    assert page.locator("h1.r-answer").count() == 0
    page.context.close()


def test_whoever_logs_out_is_out_whatever_they_kept(browser: Browser, house: House) -> None:
    page = opened(browser)
    page.goto(f"{house.dashboard.address}/")
    log_in(page, "vera")
    drawn(page)
    kept = page.context.cookies()
    page.get_by_test_id("stSidebar").get_by_role("link", name="Log out").click()
    confirm_leaving(page)
    expect(page.locator("h1")).to_have_text("You are logged out")
    thief = opened(browser)
    thief.context.add_cookies([{k: cookie[k] for k in ("name", "value", "domain", "path")} for cookie in kept])  # type: ignore[misc]
    thief.goto(f"{house.dashboard.address}/verdict?system={CLAIMS}")
    expect(thief.locator("input[name=sub]")).to_be_visible()
    for context in (page.context, thief.context):
        context.close()


def test_an_address_alone_lets_nobody_in(browser: Browser, house: House) -> None:
    house.dashboard.grant("rosa@example.com", "Rosa", ("viewer", CLAIMS))
    told = {
        "loose": "The provider did not vouch for an address of yours; expected one that it has verified.",
        "fake": f"No access: another login of http://127.0.0.1:{house.provider_port} has the address rosa@example.com",
    }
    for sub in ("loose", "rosa", "fake"):
        page = opened(browser)
        page.goto(f"{house.dashboard.address}/")
        log_in(page, sub)
        if sub in told:
            expect(page.locator("h1")).to_have_text("No access")
            expect(page.locator("p").first).to_contain_text(told[sub])
            page.get_by_role("link", name="Log in as somebody else").click()
            confirm_leaving(page)
            expect(page.locator("h1")).to_have_text("You are logged out")
        else:
            drawn(page)
        page.context.close()


def test_nothing_is_served_to_whoever_is_not_logged_in(house: House) -> None:
    """Every route that Streamlit's server has and ours, each page, and what lies below them."""
    code = Path(starlette_routes.__file__).parent.glob("*.py")
    found = [name for file in code for name in re.findall(r'ROUTE\w*: Final = "([^"]+)"', file.read_text("utf-8"))]
    assert len(found) > 10
    paths = {
        *(re.sub(r"\{[^}]*\}", "x", f"/{name.lstrip('/')}") for name in found),
        "/",
        "/verdict",
        "/gaps?system=claims-intake",
        "/static/js/index.js",
        "/media/x.png",
    }
    paths |= {"/download/pack?system=claims-intake&audience=security", "/_stcore/stream", "/_stcore/upload_file/x/y"}
    assert len(paths) > 10
    asked = 0
    for path in sorted(paths - {"/health", "/auth/login", "/oauth2callback"}):
        for method in ("GET", "POST", "PUT", "HEAD", "OPTIONS"):
            request = urllib.request.Request(f"{house.dashboard.address}{path}", method=method)  # noqa: S310
            with pytest.raises(urllib.error.HTTPError) as raised:
                urllib.request.urlopen(request, timeout=60)  # noqa: S310 - our own loopback address
            assert raised.value.code == 401, (method, path)
            asked += 1
    assert asked > 50


def test_a_provider_that_is_away_is_said_in_one_sentence(browser: Browser, loaded: Path, tmp_path: Path) -> None:
    (tmp_path / "readiness.db").write_bytes(loaded.read_bytes())
    page = opened(browser)
    with logging_in.dashboard(tmp_path, f"sqlite:///{tmp_path / 'readiness.db'}", free_port()) as dashboard:
        page.goto(f"{dashboard.address}/verdict")
        expect(page.locator("h1")).to_have_text("Nobody can log in now")
        expect(page.locator("p").first).to_contain_text("The login at 127.0.0.1 does not answer; try again in a moment")
    page.context.close()


def test_an_answer_that_the_provider_did_not_give_logs_nobody_in(browser: Browser, house: House) -> None:
    page = opened(browser)
    page.goto(f"{house.dashboard.address}/oauth2callback?code=x&state=y")
    expect(page.locator("h1")).to_have_text("The login did not succeed")
    page.goto(f"{house.dashboard.address}/")
    expect(page.locator("input[name=sub]")).to_be_visible()
    page.get_by_role("button", name="Deny").click()
    expect(page.locator("h1")).to_have_text("The login did not succeed")
    page.context.close()
