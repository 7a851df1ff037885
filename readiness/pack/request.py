"""What somebody asks for when they ask for a pack: for whom, what for, and how it may be handled."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from readiness import clock, formatting, language
from readiness.errors import InputError, from_validation
from readiness.language import marked, tr

from . import profiles
from .sections.base import Plain

Classification = Literal["Public", "Internal", "Confidential", "Strictly confidential"]
CLASSIFICATIONS: tuple[Classification, ...] = (
    marked("Public"),
    marked("Internal"),
    marked("Confidential"),
    marked("Strictly confidential"),
)
DRAFT = marked("Draft – incomplete")
NOT_STATED = marked("not stated")
Words = Annotated[str, StringConstraints(max_length=200, strip_whitespace=True)]


class Request(BaseModel):
    """One pack. Without `valid_until` it counts as long as its audience's packs do.

    `customer` is the value of a cohort, such as a tenant, and asked for by audiences of one customer alone. A `draft`
    may leave something out that the audience is to get, and says so on every page. Without a `language` it speaks
    that of whoever asks.
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
    language: Annotated[str, StringConstraints(max_length=20)] = ""

    @property
    def spoken(self) -> str:
        return self.language or language.current()

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
                tr("a {audience} pack is for one customer", audience=language.within(tr(profile.name))),
                place="customer",
                expected=tr("the customer's name"),
            )
        if self.customer and not profile.one_customer:
            raise InputError(
                tr("a {audience} pack is for no customer alone", audience=language.within(tr(profile.name))),
                place="customer",
                expected=tr("nothing here"),
            )
        if self.language and self.language not in language.available():
            known = ", ".join(language.available())
            raise InputError(
                tr("the language {named!r} is not known", named=self.language),
                place="language",
                expected=tr("one of {known}", known=known),
            )
        if self.valid_until and not clock.is_plausible(self.valid_until):
            raise InputError(
                tr("{day} is not plausible", day=self.valid_until), place="valid until", expected=clock.PLAUSIBLE
            )

    def until(self, as_of: dt.date) -> dt.date:
        return self.valid_until or as_of + dt.timedelta(days=profiles.get(self.audience).valid_days)

    def stamp(self, as_of: dt.date, incomplete: str) -> dict[str, Plain]:
        """What stands on every page. `incomplete` names what a draft lacks; of anything else it is empty."""
        return {
            "recipient": self.recipient or tr(NOT_STATED),
            "purpose": self.purpose or tr(NOT_STATED),
            "classification": tr(self.classification),
            "valid": formatting.day(self.until(as_of)),
            "contact": self.contact or tr(NOT_STATED),
            "draft": tr(DRAFT) if self.draft else "",
            "incomplete": incomplete,
        }
