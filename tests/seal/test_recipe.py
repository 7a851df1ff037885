"""VERIFY.md as an outsider follows it: with a shell, python3 -I and openssl, and nothing else."""

from __future__ import annotations

import dataclasses
import json
import random
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from readiness.seal import archive, keys, sealing
from tests.soak import scaled

from .conftest import MEMBERS, Sealer, facts, unsigned
from .test_verify import FORGED

STEPS = re.findall(r"^```sh\n(.*?)^```$", sealing.RECIPE_TEXT.decode(), re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of programs in which there are two."""
    folder = tmp_path_factory.mktemp("tools")
    (folder / "openssl").symlink_to(shutil.which("openssl") or "openssl")
    (folder / "python3").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    (folder / "python3").chmod(0o755)
    return folder


@pytest.fixture
def place(tmp_path: Path, acme: Sealer) -> Path:
    (tmp_path / "root.pub").write_bytes(keys.public_pem(acme.root.public_key()))
    return tmp_path


def follow(place: Path, tools: Path, data: bytes) -> subprocess.CompletedProcess[str]:
    (place / "pack.zip").write_bytes(data)
    script = "set -e\n" + "\n".join(STEPS)
    return subprocess.run(
        ["/bin/sh", "-c", script], cwd=place, env={"PATH": str(tools)}, capture_output=True, text=True, check=False
    )


def test_it_leads_to_verdict_and_signer(place: Path, tools: Path, acme: Sealer) -> None:
    done = follow(place, tools, acme.seal())
    assert done.returncode == 0, done.stderr
    said = done.stdout
    assert "Signer: 'Acme 2026' on 2026-11-23" in said
    assert "Verdict: 'blocked'" in said
    root = keys.id_of(acme.root.public_key())
    assert f"Root: '{root}'" in said
    assert re.search(rf"^SHA2-256\(root.der\)= {root}$", said, re.MULTILINE)
    assert said.count("Signature Verified Successfully") == 2


def test_it_tells_which_pack_the_reader_had_before(place: Path, tools: Path, acme: Sealer) -> None:
    assert "Previous: None" in follow(place, tools, acme.seal()).stdout
    done = follow(place, tools, sealing.seal(MEMBERS, facts(previous="d" * 64), acme.signer))
    assert f"Previous: '{'d' * 64}'" in done.stdout


def test_it_asks_python_for_nothing_but_isolated_runs_and_fetches_nothing() -> None:
    assert [line for step in STEPS for line in step.splitlines() if "python" in line] == ["python3 -I - <<'END'"]
    assert len(STEPS) == 3
    assert "http" not in "".join(STEPS)


REGIONS = {
    "the first byte": 0,
    "a time in a header": 10,
    "a checksum": 14,
    "a name": 31,
    "a member": 60,
    "the directory": -300,
    "a mode in the directory": -60,
    "the number of members": -12,
    "the length of the comment": -2,
    "the last byte": -1,
}


@pytest.mark.parametrize("where", REGIONS)
def test_it_stops_at_a_byte_that_was_changed(place: Path, tools: Path, acme: Sealer, where: str) -> None:
    turned = bytearray(acme.seal())
    turned[REGIONS[where]] ^= 0x04
    done = follow(place, tools, bytes(turned))
    assert done.returncode != 0
    assert "Signature Verified" not in done.stdout


def test_it_stops_at_bytes_that_were_changed_at_random(place: Path, tools: Path, acme: Sealer) -> None:
    data, draw = acme.seal(), random.Random(8)  # noqa: S311 - repeatable on purpose
    for _ in range(scaled(20)):
        turned = bytearray(data)
        turned[draw.randrange(len(data))] ^= 1 << draw.randrange(8)
        assert follow(place, tools, bytes(turned)).returncode != 0


@pytest.mark.parametrize("how", sorted(FORGED.keys() - {"a space in the signature"}))  # which changes nothing signed
def test_it_stops_at_a_forged_pack(place: Path, tools: Path, acme: Sealer, how: str) -> None:
    assert follow(place, tools, FORGED[how][0](acme)).returncode != 0


def test_it_stops_where_nobody_signed(place: Path, tools: Path) -> None:
    done = follow(place, tools, unsigned())
    assert done.returncode == 1
    assert done.stderr.startswith("UNSIGNED")


def test_it_stops_at_a_root_that_is_not_the_readers(place: Path, tools: Path, acme: Sealer) -> None:
    (place / "root.pub").write_bytes(keys.public_pem(keys.generate().public_key()))
    assert follow(place, tools, acme.seal()).returncode != 0


def test_it_stops_at_a_key_that_the_packs_own_keyring_revokes(place: Path, tools: Path, acme: Sealer) -> None:
    revoked = dataclasses.replace(acme.signer, keyring=acme.revoked())
    done = follow(place, tools, sealing.seal(MEMBERS, facts(), revoked))
    assert done.returncode == 1
    assert done.stderr.startswith("REVOKED on 2026-12-02T12:00:00Z: the laptop was stolen")


def test_it_runs_no_code_that_a_pack_brings(place: Path, tools: Path, acme: Sealer) -> None:
    evil = {**MEMBERS, "json.py": b"raise SystemExit(0)\n"}
    (place / "json.py").write_bytes(evil["json.py"])
    done = follow(place, tools, acme.seal(evil))
    assert done.returncode == 0
    assert "Verdict" in done.stdout


def test_each_pack_carries_the_same_recipe(acme: Sealer) -> None:
    assert {archive.unpack(data)["VERIFY.md"] for data in (acme.seal(), unsigned())} == {sealing.RECIPE_TEXT}
    assert json.loads(archive.unpack(acme.seal())["statement.json"])["predicate"]["system"] == "copilot"
