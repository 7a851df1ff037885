"""Files that nobody should hand in are refused in one sentence, or stored exactly, in less than a gibibyte."""

from __future__ import annotations

from pathlib import Path

from tests.reliability import hostile_files
from tests.reliability.crafted import CRAFTED
from tests.reliability.importing import Bench
from tests.samples import DATA
from tests.soak import SOAKED, sampled, scaled

DRAWN = 25
LONG = {
    *("zip_all_together", "parquet_long_names", "parquet_large_page", "spans_many", "spans_of_many_traces"),
    *("csv_scores", "spans_in_a_chain", "spans_in_reach", "spans_long_line", "lines_of_two"),
    *("csv_rows", "csv_rows_of_texts", "csv_wide"),
}
"""Those that take the most seconds; a soak tries them too, as does the command of `hostile_files`."""


def test_no_file_is_stored_by_half_or_answered_with_a_traceback() -> None:
    names = [*sampled((name for name in CRAFTED if SOAKED or name not in LONG), 4), *range(scaled(DRAWN))]
    every = list(hostile_files.tried(names))
    assert len(every) == len(names)
    assert [(one.name, one.came, one.wrong) for one in every if one.wrong] == []
    assert {one.came for one in every} == {"refused", "stored"}


def test_what_would_be_stored_by_half_is_noticed(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    sample = DATA / "native" / "results.csv"
    assert bench.imported(sample) == ("stored", "")
    bench.before = [number + 1 for number in bench.before]
    assert bench.imported(sample) == ("stored", "something stays when it is taken back")
    assert bench.imported(DATA / "not_read" / "oscal.json")[1].startswith("refused, and something is stored: ")
    bench.close()
