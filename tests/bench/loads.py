"""How long a visitor waits for the first sentence of each page, in Chromium: `python -m tests.bench.loads`.

Each page is opened by its address in turns with an empty Streamlit page that is served in the same way, in a browser
that has seen both before. The clock is the page's own, from the beginning of its navigation until its first sentence
stands there.
"""

from __future__ import annotations

import argparse
import re
import statistics
import sys
import tempfile
from contextlib import ExitStack, closing
from pathlib import Path

from playwright.sync_api import Page as Tab
from playwright.sync_api import sync_playwright

from readiness import clock
from readiness.services import open_store, portfolio
from tests import factories
from tests.bench import full_store
from tests.bench.pages import EMPTY, PAGES, SERVE_EMPTY, served
from tests.browser.chromium import find
from tests.browser.conftest import FLAGS
from tests.serving import TOKEN, free_port

WATCH = """
new MutationObserver(() => {
  if (!window.seen && document.querySelector('h1')?.innerText) window.seen = performance.now();
}).observe(document, {childList: true, subtree: true, characterData: true});
"""


def load(tab: Tab, address: str) -> float:
    """Milliseconds until the first sentence stands there."""
    tab.goto(address, wait_until="commit")
    tab.locator("h1").first.filter(has_text=re.compile(".")).wait_for()
    return float(tab.evaluate("window.seen"))


def measure(url: str, empty: Path, runs: int, names: list[str]) -> None:
    first, second = free_port(), free_port()
    ours = [sys.executable, "-m", "readiness", "serve", "--port", str(first), "--db", url]
    floor = [sys.executable, "-c", SERVE_EMPTY, str(empty), str(second)]
    with ExitStack() as stack:
        stack.enter_context(served(ours, first))
        stack.enter_context(served(floor, second))
        chromium = stack.enter_context(sync_playwright()).chromium
        context = chromium.launch(executable_path=find(), args=FLAGS).new_context()
        context.add_init_script(WATCH)
        tab, bare = context.new_page(), f"http://127.0.0.1:{second}/"
        tab.goto(f"http://127.0.0.1:{first}/?token={TOKEN}")
        print("| page | empty page | first sentence | ratio |\n|---|---|---|---|")
        for page in PAGES:
            if names and page.name not in names:
                continue
            address = f"http://127.0.0.1:{first}/{'' if page.name == 'portfolio' else page.name}?{page.query}"
            load(tab, bare), load(tab, address)
            pairs = [(load(tab, bare), load(tab, address)) for _ in range(runs)]
            floor_, own = (statistics.median(times) for times in zip(*pairs, strict=True))
            print(f"| {page.name} | {floor_:.0f} ms | {own:.0f} ms | {own / floor_:.2f} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pages", nargs="*")
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--store", type=Path, help="a store that tests.bench.full_store wrote")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        empty, store = Path(name) / "empty.py", asked.store or Path(name) / "full.db"
        empty.write_text(EMPTY, "utf-8")
        if not asked.store:
            full_store.make(f"sqlite:///{store}")
        with closing(open_store(f"sqlite:///{store}")) as opened:  # what is worked out behind is not measured here
            portfolio.statuses(opened, factories.principal(), as_of=clock.today())
        measure(f"sqlite:///{store}", empty, asked.runs, asked.pages)


if __name__ == "__main__":
    main()
