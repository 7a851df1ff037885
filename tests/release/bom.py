"""What is shipped: every package that an installation brings, as CycloneDX 1.6, and their licences as a table.

`python -m tests.release.bom FOLDER` writes both. Names, versions and hashes are those of `requirements/run.txt`,
licences those that the installed packages state; a package for another Python or system stands there without one.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from importlib.metadata import PackageMetadata, PackageNotFoundError, metadata
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from readiness import __version__, paths

LOCK = paths.ROOT / "requirements" / "run.txt"
BUILDING = ("editables", "hatchling", "packaging", "pathspec", "pluggy", "trove-classifiers")
"""What only builds the package, and is not shipped."""
UNKNOWN = "not stated"
_PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)")
_OURS = UUID("6f9b1d0c-52a4-4b0e-9d7e-0d5c1f2f9d11")


def locked(text: str) -> dict[tuple[str, str], list[str]]:
    """The hashes of every package by name and version."""
    found: dict[tuple[str, str], list[str]] = {}
    for line in text.splitlines():
        if pinned := _PINNED.match(line):
            hashes = found.setdefault((pinned[1], pinned[2]), [])
        elif line.strip().startswith("--hash=sha256:"):
            hashes.append(line.strip().removeprefix("--hash=sha256:").rstrip(" \\"))
    return found


def licence(name: str) -> str:
    """The licence that an installed package states: as an expression, by its classifiers, or in a word."""
    try:
        stated = metadata(name)
    except PackageNotFoundError:
        return UNKNOWN
    classes = [line.rpartition(" :: ")[2] for line in _all(stated, "Classifier") if line.startswith("License :: ")]
    word = next(iter((_one(stated, "License") or "").strip().splitlines()), "")
    return _one(stated, "License-Expression") or " and ".join(classes) or word[:80] or UNKNOWN


def _one(stated: PackageMetadata, key: str) -> str:
    return str(stated[key]) if key in stated else ""


def _all(stated: PackageMetadata, key: str) -> list[str]:
    return [str(line) for line in stated.get_all(key) or ()]


def bom(text: str) -> dict[str, Any]:
    """The bill of materials; the same lock gives the same one."""
    components = list(_components(text))
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid5(_OURS, text)}",
        "version": 1,
        "metadata": {"component": _component("readiness", __version__, [], "Apache-2.0", kind="application")},
        "components": components,
        "dependencies": [{"ref": _purl("readiness", __version__), "dependsOn": [one["bom-ref"] for one in components]}],
    }


def _components(text: str) -> Iterator[dict[str, Any]]:
    for (name, version), hashes in sorted(locked(text).items()):
        if name not in BUILDING:
            yield _component(name, version, hashes, licence(name))


def _component(name: str, version: str, hashes: list[str], stated: str, *, kind: str = "library") -> dict[str, Any]:
    """Each hash is of one file that the package comes as."""
    made: dict[str, Any] = {
        "type": kind,
        "bom-ref": _purl(name, version),
        "name": name,
        "version": version,
        "purl": _purl(name, version),
    }
    if stated != UNKNOWN:
        made["licenses"] = [{"license": {"name": stated}}]
    if hashes:
        files = [{"type": "distribution", "url": _purl(name, version), "hashes": [_hash(one)]} for one in hashes]
        made["externalReferences"] = files
    return made


def _hash(digest: str) -> dict[str, str]:
    return {"alg": "SHA-256", "content": digest}


def _purl(name: str, version: str) -> str:
    return f"pkg:pypi/{name.lower().replace('_', '-')}@{version}"


def licences(text: str) -> str:
    """The licences as a table of Markdown."""
    rows = [f"| {one['name']} | {one['version']} | {_licence_of(one)} |" for one in _components(text)]
    head = ["# What readiness brings, and under which licences", "", "| package | version | licence |", "|---|---|---|"]
    return "\n".join([*head, *rows, ""])


def _licence_of(component: dict[str, Any]) -> str:
    stated = component.get("licenses")
    return str(stated[0]["license"]["name"]).replace("|", "/") if stated else UNKNOWN


def main(folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    text = LOCK.read_text("utf-8")
    (folder / f"readiness-{__version__}.cdx.json").write_text(json.dumps(bom(text), indent=1) + "\n", "utf-8")
    (folder / "LICENCES.md").write_text(licences(text), "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
