"""Columns of Arrow as numpy has them: lists end to end, members of objects, distinct values by number."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from readiness.tracing.columnar import Numbers

POOL = pa.system_memory_pool()
"""Which gives back what is freed; the usual one keeps about forty megabytes."""


@dataclass(frozen=True)
class Nested:
    """What the lists of a column hold, one after another, with the row that each stands in."""

    values: Any
    lengths: Numbers

    @classmethod
    def of(cls, lists: Any) -> Nested:
        return cls(lists.flatten(), filled(pc.list_value_length(lists, memory_pool=POOL), 0))

    @cached_property
    def first(self) -> Numbers:
        """Where each row begins."""
        starts: Numbers = np.cumsum(self.lengths) - self.lengths
        return starts

    @cached_property
    def owner(self) -> Numbers:
        return np.repeat(np.arange(len(self.lengths), dtype=np.int32), self.lengths)

    def places(self, rows: Numbers) -> tuple[Numbers, Numbers]:
        """Where what these rows hold stands, and for each of it which of the rows it was."""
        lengths = self.lengths[rows]
        ahead = np.cumsum(lengths) - lengths
        owner = np.repeat(np.arange(len(rows)), lengths)
        return np.arange(len(owner)) - ahead[owner] + self.first[rows][owner], owner


def member(objects: Any, name: str) -> Any:
    """A member of each of these objects, null where the object is."""
    return pc.struct_field(objects, name, memory_pool=POOL) if objects.null_count else objects.field(name)


def is_there(column: Any) -> Numbers:
    """Which rows of a column are not null."""
    if column.null_count in (0, len(column)):
        return np.full(len(column), not column.null_count)
    there: Numbers = pc.is_valid(column, memory_pool=POOL).to_numpy(zero_copy_only=False)
    return there


def numbered(values: Any) -> tuple[list[Any], Numbers]:
    """Distinct values, and for each value its number among them; -1 for null."""
    encoded = pc.dictionary_encode(values, memory_pool=POOL)
    return encoded.dictionary.to_pylist(), filled(encoded.indices, -1)


def filled(values: Any, null: object) -> Any:
    """The values with this one in the place of null, as numpy has them or, where they are texts, as they are."""
    whole = pc.coalesce(values, null, memory_pool=POOL) if values.null_count else values
    return whole if pa.types.is_string(whole.type) else whole.to_numpy(zero_copy_only=False)


def taken(values: Any, places: Numbers) -> Any:
    """The values at these places, or those for which there is True."""
    return pc.take(values, pa.array(np.flatnonzero(places) if places.dtype == bool else places), memory_pool=POOL)
