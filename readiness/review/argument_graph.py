"""What an argument is made of: claims with what stands below each, after the Goal Structuring Notation. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, NamedTuple, get_args

NodeKind = Literal["goal", "strategy", "solution", "undeveloped", "context", "file"]
ClaimState = Literal["against", "open", "in part", "holds"]
"""Worst first."""
EdgeKind = Literal["supports", "contradicts", "context"]
STATES: tuple[ClaimState, ...] = get_args(ClaimState)
SIGNS: dict[ClaimState, str] = {"holds": "✓", "in part": "◐", "open": "?", "against": "✕"}
"""So that colour is never the only sign."""
_PREFIXES: dict[NodeKind, str] = {
    "goal": "G",
    "strategy": "S",
    "solution": "Sn",
    "undeveloped": "U",
    "context": "C",
    "file": "F",
}


class PageLink(NamedTuple):
    """A page, and what is asked of it by its address."""

    page: str
    asked: tuple[tuple[str, str], ...] = ()


class ArgumentNode(NamedTuple):
    """`words` say what it is and `detail` more; `link` leads to the fact."""

    id: str
    kind: NodeKind
    state: ClaimState
    words: str
    detail: str
    link: PageLink


class ArgumentEdge(NamedTuple):
    """What stands `below` speaks for or against what stands `above`, or says in what context it is meant."""

    above: str
    below: str
    kind: EdgeKind


class ArgumentBranch(NamedTuple):
    """A node with what stands below it; `again` where that was told before, under another node."""

    node: ArgumentNode
    kind: EdgeKind
    below: tuple[ArgumentBranch, ...] = ()
    again: bool = False


@dataclass(frozen=True)
class Argument:
    """The first node is the claim on top; each other stands below at least one that comes before it."""

    nodes: Sequence[ArgumentNode]
    edges: Sequence[ArgumentEdge]

    @cached_property
    def tree(self) -> ArgumentBranch:
        """The same from the top down, each node whole where it comes first."""
        by_id = {node.id: node for node in self.nodes}
        seen: set[str] = set()

        def branch(name: str, kind: EdgeKind) -> ArgumentBranch:
            if name in seen:
                return ArgumentBranch(by_id[name], kind, again=True)
            seen.add(name)
            below = tuple(branch(edge.below, edge.kind) for edge in self.edges if edge.above == name)
            return ArgumentBranch(by_id[name], kind, below)

        return branch(self.nodes[0].id, "supports")

    def of_kind(self, kind: NodeKind) -> Iterator[ArgumentNode]:
        return (node for node in self.nodes if node.kind == kind)


@dataclass
class ArgumentBuilder:
    """Adds nodes from the top down and numbers them, as the notation does: `G1`, `S2`, `Sn3`.

    A solution that speaks against what it stands below is a counter-solution, `CSn3`.
    """

    _nodes: list[ArgumentNode] = field(default_factory=list)
    _edges: list[ArgumentEdge] = field(default_factory=list)

    def add(
        self, above: str, kind: NodeKind, words: str, link: PageLink, *, state: ClaimState = "holds", detail: str = ""
    ) -> str:
        """The id of the node; `above` is empty for the claim on top."""
        number = 1 + sum(node.kind == kind for node in self._nodes)
        counter = "C" if kind == "solution" and state == "against" else ""
        node = ArgumentNode(f"{counter}{_PREFIXES[kind]}{number}", kind, state, words, detail, link)
        self._nodes.append(node)
        if above:
            self.join(above, node.id)
        return node.id

    def join(self, above: str, below: str) -> None:
        """Let a node stand below one more."""
        node = next(node for node in self._nodes if node.id == below)
        sides: dict[NodeKind, EdgeKind] = {"context": "context", "file": "supports"}
        kind = sides.get(node.kind, "contradicts" if node.state == "against" else "supports")
        self._edges.append(ArgumentEdge(above, below, kind))

    def built(self) -> Argument:
        return Argument(tuple(self._nodes), tuple(self._edges))


def worst(states: Sequence[ClaimState]) -> ClaimState:
    """Of several claims; one of which nothing is known is open."""
    return min(states, key=STATES.index, default="open")
