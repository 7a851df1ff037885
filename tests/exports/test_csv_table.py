from __future__ import annotations

import csv
import io
import random
import unicodedata

import pytest

from readiness.exports.csv_table import cell, write
from readiness.formatting import plain

STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
PAYLOADS = (
    "=1+1",
    "=cmd|' /c calc'!A1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "\0=1",
    " =1",
    "\u00a0=1",
    "\0\0+1",
)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, ""),
        (0, "0"),
        (-3, "-3"),
        (-0.5, "-0.5"),
        (True, "True"),
        ("", ""),
        ("plain", "plain"),
        ("a=b", "a=b"),
        ("'quoted'", "'quoted'"),
        ("p95 < 3,000 ms", "p95 < 3,000 ms"),
        ("-3", "'-3"),
        ("a\0b", "ab"),
    ],
)
def test_a_value_is_shown_as_it_is_unless_it_would_be_run(value: object, shown: str) -> None:
    assert cell(value) == shown


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_text_that_would_run_begins_with_an_apostrophe_in_rows_and_in_the_header(payload: str) -> None:
    for rows in (write([payload], []), write(["a"], [[payload]]).removeprefix('"a"\r\n')):
        ((shown,),) = csv.reader(io.StringIO(rows, newline=""))
        assert shown.lstrip().startswith("'")
        assert shown.replace("'", "").strip() == plain(payload).replace("'", "")


def texts() -> list[str]:
    dice = random.Random(20261120)  # noqa: S311 - the same texts every time
    pieces = [
        *STARTS,
        *PAYLOADS,
        "\0",
        " ",
        "\u00a0",
        "'",
        '"',
        '""',
        ",",
        ";",
        "|",
        "\r\n",
        "1",
        "SUM(A1)",
        "müll",
        "日本",
    ]
    pieces += ["＝", "－", "\u202e", "\x1b[31m", "\x9b", "\ufffe", "\ud800", "\u2028"]
    return ["".join(dice.choices(pieces, k=dice.randint(1, 6))) for _ in range(10_000)]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_of_ten_thousand_texts_none_is_a_formula_whatever_tells_cells_apart(delimiter: str) -> None:
    table = write(["n", "text", "more"], [(n, text, text) for n, text in enumerate(texts())])
    read = list(csv.reader(io.StringIO(table, newline=""), delimiter=delimiter))
    assert len(read) == 10_001 or delimiter in ";|"
    cells = [part.replace('"', "").lstrip() for row in read for part in row]
    assert [part for part in cells if part.startswith(STARTS) or part.startswith(("＝", "＋", "－", "＠"))] == []


def test_of_ten_thousand_texts_each_is_one_cell_with_its_words() -> None:
    stated = texts()
    read = list(csv.reader(io.StringIO(write(["n", "text"], enumerate(stated)), newline="")))
    assert [row for row in read if len(row) != 2] == []
    shown = ["".join(text.replace("'", "").split()) for _, text in read[1:]]
    assert shown == ["".join(plain(text).replace("'", "").split()) for text in stated]
    assert {
        char for row in read for text in row for char in text if unicodedata.category(char) in ("Cc", "Cf", "Cs")
    } == set()


def test_a_table_follows_rfc_4180() -> None:
    assert write(["a", "b"], [[1, 'say "hi", twice\nplease'], [None, "x"]]) == (
        '"a","b"\r\n"1","say ""hi"", twice please"\r\n"","x"\r\n'
    )
    assert write(["a"], []) == '"a"\r\n'
