"""The keys that seal packs, and readiness verify, as a person runs them."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from readiness.seal import keyring, keys, sealing, signer
from tests.seal.conftest import MEMBERS, Sealer, facts, unsigned

from .conftest import Run

ROOT_PASSPHRASE, PASSPHRASE = "correct-horse-battery", "staple-staple-staple"


@pytest.fixture
def passphrases(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("READINESS_ROOT_PASSPHRASE", ROOT_PASSPHRASE)
    monkeypatch.setenv("READINESS_PACK_PASSPHRASE", PASSPHRASE)
    for variable in (signer.KEY_VARIABLE, signer.KEYRING_VARIABLE, "READINESS_TRUST"):
        monkeypatch.delenv(variable, raising=False)


@pytest.fixture
def office(run: Run, tmp_path: Path, passphrases: None) -> Path:
    """A folder with a root and its first key."""
    folder = tmp_path / "root"
    assert run("keys", "init", folder).status == 0
    new = ["--name", "Acme 2026", "--from", "2026-01-01", "--to", "2027-01-31"]
    assert run("keys", "new", folder, "-o", tmp_path / "pack.pem", *new).status == 0
    return folder


def sealed(folder: Path) -> Path:
    """A pack that the key beside the folder sealed."""
    key = keys.private_of(folder.parent / "pack.pem", PASSPHRASE)
    by = signer.of(key, keyring.read((folder / "keyring.json").read_bytes()))
    pack = folder.parent / "pack.zip"
    pack.write_bytes(sealing.seal(MEMBERS, facts(), by))
    return pack


def test_a_root_and_a_key_are_made_encrypted_and_closed_to_others(run: Run, office: Path) -> None:
    for private in (office / "root.pem", office.parent / "pack.pem"):
        assert stat.S_IMODE(private.stat().st_mode) == 0o600
        assert b"ENCRYPTED" in private.read_bytes()
    (root,) = keys.roots_of(office / "root.pub")
    listed = run("keys", "list", office)
    assert listed.lines[0].endswith(f"signed in the name of {keys.id_of(root)}.")
    assert listed.lines[1].endswith("Acme 2026  2026-01-01 to 2027-01-31  not revoked")
    assert run("keys", "list", office / "keyring.json", "--json").json["number"] == 2


def test_a_new_key_lasts_thirteen_months_from_today(run: Run, office: Path, tmp_path: Path) -> None:
    said = run("keys", "new", office, "-o", tmp_path / "next.pem", "--name", "Acme 2027", "--json").json
    assert (said["first"], said["last"]) == ("2026-11-20", "2027-12-21")


def test_a_pack_that_a_known_root_vouches_for_holds(run: Run, office: Path) -> None:
    pack = sealed(office)
    said = run("verify", pack, "--trust", office / "root.pub")
    assert said.status == 0
    assert said.lines[0] == "✓ The pack is what Acme 2026 sealed on 2026-11-23, byte for byte."
    assert said.lines[1] == "It says of copilot: blocked, as of 2026-11-23, for leadership."
    answered = run("verify", pack, "--trust", office / "root.pub", "--json").json
    assert (answered["holds"], answered["state"], answered["signer"]["name"]) == (True, "holds", "Acme 2026")
    assert answered["says"]["verdict"] == "blocked"


def test_the_environment_may_name_the_root(run: Run, office: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("READINESS_TRUST", str(office / "root.pub"))
    assert run("verify", sealed(office)).status == 0


def test_without_a_root_the_signer_is_unknown_and_the_answer_is_no(run: Run, office: Path) -> None:
    said = run("verify", sealed(office))
    assert said.status == 1
    assert said.lines[0].startswith("✕ Signer unknown: the pack says that it stands on the root ")


def test_no_dashboard_elsewhere_is_asked(run: Run, office: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("READINESS_REMOTE", "https://readiness.invalid")
    assert run("verify", sealed(office), "--trust", office / "root.pub").status == 0


def test_a_revoked_key_is_known_by_the_newer_keyring(run: Run, office: Path) -> None:
    pack, trust = sealed(office), ("--trust", office / "root.pub")
    key = run("keys", "list", office, "--json").json["keys"][0]["id"]
    assert run("keys", "revoke", office, key[:12], "--reason", "the laptop was stolen").status == 0
    assert run("verify", pack, *trust).status == 0
    said = run("verify", pack, *trust, "--keyring", office / "keyring.json")
    assert said.status == 1
    assert "was revoked on 2026-11-20 (the laptop was stolen)" in said.lines[0]
    assert "revoked on 2026-11-20: the laptop was stolen" in run("keys", "list", office).out


def test_an_unsigned_pack_and_a_damaged_one_are_told_apart(run: Run, office: Path, tmp_path: Path) -> None:
    path, trust = tmp_path / "other.zip", ("--trust", office / "root.pub")
    path.write_bytes(unsigned())
    assert run("verify", path, *trust).lines[0].startswith("✕ Nobody signed this pack")
    path.write_bytes(unsigned()[:-1])
    said = run("verify", path, *trust)
    assert (said.status, said.lines[0]) == (1, "✕ The file is damaged or was packed anew: the file breaks off.")
    assert run("verify", path, "--json").json["says"] is None


def test_what_is_no_pack_is_bad_input(run: Run, tmp_path: Path, passphrases: None) -> None:
    (tmp_path / "notes.txt").write_text("notes")
    assert run("verify", tmp_path / "notes.txt").status == 2
    assert run("verify", tmp_path / "absent.zip").status == 2
    said = run("verify", tmp_path / "notes.txt", "--trust", tmp_path / "notes.txt")
    assert said.err == "readiness: notes.txt: it holds 0 keys; expected one to 20 public Ed25519 keys as PEM.\n"


def test_no_text_of_a_pack_moves_the_cursor(run: Run, office: Path) -> None:
    acme = Sealer()
    said = facts().model_copy(update={"system": "\x1b[2J\u202eevil", "verdict": "a\nb"})
    pack = office.parent / "pack.zip"
    pack.write_bytes(sealing.seal(MEMBERS, said, acme.signer))
    (office.parent / "acme.pub").write_bytes(keys.public_pem(acme.root.public_key()))
    out = run("verify", pack, "--trust", office.parent / "acme.pub")
    assert out.status == 0
    assert not {"\x1b", "\u202e"} & set(out.out)
    assert len(out.lines) == 8


def test_nothing_is_written_over(run: Run, office: Path, tmp_path: Path) -> None:
    before = {path.name: path.read_bytes() for path in [*office.iterdir(), tmp_path / "pack.pem"]}
    assert "there is a root already" in run("keys", "init", office).err
    assert "the file is there already" in run("keys", "new", office, "-o", tmp_path / "pack.pem", "--name", "x").err
    assert {path.name: path.read_bytes() for path in [*office.iterdir(), tmp_path / "pack.pem"]} == before


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--name", " "), "--name: a key needs a name"),
        (("--name", "x", "--from", "2027-02-01", "--to", "2027-01-01"), "--to: the key ends before it begins"),
        (("--name", "x", "--to", "someday"), "--to: 'someday' is not a date"),
    ],
)
def test_a_key_that_makes_no_sense_is_refused(
    run: Run, office: Path, tmp_path: Path, arguments: tuple[str, ...], says: str
) -> None:
    said = run("keys", "new", office, "-o", tmp_path / "next.pem", *arguments)
    assert said.status == 2
    assert says in said.err
    assert not (tmp_path / "next.pem").exists()


def test_a_revocation_names_one_key_and_a_reason(run: Run, office: Path) -> None:
    key = run("keys", "list", office, "--json").json["keys"][0]["id"]
    assert "there is no such key" in run("keys", "revoke", office, "0" * 12, "--reason", "lost").err
    assert "there is no such key" in run("keys", "revoke", office, key[:4], "--reason", "lost").err
    assert "a revocation needs a reason" in run("keys", "revoke", office, key, "--reason", " ").err


def test_a_keyring_of_another_root_is_not_changed(run: Run, office: Path, tmp_path: Path) -> None:
    (office / "keyring.json").write_bytes(Sealer().signed().body)
    said = run("keys", "new", office, "-o", tmp_path / "next.pem", "--name", "x")
    assert "keyring.json: the root did not sign this keyring" in said.err


def test_without_a_terminal_a_passphrase_comes_from_the_environment(
    run: Run, tmp_path: Path, passphrases: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("READINESS_ROOT_PASSPHRASE")
    said = run("keys", "init", tmp_path / "root")
    assert (said.status, "READINESS_ROOT_PASSPHRASE: no passphrase is given" in said.err) == (2, True)
    monkeypatch.setenv("READINESS_ROOT_PASSPHRASE", "short")
    assert "the passphrase is too short" in run("keys", "init", tmp_path / "root").err
    assert not (tmp_path / "root").exists()


def examined(run: Run) -> dict[str, object]:
    return next(check for check in run("doctor", "--json").json if check["check"] == "seal")


def test_doctor_says_until_when_packs_are_signed_and_what_keeps_them_from_it(
    run: Run, office: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unsigned = {"check": "seal", "ok": True, "says": "packs are not signed; READINESS_PACK_KEY names a key"}
    assert examined(run) == unsigned
    monkeypatch.setenv(signer.KEY_VARIABLE, str(office.parent / "pack.pem"))
    monkeypatch.setenv(signer.KEYRING_VARIABLE, str(office / "keyring.json"))
    assert examined(run) == {"check": "seal", "ok": True, "says": "Acme 2026 signs until 31 Jan 2027"}
    (office.parent / "pack.pem").chmod(0o640)
    assert examined(run)["ok"] is False
    assert "others may read this key (mode 640)" in str(examined(run)["says"])
    assert run("doctor").status == 1


@pytest.mark.parametrize(
    ("last", "says"),
    [
        ("2026-12-20", "Acme 2026 signs until 20 Dec 2026"),
        ("2026-12-19", "Acme 2026 signs until 19 Dec 2026; make the next key"),
        ("2026-11-19", "the key Acme 2026 signs from 2026-01-01 to 2026-11-19 only"),
    ],
)
def test_doctor_warns_a_month_before_the_key_ends(
    run: Run, tmp_path: Path, passphrases: None, monkeypatch: pytest.MonkeyPatch, last: str, says: str
) -> None:
    run("keys", "init", tmp_path / "root")
    days = ("--name", "Acme 2026", "--from", "2026-01-01", "--to", last)
    run("keys", "new", tmp_path / "root", "-o", tmp_path / "pack.pem", *days)
    monkeypatch.setenv(signer.KEY_VARIABLE, str(tmp_path / "pack.pem"))
    monkeypatch.setenv(signer.KEYRING_VARIABLE, str(tmp_path / "root" / "keyring.json"))
    assert says in str(examined(run)["says"])
    assert examined(run)["ok"] is (last == "2026-12-20")


def test_a_pack_of_the_demo_is_sealed_and_verified_in_two_commands(
    run: Run, portfolio: Path, office: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(signer.KEY_VARIABLE, str(office.parent / "pack.pem"))
    monkeypatch.setenv(signer.KEYRING_VARIABLE, str(office / "keyring.json"))
    made = ("--for", "security", "--draft", "--format", "zip", "-o", office.parent / "out.zip")
    assert run("pack", "freight-support", *made).status == 0
    said = run("verify", office.parent / "out.zip", "--trust", office / "root.pub")
    assert said.status == 0
    assert said.lines[1] == "It says of freight-support: blocked, as of 2026-11-20, for security, as a draft."
