"""What the tests of result importers share: a file from text or bytes, what is read from it, and one figure of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from readiness.errors import InputError
from readiness.importers import Batch, Options, Source, read
from readiness.model.cells import Cell

NAME = "upload.bin"


def read_file(folder: Path, data: str | bytes, options: Options | None = None, *, stored_as: str = "upload") -> Batch:
    path = folder / stored_as
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return read(Source.open(path, NAME), options or Options())


def refusal(folder: Path, data: str | bytes, options: Options | None = None) -> str:
    with pytest.raises(InputError) as caught:
        read_file(folder, data, options)
    return str(caught.value)


def skips(batch: Batch) -> list[tuple[str, str]]:
    return [(skip.place, skip.reason) for skip in batch.skipped]


def cells(batch: Batch) -> dict[tuple[str, str, str, str], Cell]:
    """Version, workflow, cohort, metric -> the figure; no two figures may speak of the same."""
    found = {(cell.version, cell.workflow, cell.cohort, cell.metric): cell for cell in batch.cells}
    assert len(found) == len(batch.cells)
    return found
