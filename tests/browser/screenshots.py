"""Takes the pictures of the README from the real pages: `python -m tests.browser.screenshots`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from readiness.access import GRANTS, Principal
from readiness.services import demo
from readiness.store import open_store
from tests.browser.chromium import find
from tests.browser.conftest import FLAGS, Visitor
from tests.serving import ME, ROOT, free_port, serving

PICTURES = ROOT / "data" / "screenshots"
VIEWS = {
    "portfolio": ("", 1180),
    "verdict": ("verdict?system=freight-support", 980),
    "scorecard": ("scorecard?system=freight-support", 900),
    "pack": ("pack?system=freight-support&audience=security", 900),
    "gaps": ("gaps", 700),
}


def take(folder: Path) -> None:
    url = f"sqlite:///{folder / 'readiness.db'}"
    store = open_store(url)
    demo.load(store, Principal.of(ME, GRANTS))
    store.close()
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "readiness", "serve", "--port", str(port), "--db", url]
    for _ in serving(command, address):
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=find(), args=FLAGS)
            for name, (path, height) in VIEWS.items():
                page = browser.new_page(viewport={"width": 1280, "height": height})
                Visitor(page, address).open(path)
                (PICTURES / f"{name}.png").write_bytes(still(page))
                page.close()
            browser.close()


def still(page: Page) -> bytes:
    """The picture once nothing moves in it: charts are drawn a moment after the page is."""
    before, picture = b"", page.screenshot()
    while picture != before:
        before, picture = picture, page.screenshot()
    return picture


if __name__ == "__main__":
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as made:
        take(Path(made))
