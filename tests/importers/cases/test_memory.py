from __future__ import annotations

from pathlib import Path

import pytest

from readiness.importers.cases.cells import MEMORY_VARIABLE
from tests.importers.reading import read_file, refusal

ROWS = "version,metric,value,case_id\n" + "".join(f"v1,score,{at / 7},c{at}\n" for at in range(200_000))


def test_a_table_that_takes_more_than_it_may_is_refused_and_read_where_it_may_take_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(MEMORY_VARIABLE, "1 MB")
    assert refusal(tmp_path, ROWS) == (
        "upload.bin: reading the table takes more memory than it may; expected shorter texts, fewer cases and cohorts "
        "in one file, or a larger READINESS_IMPORT_MEMORY."
    )
    monkeypatch.setenv(MEMORY_VARIABLE, "1GB")
    assert [cell.n for cell in read_file(tmp_path, ROWS).cells] == [200_000]


@pytest.mark.parametrize("named", ["", "much", "-1GB", "0MB", "80%", "1 TB", "512MB; SET memory_limit = '1TB'"])
def test_what_is_no_amount_of_memory_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: str) -> None:
    monkeypatch.setenv(MEMORY_VARIABLE, named)
    assert refusal(tmp_path, ROWS) == (
        f"upload.bin, READINESS_IMPORT_MEMORY: {named!r} is no amount of memory; "
        "expected a whole number of MB or GB, such as 512MB."
    )
