from __future__ import annotations

import csv
import io
import random

import pytest

from readiness.exports.csv_table import cell, write

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
    for rows in (write([payload], []), write(["a"], [[payload]]).removeprefix("a\r\n")):
        ((shown,),) = csv.reader(io.StringIO(rows, newline=""))
        assert shown == f"'{payload}".replace("\0", "")


def test_of_ten_thousand_texts_none_is_a_formula() -> None:
    dice = random.Random(20261120)  # noqa: S311 - the same texts every time
    pieces = [*STARTS, *PAYLOADS, "\0", " ", "\u00a0", "'", '"', ",", ";", "\r\n", "1", "SUM(A1)", "müll", "日本"]
    texts = ["".join(dice.choices(pieces, k=dice.randint(1, 4))) for _ in range(10_000)]
    read = list(csv.reader(io.StringIO(write(["n", "text"], enumerate(texts)), newline="")))
    assert len(read) == 10_001
    assert [row for row in read if len(row) != 2] == []
    assert [text for _, text in read if text.startswith(STARTS) or text.lstrip().startswith(STARTS[:4])] == []
    plain = [text.replace("\0", "") for text in texts]
    assert [text for (_, text), own in zip(read[1:], plain, strict=True) if text not in (own, f"'{own}")] == []


def test_a_table_follows_rfc_4180() -> None:
    assert write(["a", "b"], [[1, 'say "hi", twice\nplease'], [None, "x"]]) == (
        'a,b\r\n1,"say ""hi"", twice\nplease"\r\n,x\r\n'
    )
    assert write(["a"], []) == "a\r\n"
