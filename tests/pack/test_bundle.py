"""The pack as a ZIP: everything it says, every table, and a seal that notices each bit."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from readiness import __version__, pack
from readiness.errors import InputError
from readiness.pack import bundle, tables
from readiness.pack.snapshot import PackSection, Snapshot
from readiness.seal import archive, canonical, keys, signer, statement, verify
from readiness.seal.verify import Verification
from tests.seal.conftest import Sealer, configure
from tests.soak import scaled

from .conftest import DAY, HEAD, NOON, Desk, asking

SYSTEM = "freight-support"


@pytest.fixture
def key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Sealer:
    """A key that the environment names."""
    acme = Sealer()
    configure(acme, tmp_path, monkeypatch)
    return acme


def verified(acme: Sealer, data: bytes) -> Verification:
    return verify.verify(data, [acme.root.public_key()])


def members(desk: Desk, audience: str = "security", slug: str = SYSTEM, **options: Any) -> dict[str, bytes]:
    return archive.unpack(desk.build(audience, slug, format="zip", **options).body)


def rows(body: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"))))


@pytest.mark.parametrize("audience", pack.AUDIENCES)
def test_it_holds_under_its_key_and_says_what_the_pack_says(shown: Desk, key: Sealer, audience: str) -> None:
    made, taken = shown.build(audience, SYSTEM, format="zip"), shown.take(audience, SYSTEM)
    found = verified(key, made.body)
    assert found.holds
    assert made.name.endswith(f"_{audience}_2026-11-23.zip")
    assert found.facts is not None
    said = found.facts.model_dump(mode="json", exclude={"snapshot", "templates", "redaction", "audit_head"})
    assert said == {
        "system": SYSTEM,
        "checklist": {"id": "llm-rollout", "version": "2.0"},
        "verdict": taken.level,
        "audience": audience,
        "draft": True,
        "previous": None,
        "as_of": "2026-11-23",
        "made": "2026-11-23T12:00:00Z",
        "program": __version__,
    }
    assert found.facts.redaction.profile == audience
    assert found.facts.audit_head == shown_head(shown)


def shown_head(desk: Desk) -> str:
    return json.loads(members(desk)["snapshot.json"])["origin"]["audit_head"]  # type: ignore[no-any-return]


def test_it_has_every_form_as_it_would_leave_alone(shown: Desk) -> None:
    found = members(shown)
    for name, form in pack.FORMATS.items():
        if name not in ("zip", "letter.pdf"):
            assert found[f"pack.{form.ending or name}"] == shown.build("security", SYSTEM, format=name).body


def test_the_snapshot_in_it_is_all_that_the_audience_may_see(shown: Desk) -> None:
    taken = pack.take(shown.store, shown.by, SYSTEM, asking("security"), as_of=DAY, made_at=NOON)
    assert members(shown)["snapshot.json"] == canonical.dumps(taken.data())


def test_every_table_of_the_pack_is_a_file(shown: Desk) -> None:
    assert {name for name in members(shown, "leadership") if name.startswith("tables/")} == {
        f"tables/{name}.csv"
        for name in (
            *("approval-people", "decision-bands", "decision-fired", "decision-ways"),
            *("differences-rows", "gaps", "packet-parts"),
        )
    }
    gaps = rows(members(shown, "leadership")["tables/gaps.csv"])
    told = next(section.data for section in shown.take("leadership", SYSTEM).sections if section.id == "gaps")["gaps"]
    assert isinstance(told, list)
    assert [row["gap"] for row in gaps] == [row["gap"] for row in told]


def test_spans_are_a_table_that_names_its_trace(shown: Desk) -> None:
    found = members(shown)
    traces, spans = rows(found["tables/traces-paths.csv"]), rows(found["tables/traces-paths-spans.csv"])
    assert [trace["name"] for trace in traces] == ["Good path", "Bad path", "Escalation path"]
    assert {span["row"] for span in spans} == {"1", "2", "3"}
    assert spans[0] | {"after": ""} == {
        "row": "1",
        "kind": "request",
        "name": "POST /chat",
        "after": "",
        "took": "1,980 ms",
        "status": "✓ ok",
    }
    assert not any(name.startswith("tables/traces") for name in members(shown, "procurement"))


FIXED = Snapshot(
    audience="leadership",
    slug="copilot",
    candidate="2026.11",
    as_of="2026-11-23",
    level="blocked",
    stamp={"recipient": "Acme", "draft": ""},
    head={"name": "Copilot"},
    sections=(
        PackSection(
            "answers",
            "Answers",
            {
                "answers": [
                    {"group": "Quality"},
                    {"signal": "=cmd()", "mark": "Yes – gap", "evidence": ["a", "@b"], "open": True},
                    {"signal": "two", "owner": {"role": "Lead", "since": 3}, "files": [{"name": "x"}, {"name": "-y"}]},
                ],
                "total": 2,
                "none": [],
            },
        ),
    ),
    foot={"numbered": ""},
    origin={"made": NOON.isoformat(), "audit_head": HEAD, "checklist": "own", "checklist_version": "1"},
)


def test_a_table_keeps_groups_lists_and_what_is_within_and_no_cell_is_a_formula() -> None:
    found = tables.files(FIXED)
    assert found.keys() == {"tables/answers.csv", "tables/answers-files.csv"}
    first, second = rows(found["tables/answers.csv"])
    assert first["group"] == second["group"] == "Quality"
    assert (first["signal"], first["evidence"], first["open"]) == ("'=cmd()", "a; '@b", "yes")
    assert (second["owner role"], second["owner since"], second["mark"]) == ("Lead", "3", "")
    assert rows(found["tables/answers-files.csv"]) == [{"row": "2", "name": "x"}, {"row": "2", "name": "'-y"}]


GOLDEN = "37d9b78ff619ac7f54f66cded92cca749a2918b260ec82f75865c869b3e6368f"


def test_a_fixed_snapshot_has_the_bytes_it_always_had() -> None:
    held = {"snapshot.json": canonical.dumps(FIXED.data()), **tables.files(FIXED)}
    assert hashlib.sha256(archive.pack(held)).hexdigest() == GOLDEN


SEEDED = """
import sys, datetime as dt, hashlib
from readiness import pack
from readiness.access import GRANTS, Principal
from readiness.store import open_store
made = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
store, by = open_store(sys.argv[1]), Principal.of("zqimporterzq", GRANTS)
for asked in map(pack.Request.model_validate_json, sys.argv[2:]):
    print(hashlib.sha256(pack.build(store, by, "freight-support", asked, as_of=made.date(), format="zip",
        made_at=made).body).hexdigest())
"""


def test_the_same_snapshot_has_the_same_bytes_in_another_process(shown: Desk, key: Sealer) -> None:
    """Whatever order sets have there."""
    requests = [asking(audience, shown.review(SYSTEM)) for audience in pack.AUDIENCES]
    told = subprocess.run(
        [sys.executable, "-c", SEEDED, f"sqlite:///{shown.store.path}", *[each.model_dump_json() for each in requests]],
        env={**os.environ, "PYTHONHASHSEED": "1"},
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    own = [shown.build(audience, SYSTEM, format="zip").body for audience in pack.AUDIENCES]
    assert told == "".join(f"{canonical.digest(body)}\n" for body in own)


def test_no_bit_of_a_whole_pack_turns_unnoticed(shown: Desk, key: Sealer) -> None:
    data, draw = shown.build("security", SYSTEM, format="zip").body, random.Random(20)  # noqa: S311 - repeatable
    assert verified(key, data).holds
    turned = bytearray(data)
    for at in (draw.randrange(len(data) * 8) for _ in range(scaled(2_000))):
        turned[at // 8] ^= 1 << at % 8
        assert not verified(key, bytes(turned)).holds
        turned[at // 8] ^= 1 << at % 8
    assert bytes(turned) == data


def test_without_a_key_it_is_whole_and_says_that_nobody_signed(shown: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(signer.KEY_VARIABLE, raising=False)
    found = verified(Sealer(), shown.build("security", SYSTEM, format="zip").body)
    assert found.state == "unsigned"
    assert not {"keyring.json", "envelope.dsse.json"} & members(shown).keys()


def test_a_key_that_is_not_fit_stops_the_pack(shown: Desk, key: Sealer, monkeypatch: pytest.MonkeyPatch) -> None:
    Path(os.environ[signer.KEY_VARIABLE]).chmod(0o644)
    with pytest.raises(InputError, match="others may read this key"):
        shown.build("security", SYSTEM, format="zip")
    assert shown.build("security", SYSTEM, format="md").body
    Path(os.environ[signer.KEY_VARIABLE]).chmod(0o600)
    late = NOON.replace(year=2028)
    with pytest.raises(InputError, match="the key Acme 2026 signs from 2026-01-01 to 2027-01-31 only"):
        shown.build("security", SYSTEM, format="zip", made_at=late)


def test_a_form_that_fails_stops_the_pack() -> None:
    def broken(taken: Snapshot) -> bytes:
        raise InputError("a picture cannot be drawn", place="pack.pdf")

    with pytest.raises(InputError, match="a picture cannot be drawn"):
        bundle.render(FIXED, {"md": lambda _: b"", "pdf": broken})


def test_the_name_of_a_customer_is_no_part_of_what_is_signed(shown: Desk, key: Sealer) -> None:
    stated = json.loads(members(shown)[statement.FILE])
    assert "recipient" not in json.dumps(stated["predicate"])
    assert keys.id_of(key.root.public_key()) in members(shown)["keyring.json"].decode()
    assert asking("security").recipient in members(shown)["snapshot.json"].decode()
