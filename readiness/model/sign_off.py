"""What an approver decided on what they saw."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import StringConstraints, model_validator

from readiness.language import tr

from .record import Line, Record, Text

SignOffDecision = Literal["approve", "reject", "changes"]


class SignOff(Record):
    """What an approver decided, bound to what they saw: a digest for each part of it, and one over all."""

    role: Line
    decision: SignOffDecision
    comment: Text = ""
    parts: dict[str, str]
    digest: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]

    @model_validator(mode="after")
    def _explained(self) -> SignOff:
        if self.decision != "approve" and not self.comment.strip():
            raise ValueError(tr("the decision has no comment; expected one that says what has to change"))
        return self
