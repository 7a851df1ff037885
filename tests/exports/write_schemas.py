"""Writes the published JSON Schemas anew: `python -m tests.exports.write_schemas`."""

from __future__ import annotations

from readiness import paths
from readiness.exports import schemas

if __name__ == "__main__":
    for kind in schemas.KINDS:
        (paths.SCHEMAS / f"{kind}{schemas.SUFFIX}").write_text(schemas.written(kind), "utf-8")
