"""As a CycloneDX 1.6 document with attestations (https://cyclonedx.org/docs/1.6/json/#declarations).

The checklist is the standard, each answer and gate a requirement with the claim made of it. What speaks for a claim is
its evidence, what speaks against it counter-evidence; both end with the pack. A score is given where a claim holds (1)
or fails (0) only: there is no measure of what lies between.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from readiness import __version__, language
from readiness.pack.snapshot import Snapshot
from readiness.seal import canonical

from .claims import OWN, Claim, Outcome, Part, Told, text

_SYSTEM, _ASSESSOR, _CHECKLIST = "system", "assessor", "checklist"
_TYPES = {"model": "machine-learning-model", "fallback": "machine-learning-model", "prompt": "data", "index": "data"}
"""Of a part by its kind; what the format has no type for is an application."""
_SCORES: dict[Outcome, int] = {"holds": 1, "fails": 0}


def render(taken: Snapshot) -> bytes:
    with language.use(taken.language):
        return canonical.dumps(_document(Told(taken)))


def _document(told: Told) -> dict[str, Any]:
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{told.own_uuid}",
        "version": 1,
        "metadata": _metadata(told),
        "components": [*(_part(part, number) for number, part in enumerate(told.parts, 1)), *_files(told)],
        "declarations": {
            "assessors": [_assessor(told)],
            "attestations": [_attestation(told)],
            "claims": [_claim(claim) for claim in told.claims],
            "evidence": [_evidence(told, claim) for claim in told.claims if claim.outcome != "not decided"],
            "targets": {"components": [{"bom-ref": _SYSTEM, **_system(told)}]},
        },
        "definitions": {"standards": [_standard(told)]},
    }


def _metadata(told: Told) -> dict[str, Any]:
    said = {"audience": told.taken.audience, "level": told.level, "as-of": told.taken.as_of, **told.stamp}
    tool = {"type": "application", "name": "readiness", "version": __version__}
    return {
        "timestamp": told.made,
        "tools": {"components": [tool]},
        "component": _system(told),
        "properties": _properties({**said, "expires": told.expires, "snapshot-sha256": told.digest}),
    }


def _system(told: Told) -> dict[str, Any]:
    return {"type": "application", "name": told.name, "version": told.version}


def _properties(facts: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"name": f"{OWN}{name}", "value": value} for name, value in facts.items()]


def _part(part: Part, number: int) -> dict[str, Any]:
    found: dict[str, Any] = {"bom-ref": f"part-{number}", "type": _TYPES.get(part.kind, "application")}
    found |= {"name": part.name}
    found |= {"version": part.version} if part.version else {}
    found |= {"supplier": {"name": part.provider}} if part.provider else {}
    return {**found, "properties": _properties({"kind": part.kind, **part.facts})}


def _files(told: Told) -> list[dict[str, Any]]:
    return [
        {
            "type": "file",
            "bom-ref": f"file-{number}",
            "name": file.name,
            "hashes": [{"alg": "SHA-256", "content": file.digest}],
            "properties": _properties({"kind": file.kind, "measured": file.measured}),
        }
        for number, file in enumerate(told.files, 1)
    ]


def _assessor(told: Told) -> dict[str, Any]:
    """The system's own people; whom a reader may ask is told where it is stated."""
    contact = text(told.taken.stamp["contact"])
    return {"bom-ref": _ASSESSOR, "thirdParty": False, "organization": {"contact": [{"name": contact}]}}


def _standard(told: Told) -> dict[str, Any]:
    origin = told.taken.origin
    return {
        "bom-ref": _CHECKLIST,
        "name": text(origin["checklist"]),
        "version": text(origin["checklist_version"]),
        "requirements": [
            {"bom-ref": f"requirement-{claim.id}", "identifier": claim.id, "text": claim.name} for claim in told.claims
        ],
    }


def _attestation(told: Told) -> dict[str, Any]:
    return {"summary": told.verdict, "assessor": _ASSESSOR, "map": [_mapped(claim) for claim in told.claims]}


def _mapped(claim: Claim) -> dict[str, Any]:
    """A claim that nothing decides is neither held up nor countered."""
    sides = {"holds": "claims", "in part": "claims", "fails": "counterClaims"}
    score = {"score": _SCORES[claim.outcome]} if claim.outcome in _SCORES else {}
    mapped = {"requirement": f"requirement-{claim.id}"}
    side = {sides[claim.outcome]: [f"claim-{claim.id}"]} if claim.outcome in sides else {}
    return {**mapped, **side, "conformance": {**score, "rationale": f"{claim.outcome}: {claim.why}"}}


def _claim(claim: Claim) -> dict[str, Any]:
    said = {
        "bom-ref": f"claim-{claim.id}",
        "target": _SYSTEM,
        "predicate": f"{claim.name}: {claim.said}",
        "reasoning": claim.why,
    }
    if claim.outcome == "not decided":
        return said
    return {**said, "counterEvidence" if claim.outcome == "fails" else "evidence": [f"evidence-{claim.id}"]}


def _evidence(told: Told, claim: Claim) -> dict[str, Any]:
    """What is said to stand behind the claim, until the pack ends."""
    body = {"contentType": "text/plain; charset=utf-8", "content": claim.why}
    return {
        "bom-ref": f"evidence-{claim.id}",
        "propertyName": f"{OWN}{claim.kind}",
        "data": [{"name": claim.name, "contents": {"attachment": body}}],
        "created": told.made,
        "expires": told.expires,
    }
