"""The argument as a picture: the symbols of the Goal Structuring Notation, from left to right since its texts are long.

Laid out by measured text in whole steps, so that the same review gives the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from markupsafe import Markup

from readiness import formatting
from readiness.language import tr, trn
from readiness.review.argument_graph import SIGNS, Argument, ArgumentBranch, ArgumentNode, NodeKind
from readiness.review.colours import CLAIMS

from . import charts, fitting

MEDIA_TYPE = "image/svg+xml"
WIDTH = 1080
"""Pixels across."""
COLUMNS = ((1, 206), (246, 192), (476, 232), (746, 333))
"""Where each layer begins, and how wide it is: the claim on top, rules, answers, evidence."""
_PAD, _SKEW, _RADIUS, _PORT = 11, 12, 15, 20
"""Around text in a box, of a slanted side, of a circle, and how far below its top a symbol is joined."""
_TITLE, _DETAIL, _ID = 12.5, 11.5, 9.5
_LINE, _INDENT = 16, 16
"""From line to line, and of words behind their sign."""
_FITS = 0.88
"""Of the room that a text may take: a viewer without our font has a wider one."""
_LINES: dict[NodeKind, tuple[int, int]] = {
    "goal": (4, 3),
    "strategy": (3, 3),
    "solution": (4, 2),
    "undeveloped": (3, 2),
    "context": (4, 2),
    "file": (1, 0),
}
"""At most, of its words and of what is said more."""
_PER_CENT = re.compile(r"(\d) %")
"""What no line is broken within."""
_GAPS = (0, 26, 16, 12)
"""Between what stands one below the other in a layer."""


class TextLine(NamedTuple):
    """A line of text, at its baseline, with the room that it may take."""

    text: str
    x: float
    y: float
    size: float
    bold: bool
    quiet: bool
    room: float


@dataclass
class Symbol:
    """A node as it is drawn; `files` stand below its words, each a link of its own.

    One that is `away` only points at what is drawn above.
    """

    node: ArgumentNode
    x: float
    y: float
    width: float
    height: float
    lines: list[TextLine] = field(default_factory=list)
    files: list[tuple[ArgumentNode, TextLine]] = field(default_factory=list)
    away: bool = False

    @property
    def port(self) -> float:
        return self.y + _PORT

    @property
    def left(self) -> float:
        """Where a line arrives."""
        if self.node.kind == "strategy":
            return round(self.x + _SKEW * (1 - _PORT / self.height), 1)
        return self.x + (_RADIUS - 11 if self.node.kind == "undeveloped" else 0)

    @property
    def right(self) -> float:
        """Where one begins."""
        return round(self.x + self.width - (_SKEW * _PORT / self.height if self.node.kind == "strategy" else 0), 1)


class Joint(NamedTuple):
    """A line between two symbols as a path, where its arrow ends, and what it says."""

    path: str
    x: float
    y: float
    kind: str
    state: str


class LinkArea(NamedTuple):
    """Where a node stands in a picture, in per cent of its width and its height."""

    node: ArgumentNode
    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True)
class ArgumentPicture:
    """Every symbol and every line, and how high the picture is."""

    argument: Argument
    symbols: list[Symbol]
    joints: list[Joint]
    height: int

    @property
    def words(self) -> str:
        """The picture in two sentences, for whoever does not see it; the list beside it says all."""
        top = self.argument.nodes[0]
        rules = [f"{SIGNS[node.state]} {node.words} ({node.detail})" for node in self.argument.of_kind("strategy")]
        open_ = sum(1 for _ in self.argument.of_kind("undeveloped"))
        rests = tr("It rests on {rules}.", rules=formatting.few(rules, shown=8))
        ends = f" {trn('{n} end is open.', '{n} ends are open.', open_)}" if open_ else ""
        return f"{SIGNS[top.state]} {top.words}: {top.detail}. {rests}{ends}"

    def svg(self, theme: str = "") -> Markup:
        """`light` or `dark` as part of a page; by itself it has paper of its own and follows its reader's system."""
        return charts.rendered(
            "argument",
            width=WIDTH,
            height=self.height,
            title=tr("Argument: {claim}", claim=self.argument.nodes[0].words),
            words=self.words,
            symbols=self.symbols,
            joints=self.joints,
            colours=CLAIMS,
            signs=SIGNS,
            theme=theme,
            skew=_SKEW,
            radius=_RADIUS,
            id_size=_ID,
        )

    @property
    def file(self) -> bytes:
        return f'<?xml version="1.0" encoding="UTF-8"?>\n{self.svg()}\n'.encode()

    def areas(self) -> Iterator[LinkArea]:
        """Where each symbol and each of its files stands, for links that lie above the picture."""
        for symbol in self.symbols:
            own = symbol.height - _LINE * len(symbol.files)
            yield self._area(symbol.node, symbol.x, symbol.y, symbol.width, own)
            for node, line in symbol.files:
                yield self._area(node, line.x, line.y - 12, line.room, _LINE)

    def _area(self, node: ArgumentNode, *sides: float) -> LinkArea:
        whole = (WIDTH, self.height, WIDTH, self.height)
        return LinkArea(node, *(round(100 * side / of, 2) for side, of in zip(sides, whole, strict=True)))


def drawn(argument: Argument) -> ArgumentPicture:
    page = _Page()
    height = page.place(argument.tree, 0, 2)
    return ArgumentPicture(argument, page.symbols, page.joints(), round(max(height, page.lowest) + 2))


class _Page:
    def __init__(self) -> None:
        self.symbols: list[Symbol] = []
        self._joined: list[tuple[Symbol, int, str]] = []
        self.lowest = 0.0

    def place(self, branch: ArgumentBranch, layer: int, y: float) -> float:
        """Draws a node with what stands below it, from `y` down; where the next may stand."""
        x, width = COLUMNS[min(layer, len(COLUMNS) - 1)]
        if layer and branch.node.kind in ("solution", "undeveloped"):
            x, width = COLUMNS[-1]
        symbol = _symbol(branch, x, y, width)
        self._keep(symbol)
        contexts, below, gap = y + symbol.height, y, _GAPS[min(layer + 1, 3)]
        for lower in branch.below:
            if lower.kind == "context":
                contexts = self._context(symbol, lower, contexts + 26)
            elif lower.node.kind != "file" and not lower.again:
                self._joined.append((symbol, self._next, lower.kind))
                below = self.place(lower, layer + 1, below) + gap
        if again := [lower for lower in branch.below if lower.again]:
            below = self._away(symbol, again, layer + 1, below) + gap
        return max(y + symbol.height, below - gap)

    def _away(self, above: Symbol, again: list[ArgumentBranch], layer: int, y: float) -> float:
        """One line that names what is drawn above already, since lines to it would cross others."""
        kind = "contradicts" if any(lower.kind == "contradicts" for lower in again) else "supports"
        first = min(again, key=lambda lower: lower.kind != "contradicts").node
        x, width = COLUMNS[layer]
        words = tr("{ids}, above", ids=formatting.listed([lower.node.id for lower in again]))
        lines = _wrapped(words, x + 6, y + _PORT + 4, width - 6, (_DETAIL, False, True), 3)
        self._joined.append((above, self._next, kind))
        self._keep(Symbol(first, x, y, width, _PORT + 10 + _LINE * (len(lines) - 1), lines, away=True))
        return y + self.symbols[-1].height

    @property
    def _next(self) -> int:
        """Where the symbol will stand that is drawn next."""
        return len(self.symbols)

    def _keep(self, symbol: Symbol) -> None:
        self.symbols.append(symbol)
        self.lowest = max(self.lowest, symbol.y + symbol.height)

    def _context(self, above: Symbol, branch: ArgumentBranch, y: float) -> float:
        last = self.symbols[-1] if self.symbols[-1].node.kind == "context" else above
        self._joined.append((last, self._next, "context"))
        self._keep(_symbol(branch, above.x, y, above.width))
        return y + self.symbols[-1].height

    def joints(self) -> list[Joint]:
        """What contradicts lies on top, where lines share a way."""
        ordered = sorted(self._joined, key=lambda joined: joined[2] == "contradicts")
        return [_joint(above, self.symbols[at], kind) for above, at, kind in ordered]


def _joint(above: Symbol, below: Symbol, kind: str) -> Joint:
    """Down to a context, else to the right with one bend."""
    state = below.node.state if kind == "contradicts" else ""
    if kind == "context":
        x = above.x + 22
        return Joint(f"M{x} {above.y + above.height}V{below.y - 7}", x, below.y, kind, state)
    start, end, bend = above.right, below.left, above.right + 12
    if above.port == below.port:
        return Joint(f"M{start} {above.port}H{end - 7}", end, below.port, kind, state)
    turned = 5 if below.port > above.port else -5
    path = (
        f"M{start} {above.port}H{bend - 5}Q{bend} {above.port} {bend} {above.port + turned}"
        f"V{below.port - turned}Q{bend} {below.port} {bend + 5} {below.port}H{end - 7}"
    )
    return Joint(path, end, below.port, kind, state)


def _symbol(branch: ArgumentBranch, x: float, y: float, width: float) -> Symbol:
    node = branch.node
    if node.kind in ("solution", "undeveloped"):
        return _evidence(branch, x, y, width)
    inset = _PAD + (_SKEW if node.kind == "strategy" else 0)
    room = width - 2 * inset
    lines = _text(node, node.words, x + inset, y + _PAD + 22, room)
    height = _PAD + 22 - 12 + _LINE * len(lines) + _PAD - 2
    return Symbol(node, x, y, width, height, lines)


def _evidence(branch: ArgumentBranch, x: float, y: float, width: float) -> Symbol:
    """A circle or a diamond, its words beside it and its files below them, each behind its sign."""
    node, beside, first = branch.node, x + 2 * _RADIUS + 10, y + _PORT + 4
    indented, room = beside + _INDENT, width - 2 * _RADIUS - 10 - _INDENT
    words = _text(node, node.words, indented, first, room)
    symbol = Symbol(
        node, x, y, width, 0, [TextLine(SIGNS[node.state], beside, first, 12, False, False, _INDENT), *words]
    )
    for lower in branch.below:
        at = first + _LINE * (len(words) + len(symbol.files))
        (line,) = _wrapped(lower.node.words, indented, at, room, (_DETAIL, False, True), 1)
        symbol.files.append((lower.node, line))
    symbol.height = max(_PORT + _RADIUS + 1, _PORT - 4 + _LINE * (len(words) + len(symbol.files)))
    return symbol


def _text(node: ArgumentNode, words: str, x: float, y: float, room: float) -> list[TextLine]:
    most, more = _LINES[node.kind]
    bold = node.kind in ("goal", "strategy")
    told = _wrapped(words, x, y, room, (_TITLE if bold else 12, bold, False), most)
    return told + _wrapped(node.detail, x, y + _LINE * len(told), room, (_DETAIL, False, True), more)


def _wrapped(text: str, x: float, y: float, room: float, style: tuple[float, bool, bool], most: int) -> list[TextLine]:
    size, bold, quiet = style
    told = _PER_CENT.sub("\\1\xa0%", formatting.plain(text))
    lines = fitting.wrapped(told, room * _FITS, size, bold=bold, most=most)
    return [TextLine(line, x, y + _LINE * at, size, bold, quiet, room) for at, line in enumerate(lines)]
