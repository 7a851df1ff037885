"""The door for files: what it refuses, and with which sentence."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readiness.errors import InputError
from readiness.importers.source import limits
from readiness.importers.source.gateway import Source, parse_json


def refusal(text: str, place: str = "") -> str:
    with pytest.raises(InputError) as caught:
        parse_json(text, file="a.json", place=place)
    return str(caught.value)


def source(folder: Path, data: bytes) -> Source:
    path = folder / "upload"
    path.write_bytes(data)
    return Source.open(path, "a.json")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('{"a": 1, "a": 2}', "a.json: the key 'a' stands twice in one object; expected each key once."),
        ('{"x": {"a": 1, "\\u0061": 2}}', "a.json: the key 'a' stands twice in one object; expected each key once."),
        ("[NaN]", "a.json: NaN is not JSON; expected finite numbers, or null."),
        ("[-Infinity]", "a.json: -Infinity is not JSON; expected finite numbers, or null."),
        ("[1e999]", "a.json: a number is too large; expected finite numbers."),
        ("[" + "1" * 401 + "]", "a.json: a number has 401 digits; expected at most 400."),
        ("[0." + "1" * 5000 + "]", "a.json: a number has 5,002 digits; expected at most 400."),
        ("[" * 101 + "]" * 101, "a.json: the JSON is nested too deeply; expected at most 100 levels."),
        ('{"a":' * 99_999, "a.json: the JSON is nested too deeply; expected at most 100 levels."),
        ('["\\ud800"]', "a.json: half of a surrogate pair stands alone; expected Unicode text."),
        ('{"\\udfff": 1}', "a.json: half of a surrogate pair stands alone; expected Unicode text."),
        ('["a\\u0000b"]', "a.json: there is a NUL character; expected text."),
        ('{"\\u0000": 1}', "a.json: there is a NUL character; expected text."),
        (
            '{"a": 1,\n "b": ',
            "a.json, line 2, column 7: the JSON breaks off or is malformed; expected one whole JSON document.",
        ),
        ("", "a.json, line 1, column 1: the JSON breaks off or is malformed; expected one whole JSON document."),
        ("1 2", "a.json, line 1, column 3: the JSON breaks off or is malformed; expected one whole JSON document."),
    ],
)
def test_json_that_is_not_strict_is_refused_with_its_place(text: str, sentence: str) -> None:
    assert refusal(text) == sentence


def test_a_fault_in_one_line_of_many_is_placed_by_line_and_column() -> None:
    assert refusal('{"a":', "line 7").startswith("a.json, line 7, column 6: the JSON breaks off")


def test_a_fault_in_a_document_within_a_file_keeps_both_places() -> None:
    assert refusal('{"a":\n1 x}', "header.json").startswith(
        "a.json, header.json, line 2, column 3: the JSON breaks off"
    )


def test_what_only_looks_like_a_nul_or_half_a_pair_is_read() -> None:
    assert parse_json('["\\\\u0000 \\\\ud800", "\\ud83d\\ude00"]', file="a.json") == ["\\u0000 \\ud800", "😀"]


def test_a_hundred_levels_and_four_hundred_digits_are_read() -> None:
    text = "[" * 100 + "9" * 400 + "]" * 100
    assert json.dumps(parse_json(text, file="a.json")) == text


def test_exact_numbers_keep_every_digit() -> None:
    value = parse_json("[0.1234567890123456789, 1e-3, 7]", file="a.json", exact=True)
    assert value == [Decimal("0.1234567890123456789"), Decimal("0.001"), 7]


def test_an_exact_number_beyond_all_exponents_is_refused() -> None:
    with pytest.raises(InputError, match="exponent that is out of range"):
        parse_json("[1e-99999999999999999999]", file="a.json", exact=True)


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
        lambda inner: (
            st.lists(inner) | st.dictionaries(st.text(st.characters(codec="ascii", exclude_characters="\0")), inner)
        ),
        max_leaves=20,
    )
)
def test_ordinary_json_is_read_as_it_is(value: object) -> None:
    for ascii_only in (True, False):
        assert parse_json(json.dumps(value, ensure_ascii=ascii_only), file="a.json") == value


def test_a_byte_order_mark_is_tolerated_and_line_ends_stay(tmp_path: Path) -> None:
    assert source(tmp_path, b"\xef\xbb\xbfa\r\nb").text == "a\r\nb"


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"abc\xff", "a.json, byte 3: the text is not UTF-8; expected UTF-8 text."),
        ("ab".encode("utf-16"), "a.json, byte 0: the text is not UTF-8; expected UTF-8 text."),
        (b"\xed\xa0\x80", "a.json, byte 0: the text is not UTF-8; expected UTF-8 text."),
        (b"ab\0", "a.json, character 2: there is a NUL character; expected text."),
    ],
)
def test_bytes_that_are_not_text_are_refused_with_their_place(tmp_path: Path, data: bytes, sentence: str) -> None:
    with pytest.raises(InputError) as caught:
        _ = source(tmp_path, data).text
    assert str(caught.value) == sentence


def test_a_document_larger_than_memory_allows_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "large"
    with path.open("wb") as file:
        file.truncate(200 * limits.MEBIBYTE)
    with pytest.raises(InputError) as caught:
        _ = Source.open(path, "a.json").json
    assert str(caught.value) == (
        "a.json: the file has 209,715,200 bytes, too many for a document that is read whole; "
        "expected at most 67,108,864; lists of rows or of spans may be larger."
    )


def test_a_file_beyond_every_cap_is_refused_at_the_door(tmp_path: Path) -> None:
    path = tmp_path / "huge"
    with path.open("wb") as file:
        file.truncate(limits.TABLE_CAP + 1)
    with pytest.raises(InputError, match="4,294,967,297 bytes; expected at most 4,294,967,296"):
        Source.open(path)


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (Path.touch, "x: the file is empty; expected an assessment, results or spans file."),
        (Path.mkdir, "x: this is a folder; expected a file."),
        (lambda path: None, "x: the file cannot be read; expected a file that exists."),
    ],
    ids=["empty", "folder", "missing"],
)
def test_what_is_no_file_with_content_is_refused_at_the_door(tmp_path: Path, make: object, sentence: str) -> None:
    make(tmp_path / "x")  # type: ignore[operator]
    with pytest.raises(InputError) as caught:
        Source.open(tmp_path / "x")
    assert str(caught.value) == sentence


def test_the_name_is_the_persons_and_the_digest_that_of_the_bytes(tmp_path: Path) -> None:
    opened = source(tmp_path, b"abc")
    assert (opened.name, opened.size) == ("a.json", 3)
    assert opened.digest == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
