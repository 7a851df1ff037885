"""What a person calls files by: paths, folders, patterns, and objects of S3."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from readiness.errors import InputError
from readiness.importers.source import places
from readiness.services import Store
from readiness.store import queries
from tests import files, objects, samples
from tests.factories import SLUG

BUCKET = "evals"
RESULTS = (samples.DATA / "promptfoo.json").read_bytes()
OBJECTS = {
    "runs/1.json": RESULTS,
    "runs/2.json": b"{}",
    "runs/.hidden.json": b"{}",
    "runs/night/3.json": b"{}",
    "runs/notes.txt": b"-",
}


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with objects.serving(OBJECTS, BUCKET) as address:
        yield address


@pytest.fixture
def s3(address: str, monkeypatch: pytest.MonkeyPatch) -> str:
    for name, value in objects.environment(address).items():
        monkeypatch.setenv(name, value)
    return f"s3://{BUCKET}"


def names(asked: str, folder: Path) -> list[str]:
    folder.mkdir(exist_ok=True)
    return [file.shown for file in places.named([asked], folder)]


def test_an_object_is_copied_under_its_address(s3: str, tmp_path: Path) -> None:
    (file,) = places.named([f"{s3}/runs/1.json"], tmp_path)
    assert (file.name, file.path.read_bytes()) == (f"{s3}/runs/1.json", RESULTS)


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("runs/", ["1.json", "2.json", "notes.txt"]),
        ("runs", ["1.json", "2.json", "notes.txt"]),
        ("runs/*.json", ["1.json", "2.json"]),
        ("runs/[2-9].json", ["2.json"]),
        ("runs/**/*.json", ["1.json", "2.json", "night/3.json"]),
        ("*/night/*", ["night/3.json"]),
    ],
)
def test_a_folder_and_a_pattern_mean_what_is_in_them(s3: str, tmp_path: Path, asked: str, meant: list[str]) -> None:
    assert names(f"{s3}/{asked}", tmp_path) == [f"{s3}/runs/{name}" for name in meant]


@pytest.mark.parametrize(
    ("asked", "meant"),
    [("", ["a.csv", "b.csv"]), ("*.csv", ["a.csv", "b.csv"]), ("**/*.csv", ["a.csv", "b.csv", "c.csv"]), ("x", ["x"])],
)
def test_so_do_folders_and_patterns_of_this_machine(tmp_path: Path, asked: str, meant: list[str]) -> None:
    for name in ("a.csv", "b.csv", ".hidden", "in/c.csv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    assert names(str(tmp_path / asked), tmp_path) == meant


def test_a_file_whose_name_looks_like_a_pattern_is_that_file(tmp_path: Path) -> None:
    (tmp_path / "a[1].csv").write_text("x")
    (tmp_path / "a1.csv").write_text("x")
    assert names(str(tmp_path / "a[1].csv"), tmp_path) == ["a[1].csv"]


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ("s3://evals/none.json", "s3://evals/none.json: there is no such object; expected one that is there."),
        ("s3://nowhere/x.json", "s3://nowhere/x.json: there is no such object; expected one that is there."),
        ("s3://evals/runs/*.csv", "s3://evals/runs/*.csv: there is no file in it; expected one at least."),
        ("s3://*/x", "s3://*/x: the bucket is a pattern; expected its name."),
        ("s3://evals/x?X-Amz-Signature=hush", "s3://evals/x: the address says more than where; expected s3://BUCKET"),
        ("s3://me:hush@evals/x", "s3://evals/x: the address says more than where; expected s3://BUCKET/KEY, and who"),
        ("ftp://me:hush@evals/x", "ftp://evals/x: 'ftp' is no store of objects; expected a path, or an address with"),
    ],
)
def test_what_is_not_there_is_said_in_one_sentence(s3: str, tmp_path: Path, asked: str, sentence: str) -> None:
    with pytest.raises(InputError) as refused:
        places.named([asked], tmp_path)
    assert str(refused.value).startswith(sentence)
    assert not [one for one in ("hush", objects.KEY, objects.SECRET) if one in str(refused.value)]


def test_a_store_that_does_not_answer_is_said_without_what_it_was_asked_with(
    s3: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    with pytest.raises(InputError, match="does not answer as it should; expected what the environment") as refused:
        places.named([f"{s3}/runs/1.json"], tmp_path)
    assert objects.KEY not in str(refused.value)


def test_an_object_that_is_too_large_is_not_fetched(s3: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "TABLE_CAP", 10)
    with pytest.raises(InputError, match=rf"the object has {len(RESULTS):,} bytes; expected at most 10\."):
        places.named([f"{s3}/runs/1.json"], tmp_path)
    assert not [*tmp_path.iterdir()]
    monkeypatch.setattr(places, "MOST_FILES", 1)
    with pytest.raises(InputError, match="there are more than 1 files"):
        places.named([f"{s3}/runs/2.json", f"{s3}/runs/notes.txt"], tmp_path)


def test_azure_asks_for_an_account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AZURE_STORAGE_ACCOUNT", raising=False)
    with pytest.raises(InputError, match="AZURE_STORAGE_ACCOUNT: there is no account"):
        places.named(["az://evals/x.json"], tmp_path)


def test_an_object_is_imported_like_the_same_file(sqlite_store: Store, s3: str, tmp_path: Path) -> None:
    from readiness.cli.app import command

    told = [str(files.assessment(tmp_path)), f"{s3}/runs/1.json", "--db", sqlite_store.url]
    command("import").main(told, standalone_mode=False)
    (file,) = queries.dossier(sqlite_store, SLUG).evidence.values()
    assert (file.record.name, file.record.format) == (f"{s3}/runs/1.json", "promptfoo")
    assert (file.record.digest, file.record.size) == (hashlib.sha256(RESULTS).hexdigest(), len(RESULTS))
