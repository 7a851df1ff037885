"""What somebody asks for when they ask for a pack: for whom, what for, and how it may be handled."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from readiness import clock, formatting
from readiness.errors import InputError, from_validation

from . import profiles
from .sections.base import Plain

Classification = Literal["Public", "Internal", "Confidential", "Strictly confidential"]
CLASSIFICATIONS: tuple[Classification, ...] = get_args(Classification)
DRAFT = "Draft – incomplete"
NOT_STATED = "not stated"
Words = Annotated[str, StringConstraints(max_length=200, strip_whitespace=True)]


class Request(BaseModel):
    """One pack. Without `valid_until` it counts as long as its audience's packs do.

    `customer` is the value of a cohort, such as a tenant, and asked for by audiences of one customer alone. A `draft`
    may leave something out that the audience is to get, and says so on every page.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    audience: str
    recipient: Words = ""
    purpose: Words = ""
    classification: Classification = "Confidential"
    contact: Words = ""
    valid_until: dt.date | None = None
    customer: Words = ""
    draft: bool = False

    @classmethod
    def checked(cls, **asked: Any) -> Self:
        """From what a person or a program asked for; raises InputError with the field and what was expected."""
        try:
            made = cls.model_validate({name: value for name, value in asked.items() if value not in (None, "")})
        except ValidationError as exc:
            raise from_validation(exc) from exc
        made.check()
        return made

    def check(self) -> None:
        """Raises InputError where the audience is not known, or its customer is missing or one too many."""
        profile = profiles.get(self.audience)
        if profile.one_customer and not self.customer:
            raise InputError(
                f"a {profile.name.lower()} pack is for one customer", place="customer", expected="the customer's name"
            )
        if self.customer and not profile.one_customer:
            raise InputError(
                f"a {profile.name.lower()} pack is for no customer alone", place="customer", expected="nothing here"
            )
        if self.valid_until and not clock.is_plausible(self.valid_until):
            raise InputError(f"{self.valid_until} is not plausible", place="valid until", expected=clock.PLAUSIBLE)

    def until(self, as_of: dt.date) -> dt.date:
        return self.valid_until or as_of + dt.timedelta(days=profiles.get(self.audience).valid_days)

    def stamp(self, as_of: dt.date, incomplete: str) -> dict[str, Plain]:
        """What stands on every page. `incomplete` names what a draft lacks; of anything else it is empty."""
        return {
            "recipient": self.recipient or NOT_STATED,
            "purpose": self.purpose or NOT_STATED,
            "classification": self.classification,
            "valid": formatting.day(self.until(as_of)),
            "contact": self.contact or NOT_STATED,
            "draft": DRAFT if self.draft else "",
            "incomplete": incomplete,
        }
