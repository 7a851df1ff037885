"""The frameworks that questionnaires come from: ids and wording of ours in `data/questionnaires/`, one file each."""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from readiness import paths
from readiness.errors import InputError
from readiness.language import tr

LONGEST_WORDING = 120
Wording = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_WORDING)]


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FrameworkItem(_Data):
    """One question. `also` are further spellings of its id; `answered_by` are facts of `facts.FACTS`.

    `covers_only` says where the facts answer a part of what is asked, so that nobody takes them for all of it.
    """

    id: str = Field(min_length=1)
    group: str = Field(min_length=1)
    asks: Wording
    answered_by: tuple[str, ...] = Field(min_length=1)
    also: tuple[str, ...] = ()
    covers_only: str = ""


class Framework(_Data):
    """`source` says where the ids are from, and `left_out` what of the framework has no item here.

    `named_by` is how files say that they are of it; `ids_say_so` where nobody else has ids like these.
    """

    id: str
    place: int
    name: str
    source: str
    left_out: str
    named_by: tuple[str, ...] = ()
    ids_say_so: bool = False
    items: tuple[FrameworkItem, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _told_apart(self) -> Self:
        keys = [key for item in self.items for key in id_keys(item)]
        twice = sorted({key for key in keys if keys.count(key) > 1})
        if twice:
            raise ValueError(tr("the id {id!r} stands twice in {framework}", id=twice[0], framework=self.id))
        return self


def id_key(text: str) -> str:
    """What spellings of an id share: `GOVERN 1.1` and `govern  1.1` are one."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def id_keys(item: FrameworkItem) -> Iterator[str]:
    yield from dict.fromkeys(map(id_key, (item.id, *item.also)))


@cache
def every() -> dict[str, Framework]:
    """All frameworks by id, in the order in which they are offered; read once per process."""
    found = (Framework.model_validate(tomllib.loads(path.read_text("utf-8"))) for path in _files())
    return {framework.id: framework for framework in sorted(found, key=lambda framework: framework.place)}


def get(framework: str) -> Framework:
    """Raises InputError with the frameworks there are."""
    if framework not in every():
        raise InputError(
            tr("the framework {framework!r} is not known", framework=framework[:40]),
            place="framework",
            expected=tr("one of {known}", known=", ".join(every())),
        )
    return every()[framework]


def unknown_item(framework: str, item: str) -> InputError:
    return InputError(
        tr("{framework} has no question {question!r}", framework=framework, question=item[:40]),
        place="question",
        expected=tr("one of its ids"),
    )


def _files() -> Iterator[Path]:
    yield from sorted(paths.QUESTIONNAIRES.glob("*.toml"))
