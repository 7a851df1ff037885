"""Takes the pictures of the README and of the tour from the real pages: `python -m tests.browser.screenshots`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from readiness.access import GRANTS, Principal
from readiness.services import demo
from readiness.store import open_store
from tests.browser.chromium import find
from tests.browser.conftest import FLAGS, Visitor
from tests.serving import ME, ROOT, free_port, serving

PICTURES = ROOT / "data" / "screenshots"
VIEWS = {
    "portfolio": ("", 900),
    "verdict": ("verdict?system=freight-support", 980),
    "checklist": ("checklist?system=freight-support", 900),
    "scorecard": ("scorecard?system=freight-support", 900),
    "traces": ("traces?system=claims-intake", 900),
    "release": ("release?system=freight-support", 900),
    "pack": ("pack?system=freight-support&audience=security", 900),
    "gaps": ("gaps", 700),
    "weeks": ("weeks?system=quote-desk&rollout_week=1", 900),
}
MOVING = PICTURES / "tour.gif"
STOPS = ("portfolio", "verdict", "checklist", "scorecard", "pack")
"""What the moving picture of the README shows, one after the other."""
WIDTH, HEIGHT, EACH_MS = 960, 660, 2_600


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


def move() -> None:
    """The stops from their pictures, in as many colours as a GIF has, so that every reader of Markdown plays it."""
    frames = []
    for name in STOPS:
        with Image.open(PICTURES / f"{name}.png") as picture:
            small = picture.convert("RGB").resize((WIDTH, round(picture.height * WIDTH / picture.width)))
        frame = Image.new("RGB", (WIDTH, HEIGHT), small.getpixel((WIDTH - 1, small.height - 1)))
        frame.paste(small, (0, 0))
        frames.append(frame.quantize(255, dither=Image.Dither.NONE))
    first, *rest = frames
    first.save(MOVING, save_all=True, append_images=rest, duration=EACH_MS, loop=0, optimize=True)


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
    move()
