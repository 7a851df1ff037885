"""A real OIDC provider in a process of its own, and a dashboard whose people log in with it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, expect

from readiness.access import GRANTS, Principal
from readiness.services import open_store, people
from tests.browser.conftest import PATIENCE, READY, turning
from tests.serving import ROOT, free_port, serving, waiting

BOSS = Principal.of("boss@example.com", GRANTS)
SECRETS = """[auth]
redirect_uri = "{address}/oauth2callback"
cookie_secret = "a-secret-that-is-long-enough-for-the-tests"
client_id = "readiness"
client_secret = "secret-of-the-client"
server_metadata_url = "{provider}/.well-known/openid-configuration"
[readiness]
roles = [{{group = "leadership", role = "viewer"}}]
"""


@contextmanager
def provider(port: int, *people: dict[str, Any]) -> Iterator[subprocess.Popen[bytes]]:
    """Vouches for these people, whose `sub` they type when they log in."""
    command = [str(Path(sys.executable).parent / "oidc-provider-mock"), "--port", str(port)]
    for claims in people:
        command += ["--user-claims", json.dumps({"email_verified": True} | claims)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        waiting(process, f"http://127.0.0.1:{port}/.well-known/openid-configuration")
        yield process
    finally:
        process.terminate()
        process.wait(timeout=30)


@dataclass
class Dashboard:
    """Where people log in; `grant` gives somebody roles, each with the slug of a system or "" for all."""

    address: str
    url: str

    def grant(self, address: str, name: str, *roles: tuple[str, str]) -> int:
        store = open_store(self.url)
        people.add(store, BOSS, address, name)
        person = next(one.id for one in people.every(store, BOSS) if one.person.address == address)
        for role, system in roles:
            people.grant(store, BOSS, person, role, system or None)
        store.close()
        return person

    def revoke(self, person: int, role: str, system: str) -> None:
        store = open_store(self.url)
        people.revoke(store, BOSS, person, role, system or None)
        store.close()


def write_secrets(folder: Path, address: str, provider_port: int, secrets: str = SECRETS) -> None:
    (folder / ".streamlit").mkdir()
    found = secrets.format(address=address, provider=f"http://127.0.0.1:{provider_port}")
    (folder / ".streamlit" / "secrets.toml").write_text(found, "utf-8")


@contextmanager
def dashboard(folder: Path, url: str, provider_port: int, *options: str, secrets: str = SECRETS) -> Iterator[Dashboard]:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    write_secrets(folder, address, provider_port, secrets)
    command = [sys.executable, "-m", "readiness", "serve", "--port", str(port), "--db", url, *options]
    for _ in serving(command, address, cwd=folder, PYTHONPATH=str(ROOT)):
        yield Dashboard(address, url)


def opened(browser: Browser) -> Page:
    """Somebody's browser of their own."""
    page = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB").new_page()
    page.set_default_timeout(PATIENCE)
    return page


def log_in(page: Page, sub: str) -> None:
    """On the provider's page."""
    page.locator("input[name=sub]").fill(sub)
    page.get_by_role("button", name="Authorize").first.click()


def confirm_leaving(page: Page) -> None:
    """The provider asks whether it shall forget them too."""
    expect(page.locator("h1")).to_have_text("End Session")
    page.locator("button").first.click()


def drawn(page: Page) -> str:
    """The answer of the page, once it stands."""
    page.wait_for_selector(READY)
    expect(page.locator("h1.r-answer").first).to_be_visible()
    turning(page)
    return page.locator("h1.r-answer").first.inner_text()
