"""A snapshot as a document. Nothing here looks at a clock or a store: the same snapshot gives the same bytes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from itertools import pairwise

import nh3
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup, escape

from readiness import formatting, paths
from readiness.language import tr
from readiness.review.colours import COLOURS

from . import charts
from .blocks import LONGEST_WORD, SHORT, sections_at
from .markdown import block, finalize, passage, said, table
from .snapshot import Snapshot, in_its_language

_HEADINGS = {"h1", "h2", "h3"}
_TABLES = {"table", "thead", "tbody", "tr", "th", "td"}
_TAGS = _HEADINGS | _TABLES | {"p", "strong", "blockquote", "ul", "ol", "li", "code", "pre", "hr"}
_CELL = {"number", "short", "long", "group"}
_CLASSES = {"th": _CELL, "td": _CELL}
_ATTRIBUTES = {"th": {"scope"}}


@in_its_language
def markdown(snapshot: Snapshot) -> str:
    """The pack as GitHub-flavoured markdown."""
    return document("pack/layout.md.j2", pack=snapshot)


def document(template: str, **told: object) -> str:
    """A template of markdown with what it is told, each text of which is escaped."""
    text = _documents().get_template(template).render(**told)
    return formatting.isolated(re.sub(r"\n{3,}", "\n\n", text).strip()) + "\n"


@in_its_language
def fragment(snapshot: Snapshot) -> str:
    """The pack as HTML to be placed in a page: no links, scripts or styles can be in it, and no pictures but ours."""
    return str(_article(snapshot, lambda picture: picture.image))


@in_its_language
def html(snapshot: Snapshot, shared: Mapping[str, str] | None = None) -> str:
    """The pack as a document of its own that loads nothing.

    `shared` is what its reader may acknowledge it by where a link leads to it: `until`, and `received` once they did.
    """
    page = _pages().get_template("pack/page.html.j2")
    shown = {"body": _article(snapshot, lambda picture: picture.svg), "stamped": stamped(snapshot)}
    return page.render(pack=snapshot, colours=COLOURS, shared=shared, **shown).strip() + "\n"


@in_its_language
def stamped(snapshot: Snapshot) -> str:
    """What stands at the foot of every printed page, on one line."""
    stamp = snapshot.stamp
    said = [
        stamp["draft"],
        tr("recipient: {recipient}", recipient=stamp["recipient"]),
        tr("purpose: {purpose}", purpose=stamp["purpose"]),
        stamp["classification"],
    ]
    said += [tr("valid until {valid}", valid=stamp["valid"]), tr("contact: {contact}", contact=stamp["contact"])]
    return " · ".join(str(part) for part in said if part)


def _css(text: str) -> Markup:
    """The text within a string of a style sheet, where nothing in it ends the string or the sheet."""
    told = (letter if letter.isascii() and letter.isalnum() else f"\\{ord(letter):x} " for letter in text)
    return Markup("".join(told))  # noqa: S704 - letters, digits and escapes


def tokens(snapshot: Snapshot) -> list[Token]:
    """The markdown as it was read, for views that lay it out themselves."""
    return _parser().parse(markdown(snapshot))


def _article(snapshot: Snapshot, drawn: Callable[[charts.Picture], Markup]) -> Markup:
    """Cleaned part by part: a picture stands between them, since it would not pass and need not."""
    read = tokens(snapshot)
    for token, content in pairwise(read):
        if token.type in ("th_open", "td_open"):
            token.attrs = _cell_attributes(token, content)
    body, done = Markup(), 0
    for section, start in sections_at(snapshot, read):
        if picture := charts.of(section):
            body += _cleaned(read[done:start]) + Markup("<figure>{}</figure>\n").format(drawn(picture))
            done = start
    body += _cleaned(read[done:])
    return Markup('<article class="pack {}">\n{}</article>').format(snapshot.level, body)


def _cleaned(tokens: list[Token]) -> Markup:
    raw = _parser().renderer.render(tokens, _parser().options, {})
    return Markup(nh3.clean(raw, tags=_TAGS, attributes=_ATTRIBUTES, allowed_classes=_CLASSES, link_rel=None))  # noqa: S704 - cleaned


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
    environment.globals.update(table=table, tr=said, capital=formatting.capital)
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
    environment.globals["tr"] = _said
    return environment


def _said(message: str, /, **values: object) -> Markup:
    """A message with its values, each escaped by itself."""
    return Markup(escape(tr(message))).format(**{name: _shown(value) for name, value in values.items()})  # noqa: S704


def _shown(value: object) -> object:
    return formatting.plain(value) if isinstance(value, str) and not isinstance(value, Markup) else value
