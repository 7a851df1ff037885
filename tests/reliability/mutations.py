"""Files that no tool wrote: the samples of the suite, each changed at random, the same in every run."""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections.abc import Callable
from functools import cache

from backports.zstd import zipfile as zstd_zipfile

from tests import samples

FOLDERS: tuple[str, ...] = (
    "deepeval",
    "inspect",
    "judges",
    "junit",
    "langfuse",
    "langsmith",
    "lm_eval",
    "mlflow",
    "native",
    "not_read",
)
FOLDERS += (
    "braintrust",
    "azure_eval",
    "phoenix_api",
    "pydantic_evals",
    "deepteam",
    "garak",
    "pyrit",
    "hey",
    "artillery",
    "vllm",
    "guidellm",
    "locust",
    "jmeter",
    "k6",
    "openinference",
    "otlp",
    "ragas",
    "cases",
)
LARGEST = 300_000
ODD = (
    *(b"NaN", b"-Infinity", b"1e400", b"-0", b"9" * 500, b"1e-400", b"0x1F", b"1_000", b"1,5", b"null", b"true", b'""'),
    *(b"[]", b"{}", b"[" * 200, b'{"a":' * 120, b"\\u0000", b"\\ud800", b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"\xc3"),
    *(b"\r", b"\x1b[31m", "\u202e".encode(), b'"', b"'", b",", b";", b"\n", b"<", b"&amp;", b"<!DOCTYPE x>", b"]]>"),
    *(
        b"=1+1",
        b"1970-01-01",
        b"9999-12-31T23:59:60Z",
        b"A" * 5_000,
        b"*",
        b"version",
        b"case_id",
        b"a.b.c.d.e.f.g.h.i",
    ),
)
_NUMBER = re.compile(rb"-?\d+(?:\.\d+)?")
_TEXT = re.compile(rb'"[^"\n]{0,80}"')
Change = Callable[[random.Random, bytes], bytes]


@cache
def sources() -> tuple[bytes, ...]:
    """The bytes of every sample that is not too large to be changed thousands of times."""
    paths = [samples.DATA / "promptfoo.json"]
    paths += [path for folder in FOLDERS for path in sorted((samples.DATA / folder).rglob("*")) if path.is_file()]
    return tuple(path.read_bytes() for path in paths if path.stat().st_size <= LARGEST)


def mutated(seed: int, number: int) -> bytes:
    """File `number` of a run: a sample with one to four changes."""
    drawn = random.Random(f"{seed}-{number}")  # noqa: S311 - the same in every run
    data = drawn.choice(sources())
    if data.startswith(b"PK\3\4") and drawn.random() < 0.7:
        return _members(drawn, data)
    for _ in range(drawn.randint(1, 4)):
        data = drawn.choice(CHANGES)(drawn, data)
    return data


def _members(drawn: random.Random, data: bytes) -> bytes:
    """An archive of which one member was changed, and packed anew."""
    out = io.BytesIO()
    with zstd_zipfile.ZipFile(io.BytesIO(data)) as opened, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as written:
        names = opened.namelist()
        chosen = drawn.choice(names)
        for name in names:
            member = opened.read(name)
            written.writestr(name, drawn.choice(CHANGES)(drawn, member) if name == chosen else member)
    return out.getvalue()


def _place(drawn: random.Random, data: bytes) -> int:
    return drawn.randint(0, len(data))


def _slice(drawn: random.Random, data: bytes) -> tuple[int, int]:
    at = _place(drawn, data)
    return at, min(len(data), at + int(10 ** drawn.uniform(0, 3.5)))


def flip(drawn: random.Random, data: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(drawn.randint(1, 8)):
        if changed:
            changed[drawn.randrange(len(changed))] = drawn.randrange(256)
    return bytes(changed)


def cut(drawn: random.Random, data: bytes) -> bytes:
    return data[: _place(drawn, data)]


def drop(drawn: random.Random, data: bytes) -> bytes:
    start, end = _slice(drawn, data)
    return data[:start] + data[end:]


def repeat(drawn: random.Random, data: bytes) -> bytes:
    start, end = _slice(drawn, data)
    return data[:end] + data[start:end] * drawn.choice((1, 2, 50)) + data[end:]


def insert(drawn: random.Random, data: bytes) -> bytes:
    at = _place(drawn, data)
    return data[:at] + drawn.choice(ODD) + data[at:]


def splice(drawn: random.Random, data: bytes) -> bytes:
    other = drawn.choice(sources())
    return data[: _place(drawn, data)] + other[_place(drawn, other) :]


def _replaced(drawn: random.Random, data: bytes, pattern: re.Pattern[bytes], by: bytes) -> bytes:
    places = [match.span() for match in pattern.finditer(data)]
    if not places:
        return data + by
    start, end = drawn.choice(places)
    return data[:start] + by + data[end:]


def number(drawn: random.Random, data: bytes) -> bytes:
    return _replaced(drawn, data, _NUMBER, drawn.choice(ODD))


def text(drawn: random.Random, data: bytes) -> bytes:
    found = _TEXT.findall(data) or [b'""']
    return _replaced(drawn, data, _TEXT, drawn.choice((*ODD, drawn.choice(found))))


def lines(drawn: random.Random, data: bytes) -> bytes:
    parts = data.split(b"\n")
    first, second = drawn.randrange(len(parts)), drawn.randrange(len(parts))
    parts[first], parts[second] = parts[second], parts[first]
    if drawn.random() < 0.3:
        parts[first:first] = [parts[first]] * 30
    return b"\n".join(parts)


def recoded(drawn: random.Random, data: bytes) -> bytes:
    return data.decode("utf-8", "replace").encode(drawn.choice(("utf-16", "utf-8-sig", "utf-32", "cp1252")), "replace")


CHANGES: tuple[Change, ...] = (
    flip,
    cut,
    drop,
    repeat,
    insert,
    insert,
    splice,
    number,
    number,
    text,
    text,
    lines,
    recoded,
)
