"""As OSCAL assessment results (https://pages.nist.gov/OSCAL/reference/, version 1.2.1).

Each answer and gate is an objective with an observation and a finding. Only what holds is satisfied; what nothing
decides is not, for another reason than a failure.
"""

from __future__ import annotations

from typing import Any

from readiness.language import tr
from readiness.pack.snapshot import Snapshot, in_its_language
from readiness.seal import canonical

from .claims import OWN, Claim, Outcome, Told, text

VERSION = "1.2.1"
_NAMESPACE = OWN.rstrip(":")
_REASONS: dict[Outcome, str] = {"holds": "pass", "in part": "other", "fails": "fail", "not decided": "other"}


@in_its_language
def render(taken: Snapshot) -> bytes:
    told = Told(taken)
    return canonical.dumps(
        {
            "assessment-results": {
                "uuid": told.own_uuid,
                "metadata": _metadata(told),
                "import-ap": {"href": f"#{told.uuid('plan')}"},
                "results": [_result(told)],
                "back-matter": {"resources": [_plan(told)]},
            }
        }
    )


def _metadata(told: Told) -> dict[str, Any]:
    said = {"audience": told.taken.audience, "as-of": told.taken.as_of, **told.stamp, "expires": told.expires}
    return {
        "title": tr("{name}: evidence for a rollout", name=told.name),
        "last-modified": told.made,
        "version": told.version,
        "oscal-version": VERSION,
        "props": [_prop(name, value) for name, value in said.items()],
    }


def _prop(name: str, value: str) -> dict[str, str]:
    return {"name": name, "ns": _NAMESPACE, "value": value}


def _plan(told: Told) -> dict[str, Any]:
    """There is no plan in this form; the checklist is what was assessed against."""
    origin = told.taken.origin
    return {
        "uuid": told.uuid("plan"),
        "title": text(tr("Checklist {id} {version}", id=origin["checklist"], version=origin["checklist_version"])),
        "description": tr("What the system was assessed against. There is no assessment plan as an OSCAL document."),
    }


def _result(told: Told) -> dict[str, Any]:
    ids = [{"control-id": claim.id} for claim in told.claims]
    selected: dict[str, Any] = {"include-controls": ids} if ids else {"include-all": {}}
    result = {
        "uuid": told.uuid(f"result {told.taken.as_of}"),
        "title": text(f"{told.name} {told.version}"),
        "description": told.verdict,
        "start": told.made,
        "end": told.made,
        "props": [_prop("level", told.level), _prop("snapshot-sha256", told.digest)],
        "reviewed-controls": {"control-selections": [selected]},
        "attestations": [{"parts": [{"name": "verdict", "title": tr("Verdict"), "prose": told.verdict}]}],
    }
    observations = [*(_observation(told, claim) for claim in told.claims), *_files(told)]
    result |= {"observations": observations} if observations else {}
    return result | ({"findings": [_finding(told, claim) for claim in told.claims]} if told.claims else {})


def _observation(told: Told, claim: Claim) -> dict[str, Any]:
    return {
        "uuid": told.uuid(f"observation {claim.id}"),
        "title": claim.name,
        "description": f"{claim.said}: {claim.why}",
        "methods": ["TEST" if claim.kind == "gate" else "EXAMINE"],
        "types": ["control-objective"],
        "collected": told.made,
        "expires": told.expires,
    }


def _files(told: Told) -> list[dict[str, Any]]:
    if not told.files:
        return []
    files = [
        {"description": f"{file.name}: {file.kind}, {file.measured}", "props": [_prop("sha-256", file.digest)]}
        for file in told.files
    ]
    return [
        {
            "uuid": told.uuid("files"),
            "title": tr("Files that the figures come from"),
            "description": tr("Each by its kind and its digest."),
            "methods": ["EXAMINE"],
            "relevant-evidence": files,
            "collected": told.made,
            "expires": told.expires,
        }
    ]


def _finding(told: Told, claim: Claim) -> dict[str, Any]:
    state = "satisfied" if claim.outcome == "holds" else "not-satisfied"
    return {
        "uuid": told.uuid(f"finding {claim.id}"),
        "title": claim.name,
        "description": f"{claim.outcome}: {claim.why}",
        "target": {
            "type": "objective-id",
            "target-id": claim.id,
            "status": {"state": state, "reason": _REASONS[claim.outcome], "remarks": claim.said},
        },
        "related-observations": [{"observation-uuid": told.uuid(f"observation {claim.id}")}],
    }
