"""Signs that stand in a text are all found in one pass, and none that does not."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from readiness.redaction.signs import SHORTEST_RUN, Signs, Text, folded

WORDS = ["key", "token", "密码", "κωδικός", "@", "pw", "contraseña", "identified by", "sig"]
EXACT = ["AKIA", "-----BEGIN ", "SK", "ghp_", "＋", "."]
PIECES = [*WORDS, *EXACT, *(word.upper() for word in WORDS), "İ", "ſ", "\u212aEY", "e", "k", "to", "\ud800", "\n", " "]


@given(st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=4)), max_size=9).map("".join))
def test_a_sign_stands_where_a_plain_search_finds_it(text: str) -> None:
    stood = Signs(EXACT, WORDS).read(text).stood
    assert stood == {sign for sign in EXACT if sign in text} | {sign for sign in WORDS if folded(sign) in folded(text)}


def test_places_are_those_of_the_text_as_it_was_given() -> None:
    text = Signs((), WORDS).read("İ TOKEN, key and Token")
    assert [(at, sign) for at, sign in text.places(WORDS)] == [(2, "token"), (9, "key"), (17, "token")]


@given(st.text(alphabet="aZ9_. \n,é", max_size=60), st.integers(SHORTEST_RUN, 30))
def test_long_runs_are_the_longest_stretches_of_characters_of_tokens(raw: str, length: int) -> None:
    expected, at = [], 0
    for stretch in raw.translate(dict.fromkeys(map(ord, " \n,é"), " ")).split(" "):
        if len(stretch) >= length:
            expected.append((at, at + len(stretch)))
        at += len(stretch) + 1
    assert Text(raw, raw, frozenset()).long_runs(length) == expected
