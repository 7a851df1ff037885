"""A snapshot as a document. Nothing here looks at a clock or a store: the same snapshot gives the same bytes."""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise

import nh3
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from readiness import formatting, paths

from .markdown import block, finalize, passage, table
from .snapshot import Snapshot

SHORT = 16
"""Characters up to which a cell stays on one line: a date, a count, a band."""
LONGEST_WORD = 32
"""Characters of an unbroken word above which a table's cell may break it."""

_HEADINGS = {"h1", "h2", "h3"}
_TABLES = {"table", "thead", "tbody", "tr", "th", "td"}
_TAGS = _HEADINGS | _TABLES | {"p", "strong", "blockquote", "ul", "ol", "li", "code", "pre", "hr"}
_CELL = {"number", "short", "long", "group"}
_CLASSES = {"th": _CELL, "td": _CELL}
_ATTRIBUTES = {"th": {"scope"}}


def markdown(snapshot: Snapshot) -> str:
    """The pack as GitHub-flavoured markdown."""
    text = _documents().get_template("pack/layout.md.j2").render(pack=snapshot)
    return formatting.isolated(re.sub(r"\n{3,}", "\n\n", text).strip()) + "\n"


def fragment(snapshot: Snapshot) -> str:
    """The pack as HTML to be placed in a page: no links, images, scripts or styles can be in it."""
    return str(_article(snapshot))


def html(snapshot: Snapshot) -> str:
    """The pack as a document of its own that loads nothing."""
    page = _pages().get_template("pack/page.html.j2")
    return page.render(pack=snapshot, body=_article(snapshot), stamped=_stamped(snapshot)).strip() + "\n"


def _stamped(snapshot: Snapshot) -> str:
    """What stands at the foot of every printed page, on one line."""
    stamp = snapshot.stamp
    said = [stamp["draft"], f"For {stamp['recipient']}", f"purpose: {stamp['purpose']}", stamp["classification"]]
    said += [f"valid until {stamp['valid']}", f"contact: {stamp['contact']}"]
    return " · ".join(str(part) for part in said if part)


def _css(text: str) -> Markup:
    """The text within a string of a style sheet, where nothing in it ends the string or the sheet."""
    told = (letter if letter.isascii() and letter.isalnum() else f"\\{ord(letter):x} " for letter in text)
    return Markup("".join(told))  # noqa: S704 - letters, digits and escapes


def _article(snapshot: Snapshot) -> Markup:
    parser = _parser()
    tokens = parser.parse(markdown(snapshot))
    for token, content in pairwise(tokens):
        if token.type in ("th_open", "td_open"):
            token.attrs = _cell_attributes(token, content)
    raw = parser.renderer.render(tokens, parser.options, {})
    body = nh3.clean(raw, tags=_TAGS, attributes=_ATTRIBUTES, allowed_classes=_CLASSES, link_rel=None)
    return Markup('<article class="pack {}">\n{}</article>').format(snapshot.level, Markup(body))  # noqa: S704 - cleaned


def _cell_attributes(token: Token, content: Token) -> dict[str, str | int | float]:
    """Alignment as a class, since styles are not let through, and how the cell may be broken into lines."""
    classes = ["number"] if token.attrs else []
    classes += ["short"] if len(content.content) <= SHORT else []
    classes += ["long"] if any(len(word) > LONGEST_WORD for word in content.content.split()) else []
    classes += ["group"] if content.content.startswith("**") else []
    attributes: dict[str, str | int | float] = {"class": " ".join(classes)} if classes else {}
    return attributes | ({"scope": "col"} if token.type == "th_open" else {})


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("js-default").disable(["link", "image", "autolink", "html_inline", "html_block"])


@cache
def _documents() -> Environment:
    """Markdown is escaped by `finalize`, which every expression passes; HTML escaping would garble it."""
    environment = Environment(
        loader=FileSystemLoader(paths.TEMPLATES),
        undefined=StrictUndefined,
        finalize=finalize,
        autoescape=False,  # noqa: S701 - see above
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals["table"] = table
    environment.filters.update(block=block, passage=passage)
    return environment


@cache
def _pages() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(paths.TEMPLATES),
        undefined=StrictUndefined,
        finalize=_shown,
        autoescape=True,
        trim_blocks=True,
    )
    environment.filters["css"] = _css
    return environment


def _shown(value: object) -> object:
    return formatting.plain(value) if isinstance(value, str) and not isinstance(value, Markup) else value
