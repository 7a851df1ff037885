"""What every record is: validated, closed to unknown fields, and refused in one sentence.

Flat records are SQLModel classes so that the tables can inherit from them (a `table=True` class does not validate,
these do); documents that are stored whole (policy, monitoring plan, spans) are nested in the same way.
Dates are calendar dates in the review time zone; instants are integer nanoseconds since the Unix epoch, UTC.
"""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any, Self

from pydantic import ConfigDict, StringConstraints, ValidationError
from sqlmodel import SQLModel

from readiness.errors import from_validation

Line = Annotated[str, StringConstraints(max_length=300)]
Text = Annotated[str, StringConstraints(max_length=20_000)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]

ANY = "*"
"""Of a workflow, a dimension or a value: all of them together."""


class Record(SQLModel):
    model_config = ConfigDict(extra="forbid", defer_build=True)  # type: ignore[assignment]

    @classmethod
    def checked(cls, **fields: Any) -> Self:
        """A record from what a person typed; raises InputError with the field and what was expected."""
        try:
            return cls.model_validate(fields)
        except ValidationError as exc:
            raise from_validation(exc) from exc

    @classmethod
    def trusted(cls, values: dict[str, Any]) -> Self:
        """A record from all of its fields as they were validated before; that takes a tenth of validating them again.

        Those of one kind share the set of fields that were set, which takes as much memory as a figure does.
        """
        record = object.__new__(cls)
        object.__setattr__(record, "__dict__", values)
        object.__setattr__(record, "__pydantic_fields_set__", _fields(cls))
        object.__setattr__(record, "__pydantic_extra__", None)
        object.__setattr__(record, "__pydantic_private__", None)
        return record


@cache
def _fields(kind: type[Record]) -> set[str]:
    return set(kind.model_fields)
