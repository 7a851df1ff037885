"""How an organisation's packs look: its name, logo and colour, the order of sections, and its fixed wording.

A folder that `READINESS_BRAND` names holds `brand.toml` and the logo. It is data and nothing else: wording is escaped
like every text, a logo is decoded and written anew, and an order moves sections that an audience gets, adding or
dropping none.
"""

from __future__ import annotations

import base64
import io
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from readiness import extras, strict_toml
from readiness.errors import InputError, from_validation
from readiness.language import tr

from . import profiles

VARIABLE = "READINESS_BRAND"
FILE = "brand.toml"
LARGEST_FILE, LARGEST_LOGO = 64 << 10, 512 << 10
WIDEST = 2_000
"""Pixels of a logo either way."""
FAINTEST = 4.5
"""Contrast with white paper below which words cannot be read: WCAG 2.2, 1.4.3."""
Words = Annotated[str, StringConstraints(max_length=1_000, strip_whitespace=True)]


class Brand(BaseModel):
    """What is stated of it; empty where nothing is. `logo` is a PNG in base64."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    organisation: Annotated[str, StringConstraints(max_length=100, strip_whitespace=True)] = ""
    accent: str = ""
    logo: str = ""
    opening: Words = ""
    closing: Words = ""
    order: dict[str, list[str]] = Field(default_factory=dict, exclude=True)

    def ordered(self, audience: str, sections: Iterable[str]) -> list[str]:
        """The sections of an audience: those that are named first, the others as they stood."""
        first = self.order.get(audience, [])
        return sorted(sections, key=lambda section: first.index(section) if section in first else len(first))


def configured(environment: Mapping[str, str] = os.environ) -> Brand:
    """The brand that the environment names. Raises InputError with the file and place of what does not fit."""
    named = environment.get(VARIABLE, "").strip()
    return load(Path(named)) if named else Brand()


def load(folder: Path) -> Brand:
    """The brand that a folder holds. Raises InputError."""
    path = folder / FILE
    text = _read(path, LARGEST_FILE).decode("utf-8", "replace")
    try:
        told: dict[str, Any] = strict_toml.loads(text, depth=3)
        if logo := told.get("logo"):
            told["logo"] = _logo(folder, logo)
        brand = Brand.model_validate(told)
        _check(brand)
    except ValidationError as exc:
        raise from_validation(exc, file=str(path)) from exc
    except InputError as exc:
        raise exc.within(file=str(path)) from exc
    return brand


def _check(brand: Brand) -> None:
    if brand.accent and not re.fullmatch("#[0-9a-fA-F]{6}", brand.accent):
        raise InputError(
            tr("{accent!r} is no colour", accent=brand.accent[:20]), place="accent", expected=tr("one such as #0b5c8a")
        )
    if brand.accent and (contrast := _contrast(brand.accent)) < FAINTEST:
        raise InputError(
            tr("{accent} has a contrast of {contrast:.1f} with white", accent=brand.accent, contrast=contrast),
            place="accent",
            expected=tr("at least {contrast}", contrast=FAINTEST),
        )
    for audience, sections in brand.order.items():
        known = profiles.get(audience).sections
        for section in sections:
            if section not in known:
                raise InputError(
                    tr(
                        "the section {section!r} is not one of the {audience} pack",
                        section=section[:40],
                        audience=audience,
                    ),
                    place=f"order.{audience}",
                    expected=tr("some of {known}", known=", ".join(known)),
                )


def _contrast(colour: str) -> float:
    """The contrast ratio with white, by the relative luminance of WCAG 2.2."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def _logo(folder: Path, name: object) -> str:
    """A picture beside the file, without what is told in it of its making."""
    expected = tr("a PNG beside {file}, of at most {widest} pixels either way", file=FILE, widest=WIDEST)
    if not isinstance(name, str) or Path(name).name != name:
        raise InputError(tr("{name!r} is no file beside it", name=str(name)[:40]), place="logo", expected=expected)
    data = _read(folder / name, LARGEST_LOGO)
    with extras.asked():
        from PIL import Image
    try:
        with Image.open(io.BytesIO(data), formats=["PNG"]) as picture:
            if max(picture.size) > WIDEST:
                raise InputError(
                    tr("the logo has {width} × {height} pixels", width=picture.width, height=picture.height),
                    place="logo",
                    expected=expected,
                )
            body = io.BytesIO()
            picture.convert("RGBA").save(body, "PNG")
    except (OSError, SyntaxError, ValueError) as exc:
        raise InputError(
            tr("{name!r} is not a picture that can be read", name=name), place="logo", expected=expected
        ) from exc
    return base64.b64encode(body.getvalue()).decode("ascii")


def _read(path: Path, largest: int) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(largest + 1)
    except OSError as exc:
        raise InputError(tr("the file cannot be read ({why})", why=exc.strerror), file=str(path)) from exc
    if len(data) > largest:
        raise InputError(
            tr("the file is too large"), file=str(path), expected=tr("at most {most} KiB", most=largest >> 10)
        )
    return data
