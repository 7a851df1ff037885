"""One form for the same facts."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readiness.seal import canonical
from tests.soak import scaled

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner),
    max_leaves=20,
)


def test_keys_stand_in_the_order_that_the_rfc_gives() -> None:
    keys = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\u0080", "\u00f6"]  # RFC 8785, section 3.2.3
    ordered = ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]
    assert list(json.loads(canonical.dumps(dict.fromkeys(keys, 1)))) == ordered


def test_texts_are_written_as_the_rfc_writes_them() -> None:
    written = canonical.dumps({"string": '\u20ac$\u000f\u000aA\'B"\\\\"/'})
    assert written == b'{"string":"\xe2\x82\xac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'


def test_decimals_and_days_are_texts_digit_for_digit() -> None:
    facts = {"share": Decimal("0.10"), "tiny": Decimal("1E-7"), "on": dt.date(2026, 11, 23), "row": (1, True, None)}
    assert canonical.dumps(facts) == b'{"on":"2026-11-23","row":[1,true,null],"share":"0.10","tiny":"0.0000001"}'


@pytest.mark.parametrize("value", [0.1, float("nan"), Decimal("NaN"), 2**53, "\ud800", {1: "a"}, b"a", object()])
def test_what_has_no_exact_form_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"."):
        canonical.dumps({"value": value})


@settings(max_examples=scaled(60))
@given(PLAIN)
def test_what_is_read_back_is_what_was_written_and_is_written_alike(value: object) -> None:
    written = canonical.dumps(value)
    assert json.loads(written) == value
    assert canonical.dumps(json.loads(written)) == written
