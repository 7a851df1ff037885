from __future__ import annotations

import json

import pandas as pd
import pytest
import vl_convert

from readiness import language
from readiness.web.charts import base
from tests.language import pseudo

PICTURE = {
    "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
    "data": {"name": "rows"},
    "mark": "point",
    "encoding": {
        "x": {"field": "day", "type": "temporal", "axis": {"format": "%-d %b", "values": ["2026-12-01"]}},
        "y": {"field": "n", "type": "quantitative", "axis": {"format": ",.1f", "values": [1234.5]}},
    },
}


def drawn(spoken: str) -> str:
    with language.use(spoken):
        spec = base.filled(PICTURE, pd.DataFrame({"day": ["2026-12-01T12:00"], "n": [1234.5]}))
    rows = spec["datasets"]["rows"].to_dict("records")
    return str(vl_convert.vegalite_to_svg(json.dumps({**spec, "datasets": {"rows": rows}})))


@pytest.mark.parametrize(("spoken", "words"), [("en", ["1,234.5", "1 Dec"]), ("de", ["1.234,5", "1 Dez."])])
def test_a_picture_writes_numbers_and_days_as_its_language_does(spoken: str, words: list[str]) -> None:
    picture = drawn(spoken)
    assert all(word in picture for word in words)


def test_a_picture_in_english_is_left_as_it_is() -> None:
    assert base.filled(PICTURE, pd.DataFrame()).keys() == PICTURE.keys() | {"datasets"}


def test_a_language_that_nobody_knows_draws_as_english_does() -> None:
    with pseudo.known() as name:
        assert "1,234.5" in drawn(name)
