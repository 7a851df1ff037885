"""The bill of materials, and what a release is made of."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import jsonschema_rs
import yaml

from readiness import __version__, paths
from tests.release import bom

LOCK = bom.LOCK.read_text("utf-8")
SCHEMAS = paths.ROOT / "tests" / "data" / "schemas"
COPYLEFT = re.compile(r"\bA?GPL|GNU (Affero )?General Public|SSPL|Commons Clause")


def validator() -> Any:
    def retrieve(uri: str) -> Any:
        return json.loads((SCHEMAS / uri.rpartition("/")[2]).read_text("utf-8"))

    return jsonschema_rs.validator_for(
        json.loads((SCHEMAS / "bom-1.6.SNAPSHOT.schema.json").read_text("utf-8")), retriever=retrieve
    )


def test_it_is_valid_by_its_published_schema_and_the_same_each_time(tmp_path: Path) -> None:
    bom.main(tmp_path)
    written = (tmp_path / f"readiness-{__version__}.cdx.json").read_text("utf-8")
    assert [error.message for error in validator().iter_errors(json.loads(written))] == []
    bom.main(tmp_path)
    assert (tmp_path / f"readiness-{__version__}.cdx.json").read_text("utf-8") == written


def test_every_package_of_the_lock_is_in_it_with_its_hashes() -> None:
    made = {(one["name"], one["version"]): one for one in bom.bom(LOCK)["components"]}
    pinned = {tuple(line.split(" ")[0].rstrip("\\").split("==")) for line in LOCK.splitlines() if "==" in line[:60]}
    pinned = {pair for pair in pinned if not pair[0].startswith(" ")}
    assert set(made) == {pair for pair in pinned if pair[0] not in bom.BUILDING}
    hashes = sum(len(one.get("externalReferences", ())) for one in made.values())
    building = sum(len(found) for (name, _), found in bom.locked(LOCK).items() if name in bom.BUILDING)
    assert hashes + building == LOCK.count("--hash=sha256:")


def test_the_licence_of_every_package_here_is_known_and_lets_it_be_shipped() -> None:
    known = {
        one["name"]: one["licenses"][0]["license"]["name"] for one in bom.bom(LOCK)["components"] if "licenses" in one
    }
    assert len(known) > 70
    assert {name: stated for name, stated in known.items() if COPYLEFT.search(stated) and "Lesser" not in stated} == {}


def test_a_release_is_built_from_a_tag_twice_and_attested() -> None:
    flow = yaml.safe_load((paths.ROOT / ".github" / "workflows" / "release.yml").read_text("utf-8"))
    steps = flow["jobs"]["build"]["steps"]
    assert flow[True] == {"push": {"tags": ["v*"]}}
    assert flow["permissions"] == {"contents": "read"}
    assert all(re.search(r"@[0-9a-f]{40}$", step["uses"]) for step in steps if "uses" in step)
    assert sum("make release" in step.get("run", "") for step in steps) == 2
    assert any("attest" in step.get("uses", "") for step in steps)


def test_version_and_licence_are_the_same_everywhere() -> None:
    cited = yaml.safe_load((paths.ROOT / "CITATION.cff").read_text("utf-8"))
    project = tomllib.loads((paths.ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert (cited["version"], cited["license"]) == (__version__, project["license"])
    assert [author["name"] for author in cited["authors"]] == [author["name"] for author in project["authors"]]


def test_what_hosts_look_for_installs_against_hashes() -> None:
    lines = (paths.ROOT / "requirements.txt").read_text("utf-8").splitlines()
    assert [line for line in lines if not line.startswith("#")] == ["-r requirements/run.txt"]
    for lock in (paths.ROOT / "requirements").glob("*.txt"):
        text = lock.read_text("utf-8")
        assert "://" not in text
        for block in re.split(r"\n(?=\S)", text.strip()):
            assert "--hash=sha256:" in block, block
