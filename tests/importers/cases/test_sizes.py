"""A file that would become too many scorecard cells is refused before they are worked out, with what makes so many."""

from __future__ import annotations

from pathlib import Path

import pytest

from readiness.errors import InputError
from readiness.importers import Options, Source, read
from readiness.importers.cases import pairs, sizes

HEADER = "version,workflow,cohort,metric,value,n,case_id"


def refusal(tmp_path: Path, rows: list[str], options: Options = Options(), header: str = HEADER) -> str:  # noqa: B008
    path = tmp_path / "results.csv"
    path.write_text("\n".join([header, *rows]) + "\n", "utf-8")
    with pytest.raises(InputError) as caught:
        read(Source.open(path), options)
    return str(caught.value)


def test_a_cohort_for_each_user_is_refused_with_the_name_of_the_dimension(tmp_path: Path) -> None:
    rows = [f"v1,w{at % 5},language=de; user=u{at},task_success,1,1,c{at}" for at in range(60_000)]
    sentence = refusal(tmp_path, rows)
    assert sentence.startswith("results.csv: the file would become ")
    assert " scorecard cells, since the cohort 'user' alone has about " in sentence
    assert sentence.endswith("; expected at most 100,000: fold 'user' into few, or leave it out.")


def test_a_column_that_is_named_as_the_cohort_is_named_in_the_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sizes, "MOST_CELLS", 20)
    rows = [f"{at},0.5,de" for at in range(30)]
    options = Options(version="v1", mapping={"metric": "score", "cohort": "ticket,language"})
    assert "cells, since the cohort 'ticket' alone has about " in refusal(
        tmp_path, rows, options, header="ticket,score,language"
    )


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("v1,w{at},*,m,1,1,c", "since the workflow alone has about "),
        ("v1,*,*,m{at},1,1,c", "since the metric alone has about "),
        ("v1,*,d{at}=x,m,1,1,c", "since the cohorts have 30 dimensions; "),
        ("v1,*,d=x{at},m,1,9,", "the file would become 30 scorecard cells, of which 30 are stated in it; "),
    ],
)
def test_what_else_makes_many_cells_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, row: str, said: str
) -> None:
    monkeypatch.setattr(sizes, "MOST_CELLS", 20)
    assert said in refusal(tmp_path, [row.format(at=at) for at in range(30)])


def test_as_many_cells_as_there_may_be_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "results.csv"
    path.write_text(HEADER + "\n" + "".join(f"v1,*,d=x{at},m,1,1,c{at}\n" for at in range(19)), "utf-8")
    monkeypatch.setattr(sizes, "MOST_CELLS", 20)
    assert len(read(Source.open(path)).cells) == 20


def test_a_version_in_each_row_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, [f"v{at},*,*,m,1,1,c" for at in range(200)]) == (
        "results.csv: the file has results of 200 versions; expected at most 100; a column with an id in each row is "
        "seldom a version."
    )


def test_two_versions_are_compared_in_as_many_cells_as_may_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "results.csv"
    rows = [f"v{version},*,d=x{at},m,1,1,c{at}\n" for version in range(3) for at in range(9)]
    path.write_text(HEADER + "\n" + "".join(rows), "utf-8")
    batch = read(Source.open(path))
    assert len(pairs.within(batch.outcomes, "a")) == 30
    monkeypatch.setattr(pairs, "MOST_PAIRS", 29)
    with pytest.raises(InputError, match="compared in too many cells and cases; expected at most 29 and 20,000,000: "):
        pairs.within(batch.outcomes, "a")
