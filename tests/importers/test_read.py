"""The one way from bytes to a batch: a file is told by its content, and read whole or refused in one sentence."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readiness import importers
from readiness.errors import InputError
from readiness.importers import IMPORTERS, Batch, Options, Source, read
from readiness.importers.source.limits import MEBIBYTE
from tests.importers.tracing import kept
from tests.soak import scaled

ASSESSMENT = (
    b'format = "readiness-assessment/1"\n[system]\nslug = "copilot"\nname = "Copilot"\n[assessment]\ncandidate = "2"\n'
)
SPAN = {
    "trace_id": "t",
    "span_id": "s",
    "kind": "request",
    "name": "ask",
    "start": "2026-11-20T09:30:00Z",
    "duration_ms": 1.5,
    "status": "ok",
    "version": "2",
}
SPANS = json.dumps(SPAN).encode() + b"\n"
RESULTS = b"version,workflow,cohort,metric,value\n2,billing,language=en,task_success,1\n"
TITLES = "; ".join(importer.title for importer in IMPORTERS)


def source(folder: Path, data: bytes, name: str = "upload.bin") -> Source:
    path = folder / "data"
    path.write_bytes(data)
    return Source.open(path, name)


def refusal(folder: Path, data: bytes, options: Options | None = None, name: str = "upload.bin") -> str:
    with pytest.raises(InputError) as caught:
        read(source(folder, data, name), options or Options())
    return str(caught.value)


@pytest.mark.parametrize(
    ("data", "format_id"),
    [(ASSESSMENT, "assessment"), (SPANS, "native-spans"), (RESULTS, "native-results")],
)
@pytest.mark.parametrize("name", ["a.toml", "results.csv", "spans.jsonl", "photo.png", "noname"])
def test_a_file_is_told_by_its_content_and_not_by_its_name(
    tmp_path: Path, data: bytes, format_id: str, name: str
) -> None:
    batch = read(source(tmp_path, data, name))
    assert (batch.format, batch.name, batch.digest) == (format_id, name, hashlib.sha256(data).hexdigest())


def test_every_format_has_an_id_and_a_title_of_its_own() -> None:
    assert len({importer.format for importer in IMPORTERS}) == len(IMPORTERS)
    assert len({importer.title for importer in IMPORTERS}) == len(IMPORTERS)


def test_no_other_format_takes_a_file_for_its_own(tmp_path: Path) -> None:
    for data in (ASSESSMENT, SPANS, RESULTS):
        assert sum(importer.sniff(source(tmp_path, data)) for importer in IMPORTERS[:-1]) == 1


def test_any_other_table_is_asked_last(tmp_path: Path) -> None:
    assert IMPORTERS[-1].format == "table"
    assert IMPORTERS[-1].sniff(source(tmp_path, RESULTS))


def archive() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as opened:
        opened.writestr("a.toml", ASSESSMENT)
    return file.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        b" \n\t\n",
        b"\x00\x01\x02\xff\xfe",
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
        b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
        archive(),
        b"just a few words, in prose\n",
        b"{}",
        b"[]",
        b"null",
        "just a few words, in prose\n".encode("utf-16"),
        b"<html></html>",
    ],
    ids=["blank", "binary", "png", "pdf", "zip", "prose", "object", "list", "null", "utf-16", "html"],
)
def test_a_content_of_no_known_format_is_refused_with_the_formats_there_are(tmp_path: Path, data: bytes) -> None:
    assert refusal(tmp_path, data) == f"upload.bin: the format is not recognised; expected one of {TITLES}."


def test_toml_without_its_format_line_is_told_what_it_lacks(tmp_path: Path) -> None:
    assert refusal(tmp_path, b'[system]\nslug = "copilot"\n') == (
        "upload.bin, format: this is TOML without a format line, which cannot be read; expected readiness-assessment/1."
    )


def test_an_empty_file_is_refused_at_the_door(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"^upload.bin: the file is empty; expected an assessment"):
        source(tmp_path, b"")


def test_a_format_that_does_not_exist_is_refused_with_those_that_do(tmp_path: Path) -> None:
    assert refusal(tmp_path, SPANS, Options(format="xml")) == (
        "upload.bin: the format 'xml' is not known; "
        f"expected one of {', '.join(importer.format for importer in IMPORTERS)}."
    )


def test_a_format_that_the_person_names_is_taken_without_a_look(tmp_path: Path) -> None:
    assert refusal(tmp_path, SPANS, Options(format="assessment")) == (
        "upload.bin, line 1: the TOML is malformed: invalid statement; expected valid TOML."
    )
    assert refusal(tmp_path, ASSESSMENT, Options(format="native-spans")) == (
        "upload.bin, line 1, column 1: the JSON breaks off or is malformed; expected one whole JSON document."
    )


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (SPANS + b"\xff\n", f"upload.bin, byte {len(SPANS)}: the text is not UTF-8; expected UTF-8 text."),
        (ASSESSMENT + b"#\xe9", f"upload.bin, byte {len(ASSESSMENT) + 1}: the text is not UTF-8; expected UTF-8 text."),
        (SPANS + b"\0", f"upload.bin, character {len(SPANS)}: there is a NUL character; expected text."),
        (
            SPANS + SPANS[:-20],
            "upload.bin, line 2, column {}: the JSON breaks off or is malformed; expected one whole JSON document.",
        ),
        (
            ASSESSMENT.replace(b"/1", b"/2"),
            "upload.bin, format: this is readiness-assessment/2, which cannot be read; "
            "expected readiness-assessment/1.",
        ),
    ],
    ids=["spans not UTF-8", "assessment not UTF-8", "NUL", "truncated", "other version"],
)
def test_a_broken_file_of_a_known_format_is_refused_whole(tmp_path: Path, data: bytes, sentence: str) -> None:
    found = refusal(tmp_path, data)
    column = found.partition("column ")[2].partition(":")[0]
    assert found == sentence.format(column)


@pytest.mark.parametrize(
    ("head", "sentence"),
    [
        (SPANS, "upload.bin, line 2: the line is too long; expected at most 16 MiB."),
        (ASSESSMENT, "upload.bin: the file has 209,715,200 bytes; expected at most 8,388,608 for an assessment."),
    ],
)
def test_a_document_of_two_hundred_megabytes_is_refused_without_reading_it(
    tmp_path: Path, head: bytes, sentence: str
) -> None:
    opened = source(tmp_path, head)
    with opened.path.open("r+b") as file:
        file.truncate(200 * MEBIBYTE)
    with pytest.raises(InputError) as caught:
        read(opened)
    assert str(caught.value) == sentence


def test_a_file_that_is_gone_by_the_time_it_is_read_is_refused(tmp_path: Path) -> None:
    opened = source(tmp_path, SPANS)
    opened.path.unlink()
    with pytest.raises(InputError) as caught:
        read(opened)
    assert str(caught.value) == "upload.bin: the file cannot be read; expected a file that may be opened."


class Failing:
    """An importer that runs into a limit of the machine."""

    format, title = "failing", "a failing one"

    def __init__(self, error: Exception) -> None:
        self.error = error

    def sniff(self, source: Source) -> bool:
        return True

    def read(self, source: Source, options: Options) -> Batch:
        raise self.error


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (MemoryError(), "upload.bin: the file needs more memory than there is; expected a smaller file."),
        (RecursionError(), "upload.bin: the content is nested too deeply; expected ordinary nesting."),
        (InputError("it is odd", place="line 3"), "upload.bin, line 3: it is odd."),
        (InputError("it is odd", file="inner.json"), "inner.json: it is odd."),
    ],
)
def test_a_limit_that_is_met_while_reading_is_said_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, sentence: str
) -> None:
    monkeypatch.setattr(importers, "IMPORTERS", [Failing(error)])
    assert refusal(tmp_path, SPANS) == sentence


def read_or_refuse(folder: Path, data: bytes, options: Options) -> Batch | None:
    """Reading ends in a batch of exactly one kind, or in an InputError that names the file."""
    try:
        batch = read(source(folder, data), options)
    except InputError as exc:
        assert exc.file == "upload.bin"  # noqa: PT017
        return None
    assert (batch.assessment is None) != (batch.evidence is None)
    return batch


FORMATS = st.sampled_from(["", *(importer.format for importer in IMPORTERS)])
SEEDS = st.sampled_from([ASSESSMENT, SPANS * 3, RESULTS])


@settings(max_examples=scaled(30))
@given(st.binary(min_size=1, max_size=200), FORMATS)
def test_any_bytes_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, data: bytes, name: str) -> None:
    read_or_refuse(tmp_path_factory.getbasetemp(), data, Options(format=name))


@settings(max_examples=scaled(30))
@given(SEEDS, st.data(), FORMATS)
def test_any_damage_to_a_good_file_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, seed: bytes, data: st.DataObject, name: str
) -> None:
    damaged = bytearray(seed)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(damaged)))
        length = data.draw(st.integers(0, 12))
        damaged[at : at + length] = data.draw(st.binary(max_size=6))
    if damaged:
        read_or_refuse(tmp_path_factory.getbasetemp(), bytes(damaged), Options(format=name))


json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=scaled(30))
@given(
    st.lists(
        st.dictionaries(st.sampled_from([*SPAN, "parent_id", "input", "attributes", "x"]), json_values), max_size=3
    )
)
def test_any_values_in_the_fields_of_a_span_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, Any]]
) -> None:
    lines = [SPANS, *(json.dumps(SPAN | {"span_id": f"n{at}"} | row).encode() + b"\n" for at, row in enumerate(rows))]
    batch = read_or_refuse(tmp_path_factory.getbasetemp(), b"".join(lines), Options())
    assert batch is None or kept(batch) + len(batch.skipped) == len(lines)


def test_the_batch_of_an_importer_is_only_completed_and_not_changed(tmp_path: Path) -> None:
    opened = source(tmp_path, SPANS)
    importer = next(importer for importer in IMPORTERS if importer.format == "native-spans")
    batch = read(opened)
    assert replace(batch, name="", digest="") == importer.read(opened, Options())
