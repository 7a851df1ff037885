"""A pack on paper. The template is fixed and what is imported comes to it as data: no text of anybody is ever its code.

Typst reads `templates/pack/print` and the fonts that are shipped, and nothing else: no package, no font of the system,
nothing from a network. The day in the file is that of the snapshot, so the same snapshot gives the same bytes.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
import re
from typing import Any, Literal, get_args

from readiness import extras, formatting, paths
from readiness.errors import InputError
from readiness.language import tr
from readiness.review.colours import COLOURS

from . import blocks, charts, fonts, one_page, render
from .snapshot import PackSection, Snapshot, in_its_language

Paper = Literal["a4", "us-letter"]
PAPERS: tuple[Paper, ...] = get_args(Paper)
ONE_PAGE = ("leadership",)
"""Audiences whose pack is set so that it fits on one page."""
_DRAWN = ("decision", "differences")
"""Sections whose first table says what their picture shows."""
_BESIDE = ("packet", "approval")
"""Short sections that share the last lines of one page."""
STANDARDS: tuple[Literal["a-2a", "ua-1"], ...] = ("a-2a", "ua-1")
"""For archives and for whoever has it read aloud: typst refuses what breaks a rule that a program can check."""
_LONG_WORD = re.compile(r"[^\s\u200b]{17,}")
_SEAMS = re.compile(r"(?<=\w)([@._/=:-])(?=\w)|(.{24})(?=.{8})")
"""Where a line may end in a long word: at a sign within it, or else after so many letters."""
_ISOLATES = re.compile("[\u200b-\u200f\u2060-\u206f\ufe00-\ufe0f]")
_JOINED = re.compile("[\u0300-\u036f\u0900-\u0dff\u0f00-\u109f\u1780-\u17ff]")
"""Letters of scripts that join several into one shape, as Devanagari does: only text that is laid out can do that."""
_PRINT = paths.TEMPLATES / "pack" / "print"


@in_its_language
def pdf(snapshot: Snapshot, paper: str = "a4") -> bytes:
    """The pack as a tagged PDF. Raises InputError for a paper that is not known."""
    if paper not in PAPERS:
        raise InputError(
            tr("the paper {paper!r} is not known", paper=paper),
            place="paper",
            expected=tr("one of {known}", known=", ".join(PAPERS)),
        )
    return compiled("pack.typ", document(snapshot, paper))


def compiled(template: str, data: dict[str, Any]) -> bytes:
    """A template of ours with its data, as bytes."""
    with extras.asked():
        import typst

    return typst.compile(
        str(_PRINT / template),
        root=str(_PRINT),
        font_paths=[str(paths.FONTS)],
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(_drawable(data), ensure_ascii=False)},
        pdf_standards=[*STANDARDS],
        package_path=str(_PRINT),
        package_cache_path=str(_PRINT),
        format="pdf",
    )


@in_its_language
def document(snapshot: Snapshot, paper: str) -> dict[str, Any]:
    """All that the template shows, as JSON holds it."""
    whole = snapshot.audience not in ONE_PAGE
    return {
        "paper": paper,
        "families": fonts.families(),
        "made": list(dt.datetime.fromisoformat(snapshot.origin["made"]).timetuple()[:5]),
        "colour": COLOURS[snapshot.level],
        "head": dict(snapshot.head) | {"sentence": formatting.capital(str(snapshot.head["sentence"]))},
        "foot": dict(snapshot.foot),
        "stamp": render.stamped(snapshot),
        "opening": snapshot.brand["opening"],
        "closing": snapshot.brand["closing"],
        "accent": snapshot.brand["accent"],
        "organisation": snapshot.brand["organisation"],
        "logo": [*base64.b64decode(snapshot.brand["logo"])],
        "draft": str(snapshot.stamp["draft"]),
        "incomplete": str(snapshot.stamp["incomplete"]),
        "classification": str(snapshot.stamp["classification"]),
        "sections": _sections(snapshot),
        "shorter": [] if whole else [_sections(less) for less in one_page.shorter(snapshot)],
        "shortened": tr(one_page.SAID),
        "language": snapshot.language,
        "words": _words(snapshot),
    }


def _words(snapshot: Snapshot) -> dict[str, str]:
    """What the template says itself."""
    head, foot, stamp = snapshot.head, snapshot.foot, snapshot.stamp
    return {
        "title": tr("{audience} pack", audience=head["audience"]),
        "keyword": tr("evidence pack"),
        "masthead": tr("{audience} evidence pack, as of {as_of}", audience=head["audience"], as_of=head["as_of"]),
        "logo": tr("{organisation} logo", organisation=snapshot.brand["organisation"]),
        "missing": tr("Missing: {parts}.", parts=stamp["incomplete"]),
        "version": tr("Version"),
        "against": tr("Compared with"),
        "assessed": tr("Assessed"),
        "target": tr("Planned rollout"),
        "scope": tr("Scope: {scope}", scope=head["scope"]),
        "made": tr("Made {made}, as of {as_of}.", made=foot["made"], as_of=foot["as_of"]),
        "checklist": tr("Checklist: {checklist}.", checklist=foot["checklist"]),
        "chain": tr("Audit chain head:"),
        "of": tr("of"),
    }


def _sections(snapshot: Snapshot) -> list[dict[str, Any]]:
    return [
        {
            "id": section.id,
            "title": section.title,
            "beside": section.id in _BESIDE and snapshot.audience in ONE_PAGE,
            "picture": _picture(section),
            "blocks": _told(snapshot, section, blocks.blocks(own)),
        }
        for section, own in blocks.by_section(snapshot, render.tokens(snapshot))
    ]


def _told(snapshot: Snapshot, section: PackSection, told: list[blocks.Block]) -> list[blocks.Block]:
    """On one page, without the first table where the picture above it says the same."""
    drawn = section.id in _DRAWN and snapshot.audience in ONE_PAGE and _picture(section)
    first = next((block for block in told if block["is"] == "table"), None)
    return [block for block in told if not (drawn and block is first)]


def _picture(section: PackSection) -> dict[str, Any] | None:
    """The picture of a section, unless it holds letters that a picture is not drawn with: its table says the same."""
    picture = charts.of(section)
    if picture is None or _JOINED.search(picture.svg):
        return None
    svg = _ISOLATES.sub("", fonts.drawable(str(picture.svg)))
    return {"svg": svg, "words": picture.words, "narrow": picture.narrow}


def _drawable(value: Any) -> Any:
    """Every text as the fonts can draw it, with places where a long word may be broken."""
    if isinstance(value, str):
        return _breakable(fonts.drawable(formatting.isolated(formatting.visible(value))))
    if isinstance(value, dict):
        return {key: own if key == "svg" else _drawable(own) for key, own in value.items()}
    return [_drawable(own) for own in value] if isinstance(value, list) else value


def _breakable(text: str) -> str:
    """With a character without width at the seams of long words."""
    return _LONG_WORD.sub(lambda word: _SEAMS.sub("\\g<0>\u200b", word[0]), text)
