"""The same rows give the same from a file and from every engine."""

from __future__ import annotations

from pathlib import Path

import pytest

from readiness.importers import Options, Source, TableSource, read

from .cases import KINDS, differences, outcomes, write
from .conftest import Load

OPTIONS = {
    "plain": Options(),
    "repeated": Options(mapping={"cluster": "conversation_id", "version:v0": "2026.08", "version:v1": "2026.11"}),
    "faulty": Options(mapping={"direction:relevancy": "higher"}),
    "nameless": Options(version="2026.11"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_rows_give_the_same_batch_from_a_file_and_from_an_engine(
    kind: str, load: Load, tmp_path: Path
) -> None:
    path = write(kind, tmp_path)
    file = read(Source.open(path), OPTIONS[kind])
    table = read(TableSource.of(load(path, kind), kind), OPTIONS[kind])
    assert differences(file, table) == []
    assert file.cells
    assert outcomes(file) == outcomes(table)
    assert file.evidence is not None
    assert table.evidence is not None
    assert (file.versions, file.fields, file.mapping, file.shape) == (
        table.versions,
        table.fields,
        table.mapping,
        table.shape,
    )
    for name in ("kept", "skipped", "measured_on", "origins", "options", "format", "kind"):
        assert getattr(file.evidence, name) == getattr(table.evidence, name), name
