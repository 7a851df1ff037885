"""The site: built whole from the repository, with nothing from elsewhere and every page in its place."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from readiness import paths
from readiness.access import ROLES
from readiness.formatting import capital
from readiness.importers import IMPORTERS
from tests.browser.chromium import find
from tests.browser.conftest import FLAGS
from tests.browser.screenshots import PICTURES, VIEWS
from tests.site import build, layout
from tests.test_docs import commands

LOADING = {
    ("link", "href"),
    ("script", "src"),
    ("img", "src"),
    ("img", "srcset"),
    ("iframe", "src"),
    ("source", "src"),
    ("source", "srcset"),
    ("video", "src"),
    ("object", "data"),
    ("form", "action"),
    ("use", "href"),
}
"""What a browser asks for by itself, or sends something to; a link is only followed by a person."""
ELSEWHERE = re.compile(r"^\s*(?:[a-z]+:)?//", re.IGNORECASE)
IN_STYLES = re.compile(r"(?:url\(\s*|@import\s+)[\"']?(?:[a-z]+:)?//", re.IGNORECASE)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    ended = build.build(folder)
    assert (ended.returncode, ended.stderr) == (0, "")
    return folder


class _Asked(HTMLParser):
    """The addresses that a page loads from, and the styles that stand in it."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.refresh = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.addresses += [value for name, value in attrs if value and (tag, name) in LOADING]
        self.refresh |= tag == "base" or ("http-equiv", "refresh") in attrs


def asked(html: str) -> _Asked:
    parser = _Asked()
    parser.feed(html)
    return parser


def words(site: Path, page: str) -> str:
    """What a page says, without its marks."""
    html = (site / page).read_text("utf-8").partition("<article")[2].partition("</article>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html)).replace("&amp;", "&")


def test_no_page_and_no_style_asks_another_host(site: Path) -> None:
    pages, styles = list(site.rglob("*.html")), list(site.rglob("*.css"))
    assert len(pages) >= len(layout.pages())
    assert styles
    texts = {path: path.read_text("utf-8") for path in (*pages, *styles)}
    looks = {path: asked(text) for path, text in texts.items() if path in pages}
    assert all(look.addresses for look in looks.values())
    assert [address for look in looks.values() for address in look.addresses if ELSEWHERE.match(address)] == []
    assert [path.name for path, look in looks.items() if look.refresh] == []
    assert [path.name for path, text in texts.items() if IN_STYLES.search(text)] == []


@pytest.mark.parametrize(
    "html",
    [
        '<script src="https://cdn.example.com/a.js"></script>',
        '<link rel="stylesheet" href="//fonts.example.com/a.css">',
        '<img src="HTTP://example.com/a.png">',
    ],
)
def test_what_is_asked_of_another_host_is_noticed(html: str) -> None:
    assert any(map(ELSEWHERE.match, asked(html).addresses))


def test_a_browser_reads_and_searches_it_from_the_folder_and_asks_nobody(site: Path) -> None:
    with ThreadPoolExecutor(1) as apart:  # another browser of the same process has this one's loop
        requests = apart.submit(_read_and_searched, site).result()
    assert [url for url in requests if not url.startswith((site.as_uri(), "data:"))] == []


def _read_and_searched(site: Path) -> list[str]:
    """What was asked for by a browser that opened every page and searched for a word."""
    requests: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=FLAGS)
        page = browser.new_page()
        page.on("request", lambda request: requests.append(request.url))
        for name in layout.pages():
            page.goto((site / layout.place(name)).with_suffix(".html").as_uri())
        search = page.locator("input.sidebar-search")
        search.fill("rehearsal")
        search.press("Enter")
        page.locator("#search-results li a", has_text="Signals and their checks").first.wait_for()
        browser.close()
    return requests


def test_every_document_is_a_page_and_every_page_is_there(site: Path) -> None:
    documents = {path.relative_to(paths.ROOT).as_posix() for path in (paths.ROOT / "docs").rglob("*.md")}
    assert documents <= set(layout.pages())
    assert len(layout.pages()) == len(set(layout.pages()))
    places = [site / layout.place(page).with_suffix(".html") for page in layout.pages()]
    assert [path for path in places if not path.is_file()] == []


def drawn_from() -> Iterator[tuple[str, list[str]]]:
    """Each page of the reference, and what it has to speak of."""
    checklist = tomllib.loads((paths.CHECKLISTS / "llm-rollout.toml").read_text("utf-8"))
    routes = json.loads((paths.ROOT / "docs" / "openapi.json").read_text("utf-8"))["paths"]
    signals = [f"{signal['number']}. {signal['name']}" for signal in checklist["signals"]]
    yield "signals", [*signals, *(metric["id"] for metric in checklist["metrics"])]
    yield "importers", [capital(importer.title) for importer in IMPORTERS]
    yield "commands", [f"readiness {name}" for name in commands()]
    yield "roles", list(ROLES)
    yield "api", [f"{method.upper()} {path}" for path, methods in routes.items() for method in methods]


@pytest.mark.parametrize(("page", "names"), list(drawn_from()))
def test_the_reference_speaks_of_everything(site: Path, page: str, names: list[str]) -> None:
    told = words(site, f"reference/{page}.html")
    assert names
    assert [name for name in names if name not in told] == []


def test_the_reference_says_every_check_with_its_thresholds(site: Path) -> None:
    told = words(site, "reference/signals.html")
    checklist = tomllib.loads((paths.CHECKLISTS / "llm-rollout.toml").read_text("utf-8"))
    assert len(re.findall(r"\bmin_kappa 0\.6\b", told)) == sum(
        check.get("min_kappa") == 0.6 for signal in checklist["signals"] for check in signal["checks"]
    )


@pytest.mark.parametrize("lost", ["[gone](gone.md)", "![gone](gone.png)", "[gone](index.md#nowhere)"])
def test_what_leads_nowhere_fails_the_build(tmp_path: Path, lost: str) -> None:
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / "index.md").write_text(f"# Home\n\n{lost}\n", "utf-8")
    ended = build.rendered(pages, tmp_path / "site")
    assert ended.returncode != 0
    assert re.search("gone|nowhere", ended.stderr)


def test_links_lead_on_the_site_where_they_lead_in_the_repository(tmp_path: Path) -> None:
    places = {page: layout.place(page) for page in layout.pages()}

    def linked(text: str, page: str = "docs/decisions/README.md") -> str:
        return layout.linked(text, page, places, tmp_path)

    assert linked("[a](../deploy.md#on-one-machine)") == "[a](../deploy.md#on-one-machine)"
    assert linked("[a](../../SECURITY.md)") == "[a](../security.md)"
    assert linked("[a](docs/tour.md)", "README.md") == "[a](tour.md)"
    assert linked("[a timer](../../deploy/systemd)") == "a timer (`deploy/systemd`)"
    assert linked("[deploy/systemd](../../deploy/systemd)") == "deploy/systemd"
    assert linked("![a](../../data/screenshots/gaps.png)") == "![a](../files/data/screenshots/gaps.png)"
    assert (tmp_path / "files/data/screenshots/gaps.png").read_bytes() == (PICTURES / "gaps.png").read_bytes()
    assert linked("[a](https://example.com) [b](#below) [c](gone.md)") == (
        "[a](https://example.com) [b](#below) [c](gone.md)"
    )
    fenced = "```sh\necho '[a](../deploy.md)'\n```"
    assert linked(fenced) == fenced


def test_every_picture_is_one_that_is_taken_anew(site: Path) -> None:
    shown = set(re.findall(r"screenshots/(\w+)\.png", (paths.ROOT / "docs" / "tour.md").read_text("utf-8")))
    assert shown == set(VIEWS) == {path.stem for path in PICTURES.glob("*.png")}
