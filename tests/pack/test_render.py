"""Whole packs: safe whatever was imported, the same every time, and of use when nothing is there yet."""

from __future__ import annotations

import dataclasses
import itertools
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

import pytest
from jinja2 import UndefinedError

from readiness import pack
from readiness.formatting import plain
from readiness.pack import charts, pdf, render
from readiness.pack.snapshot import Snapshot, snapshot
from readiness.review import score_scale
from readiness.web.charts import decide
from tests.pack import paper, reading
from tests.soak import sampled, shared_out

from .conftest import HEAD, NOON, Desk, Say, asking, ordinary

ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<a href=https://evil.example>here</a>",
    "<svg/onload=alert(1)>",
    "<iframe src=//evil.example></iframe>",
    "<style>*{display:none}</style>",
    "</td></tr></table><h1>Approved</h1>",
    "</article></body><script src=//evil.example/x.js></script>",
    "<!-- gone --><b>bold</b>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;img src=x&#62;",
    "![pixel](https://evil.example/p.png)",
    "[click](javascript:alert(1))",
    "[click]: https://evil.example",
    "<https://evil.example>",
    "https://evil.example/?q=secret",
    "www.evil.example",
    "dana@evil.example",
    "@octocat owner/repo#12 GH-7 :tada:",
    "x | y | z",
    r"x \| y \\| z \\\| w",
    "`a|b` ``c`` `",
    "# Approved",
    "Approved\n========",
    "- [x] approved",
    "1. approved",
    "> approved",
    "***bold*** ~~struck~~ _thin_",
    "```\nfenced\n```",
    "line one\r\n\r\nline two\n| a | b |\n| - | - |",
    "{{7*7}} {% raw %} ${7*7} #{7*7}",
    "{{ pack.__class__.__mro__ }}",
    "\u202edesrever\u202c \u200b\ufeff \x1b[31mred",
    "=cmd|' /C calc'!A0",
    "a\\",
]
INK = "class fill fill-opacity stroke stroke-width stroke-opacity stroke-linecap stroke-dasharray"
DRAWN = {
    "figure": "",
    "svg": "xmlns viewbox width height role aria-label font-family font-size",
    "rect": "x y width height",
    "line": "x1 x2 y1 y2",
    "circle": "cx cy r",
    "path": "d",
    "text": "x y text-anchor font-size font-weight",
}
"""What a picture is made of, and the attributes of each."""
WRAPPINGS = ["{0}", "a{0}", "{0}b", "({0})", "{0}\n{0}", "**{0}**", "`{0}`", "a@b.example/{0}", "\\{0}", "|{0}|"]
WRAPPINGS += ["[{0}](x)", "<p title='{0}'>", "$ {0} $", "{0} `", "“{0}”, ", "\t{0}"]
PAYLOADS = [wrap.replace("{0}", attack) for attack, wrap in itertools.product(ATTACKS, WRAPPINGS)]
PER_PACK = 60
EVERYWHERE = sampled(enumerate(ATTACKS), 2)
"""Those that stand in every field of a system, by their numbers; all stand among the payloads too."""
APART = {"candidate": " 1", "baseline": " 0", "cell.tenant": " zenit"}
"""Fields that must differ from the others, or the pack would compare a version with itself and withhold every word."""


NAMES = {
    **dict.fromkeys(("system.owner", "mark.owner", "boundary.owner", "rollback.owner", "approver.name"), "Zoltan"),
    **dict.fromkeys(("owners.incident_response", "owners.release_review", "owners.weekly_decisions"), "Zoltan"),
    "plan.escalation_owner": "Zoltan",
    **dict.fromkeys(("decision.people", "condition.owner", "week.people", "risk.approver", "dissent.by"), "Zoltan"),
    "results.name": "odd.csv",
    "evidence.producer": "Zoltan",
    "traces.name": "odd.jsonl",
    "trace.tenant": "acme",
    "gate.cohort": "tenant=acme",
    "incident.tenant": "acme",
}
"""Names that a pack leaves out: were they the attack itself, it would be left out of every text."""


def everywhere(attack: str) -> Say:
    return lambda field: NAMES.get(field, attack + APART.get(field, ""))


def in_turn(payloads: list[str]) -> Say:
    turn, kept = itertools.cycle(payloads), dict[str, str]()
    return lambda field: kept.setdefault(field, next(turn))


def slugs(desk: Desk) -> list[str]:
    """A system for each attack, which stands in every field; then systems in which each field holds another payload."""
    found = [desk.fill(everywhere(attack), slug=f"every-{number}") for number, attack in EVERYWHERE]
    parts = [PAYLOADS[start : start + PER_PACK] for start in range(0, len(PAYLOADS), PER_PACK)]
    return [*found, *(desk.fill(in_turn(part), slug=f"mixed-{number}") for number, part in enumerate(parts))]


@dataclass(frozen=True)
class Shown:
    """A pack as a page of its own, and as HTML by each renderer and as a part of our pages, these last."""

    page: str
    renderings: Mapping[str, str]

    @classmethod
    def of(cls, taken: Snapshot) -> Shown:
        source = render.markdown(taken)
        shown = {name: show(source) for name, show in reading.RENDERERS.items()}
        return cls(render.html(taken), shown | {"fragment": render.fragment(taken)})


@pytest.fixture(scope="module")
def hostile(shared_desk: Desk) -> dict[tuple[str, str], Shown]:
    reviews = {slug: shared_desk.review(slug) for slug in slugs(shared_desk)}
    return {
        (slug, audience): Shown.of(snapshot(review, asking(audience, review), chain_head=HEAD, made_at=NOON))
        for number, (slug, review) in enumerate(reviews.items())
        for audience in {"security", *shared_out(list(pack.AUDIENCES), number, len(pack.AUDIENCES))}
    }


@pytest.fixture(scope="module")
def harmless(shared_desk: Desk) -> Desk:
    """A desk with an ordinary system, which no test changes."""
    shared_desk.fill()
    return shared_desk


def test_there_are_enough_payloads_in_enough_places() -> None:
    assert len(set(PAYLOADS)) >= 500


def test_no_payload_becomes_an_element_or_an_attribute_of_the_page(hostile: dict[tuple[str, str], Shown]) -> None:
    allowed = {"html", "head", "meta", "title", "style", "body", "article", "h1", "h2", "h3", "p", "strong", "pre"}
    allowed |= {"blockquote", "table", "thead", "tbody", "tr", "th", "td", "code", "ul", "ol", "li", "hr"}
    for key, shown in hostile.items():
        found = reading.elements(shown.page)
        assert {name for name, _ in found} <= allowed | DRAWN.keys(), key
        body = found[[name for name, _ in found].index("body") :]
        attributes = {(name, attribute) for name, given in body for attribute in given}
        drawn = {(name, attribute) for name, told in DRAWN.items() for attribute in f"{told} {INK}".split()}
        assert attributes - drawn <= {("article", "class"), ("th", "scope"), ("th", "class"), ("td", "class")}, key
        assert sum(name == "style" for name, _ in found) == 1, key


def test_every_renderer_finds_the_same_shape_as_in_a_harmless_pack(
    hostile: dict[tuple[str, str], Shown], harmless: Desk
) -> None:
    expected = {audience: reading.shape(render.fragment(harmless.take(audience))) for audience in pack.AUDIENCES}
    for (slug, audience), shown in hostile.items():
        shapes = [reading.shape(html) for html in shown.renderings.values()]
        assert shapes == [shapes[0]] * 3, (slug, audience)
        if pack.AUDIENCES[audience].fewest:  # rows about few cases are left out, and payloads make other cohorts
            assert set(shapes[0]) == set(expected[audience]), (slug, audience)
        else:
            assert shapes[0] == expected[audience], (slug, audience)


def test_both_renderers_and_the_page_show_the_same_words(hostile: dict[tuple[str, str], Shown]) -> None:
    for key, shown in hostile.items():
        assert len({reading.text(html) for html in shown.renderings.values()}) == 1, key
        assert reading.names(shown.renderings["github"]).isdisjoint({"a", "img", "input", "del", "em", "script"}), key


def test_imported_words_are_shown_as_they_were_written(hostile: dict[tuple[str, str], Shown]) -> None:
    for number, attack in EVERYWHERE:
        words = reading.text(hostile[f"every-{number}", "security"].renderings["fragment"])
        assert words.count(plain(attack).replace("dana@evil.example", "a person")) >= 15, attack


def test_a_template_in_imported_text_stays_text(desk: Desk) -> None:
    desk.fill(lambda field: "{{7*7}}" if field == "scope" else ordinary(field))
    assert "{{7*7}}" in reading.text(render.html(desk.take("leadership")))
    assert "49" not in render.markdown(desk.take("leadership"))


@pytest.mark.parametrize("audience", pack.AUDIENCES)
@pytest.mark.parametrize("show", [render.markdown, render.html, render.fragment])
def test_the_same_review_gives_the_same_bytes(harmless: Desk, audience: str, show: object) -> None:
    assert callable(show)
    assert show(harmless.take(audience)) == show(harmless.take(audience))


@pytest.mark.parametrize("audience", pack.AUDIENCES)
def test_a_field_that_is_missing_is_an_error(harmless: Desk, audience: str) -> None:
    taken = harmless.take(audience)
    for number, section in enumerate(taken.sections):
        broken = list(taken.sections)
        broken[number] = dataclasses.replace(section, data={})
        with pytest.raises(UndefinedError):
            render.markdown(dataclasses.replace(taken, sections=tuple(broken)))


def test_a_leadership_pack_of_an_ordinary_system_is_one_page(harmless: Desk) -> None:
    taken = harmless.take("leadership", draft=False)
    assert [len(paper.pages(pdf.pdf(taken, size))) for size in pdf.PAPERS] == [1, 1]
    assert len([line for line in render.markdown(taken).splitlines() if line]) <= 70


def test_the_decision_comes_first(harmless: Desk) -> None:
    lines = [line for line in render.markdown(harmless.take("leadership", draft=False)).splitlines() if line]
    assert lines[0].startswith("# ")
    assert lines[1].startswith("> **⛔ Blocked** – ")
    assert lines.index("## Decision") < lines.index("## Most pressing gaps")


EMPTY = {
    "decision": "18 signals not answered",
    "outcome": "Not decided yet.",
    "gaps": "No gap is recorded yet, but 22 questions are not answered.",
    "packet": "No release policy",
    "differences": "No figures to compare: fresh results of both versions are not on file.",
    "approval": "No target date is set.",
    "boundary": "Not answered",
    "gates": "No gate stands between a change and its release.",
    "rollback": "No rollback steps are written down.",
    "traces": "No bad path of this candidate is on file.",
    "monitoring": "No monitoring plan is stored:",
    "ownership": "6 of 6 responsibilities have no name.",
    "budgets": "No budget is stated:",
    "scope": "The scope is not stated.",
    "checklist": "0 of 22 answered",
    "policy": "No release policy is stored:",
    "results": "No figures over all cases:",
    "own": "No figure of Nobody Limited alone is stored for this candidate.",
    "provenance": "No file of these versions is stored.",
    "card": "0 of 18 facts are stated; not stated, or not by every part: intended use, excluded use,",
    "attacks": "No result of a red-team tool counts for this candidate.",
    "risk": "Residual risk: not stated. Known limits: not stated. 0 of 18 facts are stated on the system card.",
    "glossary": "The good answer. Each signal names a risk",
}


@pytest.mark.parametrize("section", EMPTY)
def test_an_empty_section_says_what_belongs_there(desk: Desk, section: str) -> None:
    desk.bare()
    audience = next(profile for profile in pack.AUDIENCES.values() if section in profile.sections)
    assert EMPTY[section].casefold() in reading.text(render.html(desk.take(audience.id))).casefold()


def test_every_section_is_asked_for_its_empty_state() -> None:
    assert set(EMPTY) == {section for profile in pack.AUDIENCES.values() for section in profile.sections}


def test_the_page_loads_nothing_and_follows_the_reader(harmless: Desk) -> None:
    page = render.html(harmless.take("procurement"))
    assert (
        """<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">"""
        in page
    )
    assert not re.search(r"\b(src|href|url|@import)\b\s*[=(]", page)
    assert "prefers-color-scheme: dark" in page
    assert "@media print" in page


def test_figures_are_aligned_by_class_since_styles_are_not_let_through(harmless: Desk) -> None:
    body = render.fragment(harmless.take("procurement"))
    assert '<td class="number short">' in body or '<td class="number">' in body
    assert "style=" not in body


def test_the_checklist_source_is_credited_once(harmless: Desk) -> None:
    for audience in pack.AUDIENCES:
        assert (
            render.markdown(harmless.take(audience)).count("LLM Reliability Checklist Before Enterprise Rollout") == 1
        )


def test_the_picture_of_the_score_has_the_bands_of_the_page(harmless: Desk) -> None:
    """One description of the scale: ranges, words and colours are those that the page draws."""
    review = harmless.review()
    spec = decide.score(review.verdict, review.checklist, None)
    drawn = spec["datasets"]["bands"].to_dict("records")
    picture = charts.of(next(one for one in harmless.take("leadership").sections if one.id == "decision"))
    assert picture
    for band in score_scale.bands(review.checklist):
        (own,) = [row for row in drawn if row["level"] == band.level]
        assert (own["word"], own["points"]) == (band.word, band.points)
        assert (own["from"], own["to"]) == (band.first - 0.5, band.last + 0.5)
        assert f"{band.word} {band.first} to {band.last}" in picture.words
        assert band.colour in picture.svg
        assert band.colour in json.dumps(spec["layer"])
