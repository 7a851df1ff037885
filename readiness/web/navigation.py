"""The pages: their groups, what they are called, and what somebody has to be allowed to open each."""

from __future__ import annotations

from typing import NamedTuple

from readiness.access import DONE_BY, ROLES, Action, Principal, allowed


class NavPage(NamedTuple):
    """A file in `pages/`, and the action on some system that opens it."""

    name: str
    title: str
    icon: str
    action: Action = "read"


GROUPS = {
    "Decide": (
        NavPage("portfolio", "Portfolio", "space_dashboard"),
        NavPage("verdict", "Verdict", "gavel"),
        NavPage("decision", "Decision", "how_to_vote"),
        NavPage("weeks", "Weekly review", "event_repeat"),
        NavPage("pack", "Evidence pack", "folder_zip", "pack"),
    ),
    "Prove": (
        NavPage("checklist", "Checklist", "checklist"),
        NavPage("scorecard", "Scorecard", "grid_on"),
        NavPage("compare", "Compare", "compare_arrows"),
        NavPage("traces", "Traces", "account_tree"),
        NavPage("release", "Release & monitoring", "conversion_path"),
        NavPage("incidents", "Incidents", "report"),
        NavPage("card", "System card", "badge"),
    ),
    "Work": (
        NavPage("work", "My work", "task_alt"),
        NavPage("gaps", "Gaps", "event_busy"),
        NavPage("evidence", "Evidence in", "upload_file"),
        NavPage("system", "System", "tune"),
        NavPage("activity", "Activity", "history"),
    ),
    "Keep": (
        NavPage("hindsight", "Were we right?", "fact_check"),
        NavPage("people", "People", "group", "administer"),
    ),
}
PAGES = tuple(page for pages in GROUPS.values() for page in pages)


def is_open(page: NavPage, by: Principal) -> bool:
    """Whether a principal may open a page at all; what it shows of which system the services decide."""
    return any(allowed(by, page.action, grant.system or "") for grant in by.grants)


def rights() -> list[tuple[str, dict[str, bool]]]:
    """Each page and each action in words, with the roles that may: one definition for the page and the documents."""
    opened = [(f"open {page.title}", page.action) for page in PAGES]
    said = DONE_BY | {"gap.move-own": "move the due dates of their own gaps"}
    done = [(what, action) for action, what in said.items() if action not in ("read", "raw.expire")]
    return [
        (what, {role: allowed(Principal.of("", {role}), action) for role in ROLES}) for what, action in (*opened, *done)
    ]


def as_markdown() -> str:
    """The same as a table for `docs/people.md`."""
    lines = [f"| may | {' | '.join(ROLES)} |", f"|---|{':-:|' * len(ROLES)}"]
    for what, by_role in rights():
        lines.append(f"| {what} | {' | '.join('✓' if may else '–' for may in by_role.values())} |")
    return "\n".join(lines)
