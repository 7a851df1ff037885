"""The pictures of a pack as SVG with their words: drawn from whole numbers and escaped text, the same in every view.

A picture is placed beside text that was cleaned, and is not cleaned itself: its template writes every element, and
what comes from a review is a number or passes the escaping.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from readiness import formatting, paths
from readiness.language import tr
from readiness.review.colours import BANDS, COLOURS, DUE

from .snapshot import PackSection

NARROW, WIDE = 400, 760
"""Pixels across: a narrow picture may stand beside text, a wide one has text of its own at both sides."""
_LONGEST = 62
"""Letters of a line's name; it stands in full in the table below."""
_EDGE, _LEFT, _RIGHT = 2, 390, 120
"""Room at the sides, and of the columns for names and figures where there are such."""


@dataclass(frozen=True)
class Picture:
    """`words` say what it shows to whoever does not see it."""

    svg: Markup
    words: str
    narrow: bool

    @property
    def image(self) -> Markup:
        """For pages whose host lets no drawing through: an image of its own, in which nothing runs."""
        body = base64.b64encode(self.svg.encode()).decode()
        return Markup('<img alt="{}" src="data:image/svg+xml;base64,{}">').format(self.words, body)


def of(section: PackSection) -> Picture | None:
    """The picture that answers a section, where one does."""
    draw = _PICTURES.get(section.id)
    data: Any = section.data.get("picture")
    return draw(data) if draw and data else None


def _score(data: Mapping[str, Any]) -> Picture:
    bands, low, high = data["bands"], data["low"], data["high"]
    step = (NARROW - 2 * _EDGE) / (bands[-1]["to"] + 1)

    def middle(points: int) -> float:
        return float(round(_EDGE + (points + 0.5) * step, 1))

    drawn = [
        {
            "x": round(_EDGE + band["from"] * step, 1),
            "width": round((band["to"] - band["from"] + 1) * step, 1),
            "colour": BANDS[band["level"]],
            "sign": band["sign"],
            "word": band["word"],
            "points": f"{band['from']}–{band['to']}",
        }
        for band in bands
    ]
    said = tr("Score {low}", low=low) if low == high else tr("Score {low} to {high}", low=low, high=high)
    evidenced = data["evidenced"]
    ranges = formatting.listed(
        [f"{band['word']} {tr('{first} to {last}', first=band['from'], last=band['to'])}" for band in bands]
    )
    return _draw(
        "score",
        tr(
            "{said} on the scale of the bands, {evidenced} on evidence alone. Bands: {ranges}.",
            said=said,
            evidenced=evidenced,
            ranges=ranges,
        ),
        bands=drawn,
        low=middle(low),
        high=middle(high),
        said=said,
        evidenced=middle(evidenced),
        on_evidence=tr("{evidenced} on evidence alone", evidenced=evidenced),
    )


def _differences(rows: Sequence[Mapping[str, Any]]) -> Picture:
    most = max((abs(side) for row in rows for side in [*row["better"], *row["interval"]]), default=0) or 1
    zero, half = _LEFT + (WIDE - _LEFT - _RIGHT) / 2, (WIDE - _LEFT - _RIGHT) / 2 - 6

    def at(better: int) -> float:
        return round(zero + better / most * half, 1)

    drawn = [
        {
            "label": _short(row["label"]),
            "where": _short(f"{row['where']} · {row['baseline']} → {row['candidate']}"),
            "says": row["says"],
            "span": row["span"],
            "point": list(map(at, row["better"])),
            "interval": list(map(at, row["interval"])) if len(row["interval"]) == 2 else [],
            "colour": _READINGS.get(row["reading"], COLOURS["undetermined"]),
        }
        for row in rows
    ]
    words = [
        tr(
            "{label}, {where}: from {baseline} to {candidate}, {says}, 95 % interval {span}, {reading}",
            label=row["label"],
            where=row["where"],
            baseline=row["baseline"],
            candidate=row["candidate"],
            says=row["says"],
            span=row["span"],
            reading=tr(row["reading"]),
        )
        for row in rows
    ]
    return _draw(
        "differences", tr("Changes against the baseline. {changes}.", changes="; ".join(words)), rows=drawn, zero=zero
    )


def _due(data: Mapping[str, Any]) -> Picture | None:
    days, target = data["days"], data["target"]
    if not days:
        return None
    first, last = min([0, *(day["day"] for day in days)]), max([0, *target, *(day["day"] for day in days)])
    step = (NARROW - 2 * 40) / max(last - first, 1)

    def at(day: int) -> float:
        return float(round(40 + (day - first) * step, 1))

    goal = target[0] if target else None
    drawn = [{"x": at(day["day"]), "gaps": day["gaps"], "colour": _when(day["day"], goal)} for day in days]
    late, after = _sum(days, lambda day: day < 0), _sum(days, lambda day: goal is not None and day > goal >= 0)
    words = [tr("{gaps} with a due date", gaps=formatting.count(_sum(days, lambda _: True), "gap"))]
    words += [tr("{n} overdue", n=late)] if late else []
    words += [tr("{after} due after the planned rollout", after=after)] if after else []
    words += [tr("{undated} without a date", undated=data["undated"])] if data["undated"] else []
    said = formatting.capital(", ".join(words))
    return _draw("due", tr("Due dates up to the planned rollout: {said}.", said=said), days=drawn, today=at(0),
                 target=[at(day) for day in target], said=said, as_of=data["today"])  # fmt: skip


def _sum(days: Sequence[Mapping[str, int]], which: Callable[[int], bool]) -> int:
    return sum(day["gaps"] for day in days if which(day["day"]))


def _when(day: int, target: int | None) -> str:
    if day < 0:
        return DUE["overdue"]
    return DUE["after the rollout"] if target is not None and day > target else DUE["open"]


def _short(text: str) -> str:
    plain = formatting.plain(text)
    return plain if len(plain) <= _LONGEST else f"{plain[: _LONGEST - 1]}…"


def _draw(name: str, words: str, **data: Any) -> Picture:
    words = formatting.isolated(formatting.plain(words))
    narrow = name != "differences"
    width = NARROW if narrow else WIDE
    return Picture(rendered(name, width=width, words=words, **data), words, narrow)


def rendered(name: str, **data: Any) -> Markup:
    """What a template of `templates/pack/charts/` draws."""
    svg = _templates().get_template(f"pack/charts/{name}.svg.j2").render(**data)
    return Markup(svg.strip())  # noqa: S704 - escaped by its template


def _shown(value: object) -> object:
    plain = isinstance(value, str) and not isinstance(value, Markup)  # which a macro of the template wrote
    return formatting.isolated(formatting.plain(str(value))) if plain else value


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(paths.TEMPLATES),
        undefined=StrictUndefined,
        finalize=_shown,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["tr"] = tr
    return environment


_READINGS = {"worse": COLOURS["do-not-broaden"], "better": COLOURS["staged"], "same": COLOURS["narrow"]}
_PICTURES: dict[str, Callable[[Any], Picture | None]] = {"decision": _score, "differences": _differences, "gaps": _due}
