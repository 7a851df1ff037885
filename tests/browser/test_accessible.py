"""Every page as somebody meets it who cannot see it or use a mouse: WCAG 2.2 AA, as far as a program can tell."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Literal

from playwright.sync_api import Browser

from readiness.web.navigation import PAGES
from tests.browser.conftest import PATIENCE, Server, Visitor

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
SHOWN = "scheme => getComputedStyle(document.querySelector('[data-testid=stApp]')).colorScheme === scheme"
OF_STREAMLIT = "[data-testid=stDateInput], [data-testid=stFileUploader], [data-testid=stPagination]"
"""Widgets of Streamlit's that break a rule by themselves, which we cannot mend."""
WRONG = """async ([rules, theirs]) => {
  const found = await axe.run(document, {runOnly: rules});
  const ours = node => !document.querySelector(node.target[0])?.closest(theirs);
  return found.violations.flatMap(rule => rule.nodes.filter(ours).map(node =>
    `${rule.id}: ${node.html.slice(0, 160)}`));
}"""


@cache
def script() -> str:
    return resources.files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")


def test_nothing_of_ours_breaks_a_rule_of_accessibility_in_light_or_in_dark(browser: Browser, server: Server) -> None:
    context = browser.new_context(bypass_csp=True, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    visitor = Visitor(page, server.address)
    broken: list[str] = []
    titles = set()
    for one in PAGES:
        page.emulate_media(color_scheme="light")
        visitor.open(f"{one.name}?system=freight-support")
        page.evaluate(script())
        titles.add(page.title())
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            page.wait_for_function(SHOWN, arg=scheme)
            visitor.settle()
            broken += [f"{one.name} in {scheme}: {wrong}" for wrong in page.evaluate(WRONG, [RULES, OF_STREAMLIT])]
    context.close()
    assert broken == []
    assert titles == {f"{one.title} · readiness" for one in PAGES}
