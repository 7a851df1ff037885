"""Slides for a board: one that counts the verdicts, and one for each system, from what leaders may be told of it.

Slides are drawn from snapshots alone. Texts are measured in a font that is wider than the one they are shown in, set
smaller where they do not fit and cut at last; the notes hold them whole. The same snapshots give the same bytes.
"""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections import Counter
from collections.abc import Sequence
from typing import Any

from readiness import extras, formatting, language
from readiness.language import tr
from readiness.model.checklist import LEVELS
from readiness.review import level_words
from readiness.review.colours import BANDS, COLOURS

from .render import stamped
from .snapshot import Snapshot

with extras.asked():
    from pptx import Presentation
    from pptx.dml.color import RGBColor
    from pptx.enum.shapes import MSO_SHAPE
    from pptx.enum.text import MSO_ANCHOR
    from pptx.oxml.ns import qn
    from pptx.util import Emu, Pt

    from .fitting import fitted

WIDTH, HEIGHT, MARGIN = 960.0, 540.0, 44.0
"""Of a slide, in points."""
GAPS = 3
LISTED = 14
"""Systems that the first slide names; it counts all of them."""
_INK, _QUIET, _TINT = "#1c2024", "#555e67", "#f3f5f7"
_FONT = "Arial"
_TITLE_ONLY = 5
_NO_TIME = (1980, 1, 1, 0, 0, 0)


def deck(snapshots: Sequence[Snapshot], made_at: dt.datetime) -> bytes:
    """Leadership snapshots of one language as a presentation in it, in their order."""
    spoken = snapshots[0].language if snapshots else language.current()
    with language.use(spoken):
        return _deck(snapshots, made_at)


def _deck(snapshots: Sequence[Snapshot], made_at: dt.datetime) -> bytes:
    made = Presentation()
    made.slide_width, made.slide_height = _emu(WIDTH), _emu(HEIGHT)
    _first(made, snapshots)
    for snapshot in snapshots:
        _system(_slide(made, f"{snapshot.head['name']} {snapshot.head['candidate']}"), snapshot)
    known = made.core_properties
    known.title, known.author, known.last_modified_by = tr("Readiness for the board"), "readiness", "readiness"
    known.created = known.modified = made_at.astimezone(dt.UTC).replace(tzinfo=None, microsecond=0)
    known.revision, known.language = 1, language.current()
    written = io.BytesIO()
    made.save(written)
    return _timeless(written)


def _first(made: Any, snapshots: Sequence[Snapshot]) -> None:
    slide = _slide(made, tr("Where {systems} stand", systems=formatting.count(len(snapshots), "system")))
    counts, left = Counter(snapshot.level for snapshot in snapshots), MARGIN
    for level in [level for level in reversed(LEVELS) if counts[level]]:
        _box(slide, (left, 108, 136, 62), str(counts[level]), COLOURS[level], sizes=(26,))
        _words(slide, (left, 174, 136, 22), level_words.badge(level), sizes=(13, 11), colour=_QUIET)
        left += 148
    high = min(44.0, 280 / max(len(snapshots[:LISTED]), 1))
    for row, snapshot in enumerate(snapshots[:LISTED]):
        top, head = 212 + high * row, snapshot.head
        _words(slide, (MARGIN, top, 250, high), f"{head['name']} {head['candidate']}", sizes=(13, 11), bold=True)
        at = (300, top, 150, high)
        _words(slide, at, str(head["verdict"]), sizes=(13, 11), colour=COLOURS[snapshot.level], bold=True)
        _words(
            slide, (455, top, WIDTH - MARGIN - 455, high), _sentence(snapshot), sizes=(13, 12, 11, 10), colour=_QUIET
        )
    if len(snapshots) > LISTED:
        _words(slide, (MARGIN, 490, 400, 14), tr("And {more} more.", more=len(snapshots) - LISTED), sizes=(10,))
    if snapshots:
        _foot(slide, snapshots[0])
    slide.notes_slide.notes_text_frame.text = "\n".join(
        f"{snapshot.head['name']}: {snapshot.head['verdict']} – {_sentence(snapshot)}" for snapshot in snapshots
    )


def _system(slide: Any, snapshot: Snapshot) -> None:
    head, full = snapshot.head, WIDTH - 2 * MARGIN
    _box(slide, (MARGIN, 100, 190, 58), str(head["verdict"]), COLOURS[snapshot.level], sizes=(20, 17))
    _words(slide, (MARGIN + 204, 100, full - 204, 58), _sentence(snapshot), sizes=(18, 16, 14, 12.5, 11), middle=True)
    facts = ((tr("Planned rollout"), "target"), (tr("Compared with"), "baseline"), (tr("Assessed"), "assessed"))
    for column, (name, key) in enumerate(facts):
        _words(slide, (MARGIN + 290 * column, 170, 280, 18), name, sizes=(11,), colour=_QUIET)
        _words(slide, (MARGIN + 290 * column, 186, 280, 22), str(head[key]), sizes=(14, 12, 10), bold=True)
    parts: dict[str, Any] = {section.id: section.data for section in snapshot.sections}
    if picture := parts.get("decision", {}).get("picture"):
        _score(slide, picture)
    _gaps(slide, parts.get("gaps", {}))
    _foot(slide, snapshot)
    foot = snapshot.foot
    told = tr(
        "As of {as_of}. Made {made}. Checklist: {checklist}.",
        as_of=head["as_of"],
        made=foot["made"],
        checklist=foot["checklist"],
    )
    slide.notes_slide.notes_text_frame.text = formatting.visible(
        f"{head['verdict']} – {_sentence(snapshot)}\n{parts.get('decision', {}).get('score', '')}\n"
        f"{told} {foot['source']}\n{tr('Audit chain head: {chain}.', chain=foot['chain'])}\n{stamped(snapshot)}"
    )


def _score(slide: Any, picture: dict[str, Any]) -> None:
    """The bands as boxes, the score as a mark above them and that on evidence alone below."""
    bands, top = picture["bands"], 246.0
    step = (WIDTH - 2 * MARGIN) / (bands[-1]["to"] + 1)
    for band in bands:
        at = (MARGIN + band["from"] * step, top, (band["to"] - band["from"] + 1) * step, 30)
        words = f"{band['sign']} {band['word']} {band['from']}–{band['to']}"
        short = f"{band['sign']} {band['from']}–{band['to']}"
        _box(slide, at, words if at[2] > 170 else short, BANDS[band["level"]], sizes=(12, 10.5), ink=_INK, bold=False)
    low, high, evidenced = (MARGIN + (picture[key] + 0.5) * step for key in ("low", "high", "evidenced"))
    said = (
        tr("Score {low}", low=picture["low"])
        if low == high
        else tr("Score {low} to {high}", low=picture["low"], high=picture["high"])
    )
    _mark(slide, MSO_SHAPE.FLOWCHART_MERGE, (low + high) / 2, top - 13, filled=True)
    _words(slide, (_within((low + high) / 2 - 75), top - 32, 150, 19), said, sizes=(13,), bold=True, centre=True)
    _mark(slide, MSO_SHAPE.ISOSCELES_TRIANGLE, evidenced, top + 33, filled=False)
    told = tr("{evidenced} on evidence alone", evidenced=picture["evidenced"])
    _words(slide, (_within(evidenced - 75), top + 44, 150, 18), told, sizes=(11,), colour=_QUIET, centre=True)


def _gaps(slide: Any, gaps: dict[str, Any]) -> None:
    rows = gaps.get("gaps", [])[:GAPS]
    late = tr(", {n} overdue", n=gaps["overdue"]) if gaps.get("overdue") else ""
    heading = f"{gaps.get('total') or tr('No open gap')}{late}" if rows else tr("No gap is on record")
    _words(slide, (MARGIN, 322, WIDTH - 2 * MARGIN, 24), heading, sizes=(15,), bold=True)
    if not rows:
        return
    widths = (215.0, 220.0, 150.0, WIDTH - 2 * MARGIN - 585)
    shape = slide.shapes.add_table(
        len(rows) + 1, 4, _emu(MARGIN), _emu(350), _emu(sum(widths)), _emu(28 * (len(rows) + 1))
    )
    table = shape.table
    table.horz_banding = False
    for column, width in enumerate(widths):
        table.columns[column].width = _emu(width)
    told = [(tr("Gap"), tr("Owner"), tr("Due"), tr("Next action"))]
    told += [(row["gap"], row["owner"], row["due"], row["action"]) for row in rows]
    for line, texts in enumerate(told):
        table.rows[line].height = _emu(22 if not line else 36)
        for column, text in enumerate(texts):
            cell = table.cell(line, column)
            cell.fill.solid()
            cell.fill.fore_color.rgb = _rgb("#ffffff" if line else _TINT)
            cell.margin_top = cell.margin_bottom = _emu(3)
            cell.vertical_anchor = MSO_ANCHOR.MIDDLE
            frame = (widths[column] - 15, 30.0)
            _write(
                cell.text_frame, str(text), frame, sizes=(12, 11, 10), colour=_INK if line else _QUIET, bold=not line
            )


def _foot(slide: Any, snapshot: Snapshot) -> None:
    words = f"{tr('As of {as_of}', as_of=snapshot.head['as_of'])} · {stamped(snapshot)}"
    _words(slide, (MARGIN, HEIGHT - 36, WIDTH - 2 * MARGIN, 26), words, sizes=(9.5, 8.5, 7.5), colour=_QUIET)


def _sentence(snapshot: Snapshot) -> str:
    return formatting.capital(str(snapshot.head["sentence"]))


def _slide(made: Any, title: str) -> Any:
    slide = made.slides.add_slide(made.slide_layouts[_TITLE_ONLY])
    shape = slide.shapes.title
    _place(shape, (MARGIN, 36, WIDTH - 2 * MARGIN, 48))
    frame = shape.text_frame
    frame.vertical_anchor = MSO_ANCHOR.MIDDLE
    _bare(frame, 0)
    _write(frame, title, (WIDTH - 2 * MARGIN, 44), sizes=(30, 26, 22, 18, 15), colour=_INK, bold=True)
    return slide


Place = tuple[float, float, float, float]
"""Left, top, width and height in points."""


def _box(
    slide: Any, at: Place, text: str, fill: str, *, sizes: Sequence[float], ink: str = "#ffffff", bold: bool = True
) -> None:
    shape = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, *map(_emu, at))
    shape.fill.solid()
    shape.fill.fore_color.rgb = _rgb(fill)
    shape.line.fill.background()
    _plain(shape)
    shape.text_frame.vertical_anchor = MSO_ANCHOR.MIDDLE
    _bare(shape.text_frame, 4)
    _write(shape.text_frame, text, (at[2] - 8, at[3]), sizes=sizes, colour=ink, bold=bold, centre=True)


def _words(slide: Any, at: Place, text: str, *, sizes: Sequence[float], colour: str = _INK, bold: bool = False,
           centre: bool = False, middle: bool = False) -> None:  # fmt: skip
    frame = slide.shapes.add_textbox(*map(_emu, at)).text_frame
    frame.vertical_anchor = MSO_ANCHOR.MIDDLE if middle else MSO_ANCHOR.TOP
    _bare(frame, 0)
    _write(frame, text, at[2:], sizes=sizes, colour=colour, bold=bold, centre=centre)


def _plain(shape: Any) -> None:
    """Without the shadow and the outline of the theme."""
    shape._element.remove(shape._element.find(qn("p:style")))  # noqa: SLF001 - python-pptx has no word for it


def _bare(frame: Any, margin: float) -> None:
    frame.margin_left = frame.margin_right = _emu(margin)
    frame.margin_top = frame.margin_bottom = 0


def _write(frame: Any, text: str, room: Sequence[float], *, sizes: Sequence[float], colour: str, bold: bool,
           centre: bool = False) -> None:  # fmt: skip
    size, shown = fitted(formatting.isolated(formatting.plain(text)), room[0], room[1], sizes, bold=bold)
    frame.word_wrap = True
    paragraph = frame.paragraphs[0]
    paragraph.alignment = 2 if centre else 1
    run = paragraph.add_run()
    run.text, run.font.size, run.font.bold, run.font.name = shown, Pt(size), bold, _FONT
    run.font.color.rgb = _rgb(colour)


def _mark(slide: Any, kind: Any, x: float, y: float, *, filled: bool) -> None:
    shape = slide.shapes.add_shape(kind, *map(_emu, (x - 6, y, 12, 11)))
    _plain(shape)
    shape.fill.solid()
    shape.fill.fore_color.rgb = _rgb(_INK if filled else "#ffffff")
    shape.line.color.rgb = _rgb(_INK)


def _within(left: float) -> float:
    return min(max(left, MARGIN), WIDTH - MARGIN - 150)


def _place(shape: Any, at: Place) -> None:
    shape.left, shape.top, shape.width, shape.height = map(_emu, at)


def _emu(points: float) -> Emu:
    return Emu(round(points * 12_700))


def _rgb(colour: str) -> RGBColor:
    return RGBColor(*bytes.fromhex(colour.removeprefix("#")))  # type: ignore[no-untyped-call]


def _timeless(written: io.BytesIO) -> bytes:
    """The same members in the same order, without the time at which they were written."""
    fixed = io.BytesIO()
    with zipfile.ZipFile(written) as source, zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            member = zipfile.ZipInfo(name, _NO_TIME)
            member.compress_type, member.create_system = zipfile.ZIP_DEFLATED, 3
            target.writestr(member, source.read(name))
    return fixed.getvalue()
