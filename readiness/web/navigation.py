"""The pages: their groups, what they are called, and what somebody has to be allowed to open each."""

from __future__ import annotations

from typing import NamedTuple

from readiness.access import DONE_BY, ROLES, Action, Principal, allowed
from readiness.language import marked, tr


class NavPage(NamedTuple):
    """A file in `pages/`, and the action on some system that opens it."""

    name: str
    title: str
    icon: str
    action: Action = "read"


GROUPS = {
    marked("Decide"): (
        NavPage("portfolio", marked("Portfolio"), "space_dashboard"),
        NavPage("verdict", marked("Verdict"), "gavel"),
        NavPage("decision", marked("Decision"), "how_to_vote"),
        NavPage("weeks", marked("Weekly review"), "event_repeat"),
        NavPage("pack", marked("Evidence pack"), "folder_zip", "pack"),
    ),
    marked("Prove"): (
        NavPage("checklist", marked("Checklist"), "checklist"),
        NavPage("scorecard", marked("Scorecard"), "grid_on"),
        NavPage("compare", marked("Compare"), "compare_arrows"),
        NavPage("traces", marked("Traces"), "account_tree"),
        NavPage("release", marked("Release & monitoring"), "conversion_path"),
        NavPage("incidents", marked("Incidents"), "report"),
        NavPage("card", marked("System card"), "badge"),
    ),
    marked("Work"): (
        NavPage("work", marked("My work"), "task_alt"),
        NavPage("gaps", marked("Gaps"), "event_busy"),
        NavPage("evidence", marked("Evidence in"), "upload_file"),
        NavPage("system", marked("System"), "tune"),
        NavPage("activity", marked("Activity"), "history"),
    ),
    marked("Keep"): (
        NavPage("hindsight", marked("Were we right?"), "fact_check"),
        NavPage("people", marked("People"), "group", "administer"),
    ),
}
PAGES = tuple(page for pages in GROUPS.values() for page in pages)


def is_open(page: NavPage, by: Principal) -> bool:
    """Whether a principal may open a page at all; what it shows of which system the services decide."""
    return any(allowed(by, page.action, grant.system or "") for grant in by.grants)


def rights() -> list[tuple[str, dict[str, bool]]]:
    """Each page and each action in words, with the roles that may: one definition for the page and the documents."""
    opened = [(tr("open {page}", page=tr(page.title)), page.action) for page in PAGES]
    said = DONE_BY | {"gap.move-own": marked("move the due dates of their own gaps")}
    done = [(tr(what), action) for action, what in said.items() if action not in ("read", "raw.expire")]
    return [
        (what, {role: allowed(Principal.of("", {role}), action) for role in ROLES}) for what, action in (*opened, *done)
    ]


def as_markdown() -> str:
    """The same as a table for `docs/people.md`."""
    lines = [f"| may | {' | '.join(ROLES)} |", f"|---|{':-:|' * len(ROLES)}"]
    for what, by_role in rights():
        lines.append(f"| {what} | {' | '.join('✓' if may else '–' for may in by_role.values())} |")
    return "\n".join(lines)
