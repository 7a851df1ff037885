"""Packs as a reader meets them: all that is written in one, and of HTML the elements that give it shape."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import cmarkgfm
from markdown_it import MarkdownIt

HEADINGS = {f"h{level}" for level in range(1, 7)}
_TABLES = {"table", "thead", "tbody", "tr", "th", "td"}
_BLOCKS = HEADINGS | _TABLES | {"p", "div", "li", "ul", "ol", "pre", "blockquote", "br", "hr", "article"}
_SHAPE = HEADINGS | _TABLES | {"ul", "ol", "li", "blockquote", "hr"}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.style = False

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.elements.append((tag, dict(attrs)))
        self.style = tag == "style"
        if tag in _BLOCKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self.style = False
        if tag in _BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.style:
            self.parts.append(data)


def _read(html: str) -> _Reader:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader


def text(html: str) -> str:
    """The visible words, with every run of white space as one space."""
    return " ".join("".join(_read(html).parts).split())


def elements(html: str) -> list[tuple[str, dict[str, str | None]]]:
    return _read(html).elements


def names(html: str) -> set[str]:
    return {name for name, _ in elements(html)}


def shape(html: str) -> Counter[str]:
    """How many headings, tables, rows, cells and list items there are."""
    return Counter(name for name, _ in elements(html) if name in _SHAPE)


def cells(html: str) -> list[str]:
    """The words of each table cell, in order."""
    return [text(each) for each in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", html, re.DOTALL)]


def github(source: str) -> str:
    """Rendered as GitHub does: tables, autolinks, strikethrough, task lists."""
    return str(cmarkgfm.github_flavored_markdown_to_html(source))


def plain_markdown_it(source: str) -> str:
    return str(MarkdownIt("js-default").render(source))


Renderer = Callable[[str], str]
RENDERERS: dict[str, Renderer] = {"github": github, "markdown-it": plain_markdown_it}
