"""Files that arrive signed: the envelope is opened and its signatures are checked before anything else is read.

An envelope holds the file itself, or an in-toto statement with the digest of a file that came beside it. What is stored
is the file; the envelope is let go once it was checked.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from readiness import english, formatting, importers
from readiness.errors import InputError
from readiness.importers import Batch, Source
from readiness.importers.source.archive import Archive, is_archive
from readiness.importers.source.gateway import parse_json, to_text
from readiness.importers.source.limits import DOCUMENT_CAP
from readiness.language import tr
from readiness.seal import producers, statement
from readiness.seal.producers import Producer, SignedPayload

UNKNOWN = "it is signed by a key that nobody here trusts, and counts as unsigned"
MOST_LINES = 20
"""Envelopes of a bundle."""
MOST_SUBJECTS = 1_000
LARGEST_STATEMENT = 8 << 20
"""Bytes: an in-toto bundle holds digests, and no files."""
_BEGINS = re.compile(r'\s*\{\s*"(?:payload|payloadType|signatures)"\s*:')
_ENDING = re.compile(r"\.(?:dsse|intoto)(?:\.json)?$", re.IGNORECASE)
"""What a tool puts behind the name of the file that it signs."""
_SHA256 = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True)
class Opened:
    """A file as it was before it was signed. `producer` is who signed it, where that is known and trusted."""

    source: Source
    producer: str = ""
    note: str = ""


@dataclass(frozen=True)
class Bundle:
    """Envelopes whose statements name files by their digests, each with those that it names."""

    name: str
    statements: tuple[tuple[SignedPayload, frozenset[str]], ...]

    def opened(self, source: Source, trusted: Sequence[Producer]) -> Opened:
        """The file with whoever signed a statement about it. Raises InputError for a bad signature."""
        about = [signed for signed, digests in self.statements if source.digest in digests]
        names = {name for signed in about for name in producers.signers(signed, trusted, file=self.name)}
        return _told(source, sorted(names))

    @property
    def digests(self) -> frozenset[str]:
        return frozenset().union(*(digests for _, digests in self.statements))


@contextmanager
def opened(source: Source, beside: Sequence[Bundle] = ()) -> Iterator[Opened]:
    """The file that is to be read. Raises InputError for an envelope that is damaged, or whose signature is bad.

    `beside` are bundles that came with it.
    """
    about = [bundle for bundle in beside if source.digest in bundle.digests] if beside else []
    if about:
        trusted = producers.configured()
        yield _joined([bundle.opened(source, trusted) for bundle in about])
    elif bundle := bundle_of(source):
        raise alone(bundle)
    elif is_archive(source):
        with _of_archive(source) as inner:
            yield inner
    elif (stated := _envelope(source)) is not None:
        with _of_envelope(source, producers.parse(stated, file=source.name)) as inner:
            yield inner
    else:
        yield Opened(source)


def bundle_of(source: Source) -> Bundle | None:
    """The statements about other files that a file holds; None where it is anything else. Raises InputError."""
    if source.size > LARGEST_STATEMENT or not _BEGINS.match(source.head_text):
        return None
    text = to_text(source.path.read_bytes(), file=source.name)
    lines = [line for line in text.splitlines() if line.strip()] if _is_lines(text) else [text]
    if len(lines) > MOST_LINES:
        problem = tr("the bundle has {number} envelopes", number=formatting.whole(len(lines)))
        raise InputError(problem, file=source.name, expected=tr("at most {most}", most=MOST_LINES))
    stated = [parse_json(line, file=source.name) for line in lines]
    if not all(map(_is_envelope, stated)):
        return None
    found = [producers.parse(each, file=source.name) for each in stated]
    if len(found) == 1 and found[0].payload_type != statement.MEDIA_TYPE:
        return None
    return Bundle(source.name, tuple((signed, _subjects(signed, source.name)) for signed in found))


def apart(sources: Sequence[Source]) -> tuple[list[Bundle], list[Source]]:
    """The bundles among files that are imported together, and the other files.

    Raises InputError for a bundle that is about none of them.
    """
    bundles = [bundle for source in sources if (bundle := bundle_of(source))]
    if not bundles:
        return [], list(sources)
    files = [source for source in sources if bundle_of(source) is None]
    there = {source.digest for source in files}
    for bundle in bundles:
        if not bundle.digests & there:
            raise alone(bundle)
    return bundles, files


def told(batch: Batch, opened: Opened) -> Batch:
    """A batch with whoever signed its file, which a person is told too."""
    batch = importers.noted(batch, [opened.note] if opened.note else [])
    evidence = batch.evidence and batch.evidence.model_copy(update={"producer": opened.producer})
    return replace(batch, evidence=evidence)


def alone(bundle: Bundle) -> InputError:
    """Why a bundle cannot be stored without the files that it is about."""
    return InputError(
        tr("this signs files that did not come with it"),
        file=bundle.name,
        expected=tr("the signed file in the same import, or both in one zip"),
    )


def _envelope(source: Source) -> Any:
    """The JSON of an envelope; None where the file is anything else."""
    if not _BEGINS.match(source.head_text) or source.size > DOCUMENT_CAP:
        return None
    text = source.text
    if _is_lines(text):
        return None
    stated = source.json
    return stated if _is_envelope(stated) else None


def _is_envelope(stated: Any) -> bool:
    return isinstance(stated, dict) and {"payload", "payloadType", "signatures"} <= stated.keys()


def _is_lines(text: str) -> bool:
    """Whether a whole object stands on the first line and another begins behind it."""
    first, _, rest = text.lstrip().partition("\n")
    return first.rstrip().endswith("}") and rest.lstrip().startswith("{")


@contextmanager
def _of_envelope(source: Source, signed: SignedPayload) -> Iterator[Opened]:
    if signed.payload_type == statement.MEDIA_TYPE:
        raise alone(Bundle(source.name, ()))
    names = producers.signers(signed, producers.configured(), file=source.name)
    if not signed.payload:
        raise InputError(tr("the envelope is empty"), file=source.name, expected=tr("the file that was signed"))
    with _written(_ENDING.sub("", source.name) or source.name, signed.payload) as inner:
        if _envelope(inner) is not None:
            raise InputError(tr("the envelope holds another one"), file=source.name, expected=tr("the file itself"))
        yield _told(inner, names)


@contextmanager
def _of_archive(source: Source) -> Iterator[Opened]:
    """A zip of one file and what signs it is opened; any other is a file like others."""
    archive = Archive(source) if _may_sign(source) else None
    names = archive.names() if archive else []
    if archive is None or len(names) != 2:
        yield Opened(source)
        return
    with _written(source.name, archive.read(names[0])) as one, _written(source.name, archive.read(names[1])) as other:
        for first, second, name in ((one, other, names[1]), (other, one, names[0])):
            if bundle := bundle_of(first):
                if second.digest not in bundle.digests:
                    raise alone(replace(bundle, name=source.name))
                inner = bundle.opened(second, producers.configured())
                yield replace(inner, source=replace(inner.source, name=_base(name)))
                return
    yield Opened(source)


def _may_sign(source: Source) -> bool:
    """A zip that is small enough to be held, and names two members: tools write many."""
    with source.path.open("rb") as file:
        file.seek(max(0, source.size - 22))
        end = file.read()
    return source.size <= DOCUMENT_CAP and end[:4] == b"PK\5\6" and end[10:12] == b"\2\0"


def _base(name: str) -> str:
    return name.rpartition("/")[2] or name


@contextmanager
def _written(name: str, body: bytes) -> Iterator[Source]:
    """The bytes as a file of their own, gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "signed"
        path.write_bytes(body)
        yield Source(name, path)


def _subjects(signed: SignedPayload, file: str) -> frozenset[str]:
    """The SHA-256 of each file that an in-toto statement is about. Raises InputError for what is no statement."""
    problem = tr("this signs no in-toto statement")
    expected = tr("a Statement v1 with the sha256 of its subjects")
    if signed.payload_type != statement.MEDIA_TYPE or len(signed.payload) > LARGEST_STATEMENT:
        raise InputError(problem, file=file, expected=expected)
    stated = parse_json(to_text(signed.payload, file=file), file=file)
    subjects = stated.get("subject") if isinstance(stated, dict) and stated.get("_type") == statement.TYPE else None
    if not isinstance(subjects, list) or not 0 < len(subjects) <= MOST_SUBJECTS:
        raise InputError(problem, file=file, expected=expected)
    digests = [each.get("digest") for each in subjects if isinstance(each, dict)]
    found = {digest.get("sha256") for digest in digests if isinstance(digest, dict)}
    known = frozenset(each for each in found if isinstance(each, str) and _SHA256.fullmatch(each))
    if not known:
        raise InputError(problem, file=file, expected=expected)
    return known


def _told(source: Source, names: Sequence[str]) -> Opened:
    if not names:
        return Opened(source, note=UNKNOWN)
    producer = english.listed(list(names))
    return Opened(source, producer, f"signed by {producer}")


def _joined(each: Sequence[Opened]) -> Opened:
    known = [one for one in each if one.producer] or list(each)
    return known[0]
