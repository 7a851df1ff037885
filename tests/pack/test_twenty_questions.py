"""What a board, a CISO and a buyer would ask back: the printed pack answers each, for every system of the demo."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from readiness import pack, paths
from readiness.pack import pdf, render
from readiness.services import portfolio
from tests.pack import paper

from .conftest import DAY, NOON, Desk, asking

QUESTIONS: tuple[tuple[str, str, str], ...] = (
    (
        "leadership",
        "May we roll it out?",
        r"(⛔ Blocked|● Staged|◐ Narrow|▲ Add controls|■ Do not broaden|\? Undetermined) ",
    ),
    ("leadership", "Why, or why not?", r"Rule Why it fired Effect|No rule fired: the score alone"),
    ("leadership", "How sure is that?", r"on evidence alone.* (in \d+ % of reruns|reruns|In how many reruns)"),
    ("leadership", "What is the worst that is still open?", r"Most pressing gaps (\d+ open gaps?|No gap)"),
    ("leadership", "Who does what until when?", r"Gap Mark Owner Due Next action .*@.* \d{1,2} [A-Z][a-z]{2} 20\d\d"),
    ("leadership", "Will it be in time?", r"planned rollout.* gaps? with a due date|Planned rollout .*20\d\d"),
    (
        "leadership",
        "Did it get better or worse than what we run today?",
        r"What changed in the figures (.*◂ worse better ▸|No figures to compare|.*(better|worse|no clear change))",
    ),
    ("leadership", "Who decides, and have they?", r"Who decides .*Decision Who Sign-off Quality"),
    (
        "security",
        "Can one customer see the data of another?",
        r"Data boundary (No|Yes|Partial|Not answered).* the risk: ",
    ),
    ("security", "What stops a bad change?", r"Gates .*(✓ pass|✕ fail|inconclusive|no data)"),
    ("security", "How do we get back?", r"Rollback (Rehearsal: .* 1\. \w|No rollback steps)"),
    ("security", "What happens when it fails?", r"Traces .*Bad path"),
    ("security", "Who notices, and how soon?", r"Monitoring .*(Alert on|No monitoring plan)"),
    ("security", "Who is called at night?", r"Ownership .*Incident response"),
    ("security", "Is this the evidence, unchanged?", r"Provenance .*SHA-256 .*[0-9a-f]{8}.*Audit chain head: [0-9a-f]"),
    (
        "procurement",
        "What exactly is offered?",
        r"Scope .*Version under review \d{4}\.\d\d.* Components and sub-processors",
    ),
    (
        "procurement",
        "Which risks have you controlled, and what shows it?",
        r"Checklist .*(shown|attested|uncovered|contradicted)",
    ),
    ("procurement", "How good is it on our kind of cases?", r"Scorecard .*(\(n [\d,]+|No figures over all cases)"),
    (
        "procurement",
        "How do you release changes?",
        r"Release policy (Revision .*Gate Result .*Approves Who|No release policy)",
    ),
    (
        "procurement",
        "How old is this, until when does it count, whom do I ask?",
        r"as of \d.*valid until \d.*contact: Ask us",
    ),
)
"""For each question of docs/packs.md who asks, and what their printed pack says to it."""


@pytest.fixture(scope="module")
def printed(shown: Desk) -> dict[tuple[str, str], str]:
    """The words of each pack of the demo on paper, without what is drawn between them."""
    store, by = shown.store, shown.by
    found = {}
    for system in portfolio.statuses(store, by, as_of=DAY):
        for audience in sorted({audience for audience, _, _ in QUESTIONS}):
            asked = asking(audience, purpose="Decision", contact="Ask us")
            taken = pack.take(store, by, system.slug, asked, as_of=DAY, made_at=NOON)
            found[system.slug, audience] = " ".join(paper.pages(pdf.pdf(taken)))
    return found


def test_they_are_the_twenty_that_are_written_down() -> None:
    told = (paths.ROOT / "docs" / "packs.md").read_text("utf-8").partition("## Twenty questions")[2]
    written = re.findall(r"^\| (?:board|CISO|buyer) \| (.*?) \| (\w+)", told, re.MULTILINE)
    assert [question for question, _ in written] == [question for _, question, _ in QUESTIONS]
    assert len(written) == 20


@pytest.mark.parametrize(("audience", "question", "answer"), QUESTIONS, ids=[question for _, question, _ in QUESTIONS])
def test_each_is_answered_on_paper(
    printed: dict[tuple[str, str], str], audience: str, question: str, answer: str
) -> None:
    silent = [slug for (slug, own), words in printed.items() if own == audience and not re.search(answer, words)]
    assert not silent
    assert len(printed) == 18


def test_tables_and_headings_are_of_a_kind_that_every_wiki_takes(shown: Desk) -> None:
    """GitHub's tables and the first three levels of headings, apart from other text; no HTML, and cells of one line."""
    for system in portfolio.statuses(shown.store, shown.by, as_of=DAY):
        for audience in pack.AUDIENCES:
            asked = asking(audience, shown.review(system.slug))
            taken = pack.take(shown.store, shown.by, system.slug, asked, as_of=DAY, made_at=NOON)
            lines = render.markdown(taken).split("\n")
            assert not [line for line in lines if re.search(r"(?<!\\)<", re.sub(r"`[^`]*`", "", line))]
            assert not [line for line in lines if re.match(r"#{4,}|#+[^# ]|\s+\|", line)]
            for table in tables(lines):
                cells = [line.count("|") for line in table]
                assert len(set(cells)) == 1, table
                assert "\\|" not in "".join(table)
                assert re.fullmatch(r"\|(?: -{2,}[-:] \|)+", table[1]), table[1]


def tables(lines: list[str]) -> Iterator[list[str]]:
    """Each with an empty line before and behind it."""
    for part in "\n".join(lines).split("\n\n"):
        rows = part.strip("\n").split("\n")
        if any(row.startswith("|") for row in rows):
            assert all(row.startswith("|") and row.endswith("|") for row in rows), rows
            yield rows
