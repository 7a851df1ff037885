"""The rooms: what import-linter does not hold."""

from __future__ import annotations

import ast
import builtins
from collections import defaultdict

import pytest

from readiness import paths
from tests.mutants import mutate

WELL_KNOWN = {"Path", "Any", "Table", "Column", "Session", "Engine", *dir(builtins)}
FLAT = {
    "__init__",
    "__main__",
    "access",
    "clock",
    "english",
    "errors",
    "extras",
    "formatting",
    "kept",
    "language",
    "names",
    "paths",
    "plugins",
    "strict_toml",
}


def test_no_two_public_classes_share_a_name_or_shadow_a_well_known_one() -> None:
    homes = defaultdict(list)
    for path in (paths.ROOT / "readiness").rglob("*.py"):
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                homes[node.name].append(str(path.relative_to(paths.ROOT)))
    assert {name: places for name, places in homes.items() if len(places) > 1} == {}
    assert homes.keys() & WELL_KNOWN == {"Column"}  # of a file, beside the readers of files


def test_beside_the_rooms_stands_only_what_every_room_may_use() -> None:
    assert {path.stem for path in (paths.ROOT / "readiness").glob("*.py")} == FLAT


@pytest.mark.parametrize(("module", "listed"), mutate.equivalent().items(), ids=mutate.equivalent())
def test_what_is_listed_as_a_mutant_that_changes_nothing_is_one(module: str, listed: set[tuple[str, str, str]]) -> None:
    source = (paths.ROOT / "readiness" / module).read_text("utf-8")
    assert listed <= mutate.changes(mutate.mutants(source))
