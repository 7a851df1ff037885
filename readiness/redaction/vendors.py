"""Keys that tell their service by their form, from the table in `vendors.toml`, and those that only look like one."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

from .shapes import EDGE, has_both_cases, looks_drawn
from .signs import SHORTEST_RUN, Hit, Text

TABLE = Path(__file__).with_suffix(".toml")
_LETTERS = {
    "a": "A-Za-z0-9",
    "b": "A-Za-z0-9+/",
    "c": "A-Za-z0-9-",
    "d": "0-9",
    "h": "a-f0-9",
    "k": "A-Z2-7",
    "l": "a-z0-9",
    "L": "A-Za-z",
    "t": "A-Za-z0-9_.=~+/-",
    "u": "A-Z0-9",
    "w": "A-Za-z0-9_-",
    "x": "A-Fa-f0-9",
}
_UUID = "[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"
_DIGIT = re.compile("[0-9]")
_FIELD = re.compile(r"\{(?:uuid|([a-zA-Z])(\d+))\}|\*")
_MOST = 4096
"""Characters of a key that are looked at."""


def _regex(shape: str) -> tuple[str, str]:
    """What a shape begins with, as it is written, and the pattern of what follows."""
    first = _FIELD.search(shape)
    head = shape[: first.start()] if first else shape
    rest, at = "", len(head)
    for field in _FIELD.finditer(shape, at):
        rest += re.escape(shape[at : field.start()])
        at = field.end()
        if field[1]:
            longest = f",{_MOST}}}+" if at == len(shape) else "}"
            rest += f"[{_LETTERS[field[1]]}]{{{field[2]}{longest}"
        else:
            rest += _UUID if field[0] != "*" else "[A-Za-z0-9_-]{1,40}?"
    return head, rest + re.escape(shape[at:])


def _any_of(shapes: Iterable[str]) -> str:
    """One pattern for all, in branches by their first letter; what is written out further is tried first."""
    branches: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for head, rest in map(_regex, dict.fromkeys(shapes)):
        branches[head[:1]].append((head[1:], rest))
    return "|".join(
        re.escape(letter)
        + "(?:"
        + "|".join(re.escape(head) + rest for head, rest in sorted(tails, key=lambda tail: -len(tail[0])))
        + ")"
        for letter, tails in sorted(branches.items(), reverse=True)
    )


def table() -> dict[str, dict[str, list[str]]]:
    """The shapes of keys, and of addresses with a secret in their path, by service."""
    return tomllib.loads(TABLE.read_text("utf-8"))


_SHAPES = table()
_KEY = re.compile(EDGE + f"(?:{_any_of(shape for shapes in _SHAPES['keys'].values() for shape in shapes)})")
_ADDRESS = re.compile(f"(?:{_any_of(shape for shapes in _SHAPES['addresses'].values() for shape in shapes)})")

_TELLING = (
    "live|test|prod|sandbox|pat|sk|rk|tok|token|secret|key|apikey|api|auth|oauth|access|refresh|admin|priv|private|svc|bot"
    "|user|service|sa|at|rt|whsec|hook|webhook|deploy|ci|pwd|pass|cred|signing"
)
_PREFIXED = re.compile(
    EDGE + r"(?=[A-Za-z0-9_-]{24})([A-Za-z][A-Za-z0-9]{0,14}(?:[_-][A-Za-z0-9]{1,12}){0,3}?)[_-]"
    rf"([A-Za-z0-9]{{20,{_MOST}}}+)(?:[_-][A-Za-z0-9_-]{{1,{_MOST}}}+)?"
)
_SECRET_PART = re.compile(rf"(?:^|[_-])(?:{_TELLING})\d{{0,2}}(?:$|[_-])", re.IGNORECASE)
_IDS = re.compile(
    r"(?:chatcmpl|cmpl|msg|call|toolu|run|thread|asst|file|resp|req|request|rs|fc|step|batch|ftjob|evt|event|cus|pi|pm|ch|in"
    r"|sub|price|prod|si|seti|cs|acct|trace|span|obs|sess|session|user|usr|org|proj|project|conv|item|img|gen|id|job|task"
    r"|build|snap|vol|i|subnet|vpc|ami|eni|node|chunk|doc|sha\d*|md5|blake\w*|v\d*|commit|rev|digest|etag|model\w*|srvtoolu"
    r"|vs|ig|ws|mcp\w*|ctc|ctx|gs|dpl|bucket|run_step|pod|release|cache|hash|ref|upload|object|asset|image)",
    re.IGNORECASE,
)


def keys(text: Text) -> Iterator[Hit]:
    """What has the form of a known service's key; it holds a digit, or an underscore and both cases."""
    for start, end in text.long_runs(SHORTEST_RUN):
        addresses = _ADDRESS.finditer(text.raw, start, end) if text.raw.find("/", start, end) >= 0 else ()
        for match in chain(_KEY.finditer(text.raw, start, end), addresses):
            if _DIGIT.search(match[0]) or ("_" in match[0] and has_both_cases(match[0])):
                yield match.start(), match.start() + len(match[0].rstrip(".~/"))


def prefixed(text: Text) -> Iterator[Hit]:
    """A long drawn tail after a short prefix that says key, or that is not known to begin an id."""
    for start, end in text.long_runs(SHORTEST_RUN):
        for match in _PREFIXED.finditer(text.raw, start, end):
            prefix, tail = match[1], match[2]
            says_secret = _SECRET_PART.search(prefix)
            if not _IDS.fullmatch(prefix) and _is_drawn(tail, bool(says_secret)):
                yield match.span()


def _is_drawn(tail: str, says_secret: bool) -> bool:
    return looks_drawn(tail, 20) if says_secret else looks_drawn(tail, 32) and has_both_cases(tail)
