"""A tracker by how it is named: `github:OWNER/REPO`, `gitlab:GROUP/PROJECT`, `jira:KEY`."""

from __future__ import annotations

import os
import re
from collections.abc import Callable

from readiness.errors import InputError
from readiness.language import tr

from .base import Tracker
from .github import GitHub
from .gitlab import GitLab
from .jira import Jira

VARIABLE = "READINESS_TRACKER_TOKEN"
_KINDS: dict[str, tuple[str, Callable[[str, str, str], Tracker]]] = {
    "github": (r"[A-Za-z0-9-]+/(?!\.{1,2}$)[A-Za-z0-9._-]+", GitHub.opened),
    "gitlab": (r"[A-Za-z0-9_][\w.-]*(?:/[A-Za-z0-9_][\w.-]*)+", GitLab.opened),
    "jira": (r"[A-Z][A-Z0-9_]+", Jira.opened),
}
_EXPECTED = "github:OWNER/REPO, gitlab:GROUP/PROJECT or jira:KEY"


def opened(named: str, url: str = "") -> Tracker:
    """The tracker, with the token of the environment. Raises InputError."""
    kind, _, project = named.partition(":")
    pattern, opening = _KINDS.get(kind, ("", None))
    if opening is None or not re.fullmatch(pattern, project, re.ASCII):
        raise InputError(tr("{named!r} is no tracker", named=named), place="--to", expected=_EXPECTED)
    token = os.environ.get(VARIABLE, "").strip()
    if not token or not token.isascii() or not token.isprintable():
        raise InputError(
            tr("there is no token for the tracker"), place=VARIABLE, expected=tr("one that may write its issues")
        )
    return opening(project, url.strip(), token)
