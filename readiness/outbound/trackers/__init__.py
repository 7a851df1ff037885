"""Gaps as issues in the tracker of a team: GitHub, GitLab or Jira, each by the API that it documents."""

from __future__ import annotations

from .base import MARKER, Issue, Step, Tracker, WantedIssue, carry_out, plan
from .opened import VARIABLE, opened

__all__ = ["MARKER", "VARIABLE", "Issue", "Step", "Tracker", "WantedIssue", "carry_out", "opened", "plan"]
