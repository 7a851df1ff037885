"""As an in-toto test result (https://github.com/in-toto/attestation, predicate test-result v0.1), not signed by itself.

A claim that nothing decides is in none of the three lists, since it neither passed nor failed; it stands in a field of
ours, which other readers pass over. The result is that of the verdict, so that no such claim passes for one that holds.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from readiness.pack.snapshot import Snapshot, in_its_language
from readiness.seal import canonical, statement

from .claims import OWN, VERDICTS, Outcome, Told

PREDICATE = "https://in-toto.io/attestation/test-result/v0.1"


@in_its_language
def render(taken: Snapshot) -> bytes:
    told = Told(taken)
    return canonical.dumps(
        {
            "_type": statement.TYPE,
            "subject": [{"name": statement.SNAPSHOT, "digest": {"sha256": told.digest}}],
            "predicateType": PREDICATE,
            "predicate": _predicate(told),
        }
    )


def _predicate(told: Told) -> dict[str, Any]:
    origin = told.taken.origin
    checklist = quote(f"{origin['checklist']}/{origin['checklist_version']}", safe="/")
    return {
        "result": VERDICTS[told.level],
        "configuration": [{"name": "checklist", "uri": f"{OWN}checklist/{checklist}"}],
        "passedTests": _names(told, "holds"),
        "warnedTests": _names(told, "in part"),
        "failedTests": _names(told, "fails"),
        f"{OWN}not-decided": _names(told, "not decided"),
        f"{OWN}pack": {
            "system": {"name": told.name, "version": told.version},
            "level": told.level,
            "verdict": told.verdict,
            "audience": told.taken.audience,
            "as_of": told.taken.as_of,
            "made": told.made,
            "expires": told.expires,
            **told.stamp,
        },
        f"{OWN}files": [{"name": file.name, "digest": {"sha256": file.digest}} for file in told.files],
    }


def _names(told: Told, outcome: Outcome) -> list[str]:
    return [f"{claim.kind}: {claim.name}" for claim in told.claims if claim.outcome == outcome]
