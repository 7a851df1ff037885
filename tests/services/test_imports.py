from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from readiness.access import Principal
from readiness.errors import Denied, InputError, NotFound
from readiness.importers import Options
from readiness.model.assessment import VersionRole
from readiness.services import imports
from readiness.services import traces as traces_service
from readiness.store import Store, queries
from readiness.tracing import sampling
from tests import factories, files
from tests.factories import BASELINE, CANDIDATE, SLUG, TODAY

DANA = factories.principal()
BARE = "workflow,cohort,metric,value,n"


def bare(folder: Path) -> Path:
    """Results that name no version."""
    return files.results(folder, "*,,task_success,0.9,400", header=BARE)


def test_a_file_keeps_the_name_that_people_know_it_by(sqlite_store: Store, tmp_path: Path) -> None:
    path = files.results(tmp_path, name="upload-7f3a")
    batch = imports.read(sqlite_store, DANA, imports.ImportRequest(path=path, name="October results.csv"))
    assert batch.name == "October results.csv"
    assert batch.evidence
    assert batch.evidence.name == "October results.csv"


def test_what_was_read_is_not_stored_until_it_is_kept(sqlite_store: Store, tmp_path: Path) -> None:
    (parcel,) = imports.read_all(sqlite_store, DANA, [imports.ImportRequest(path=files.assessment(tmp_path))])
    assert (queries.systems(sqlite_store), queries.events(sqlite_store)) == ([], [])
    assert parcel.system == SLUG
    assert imports.keep(sqlite_store, DANA, parcel.batch, as_of=TODAY).changed
    assert [system.slug for system in queries.systems(sqlite_store)] == [SLUG]


@pytest.mark.parametrize(("role", "version"), [("baseline", BASELINE), ("candidate", CANDIDATE)])
def test_a_role_is_the_version_of_the_latest_assessment(
    sqlite_store: Store, tmp_path: Path, role: VersionRole, version: str
) -> None:
    files.keep(sqlite_store, files.assessment(tmp_path))
    batch = imports.read(sqlite_store, DANA, imports.ImportRequest(path=bare(tmp_path), role=role))
    assert {cell.version for cell in batch.cells} == {version}


def test_a_role_that_the_assessment_does_not_fill_is_refused(sqlite_store: Store, tmp_path: Path) -> None:
    file = files.whole().model_copy(update={"assessment": factories.assessment(baseline="")})
    files.keep(sqlite_store, files.assessment(tmp_path, file))
    with pytest.raises(InputError, match="the assessment of support-copilot names no baseline; expected the version"):
        imports.read(sqlite_store, DANA, imports.ImportRequest(path=bare(tmp_path), role="baseline"))


def test_a_role_needs_an_assessment_somewhere(sqlite_store: Store, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="expected an assessment file to be imported first"):
        imports.read(sqlite_store, DANA, imports.ImportRequest(path=bare(tmp_path), role="candidate"))
    with pytest.raises(NotFound, match="the system 'other' is not in the store"):
        imports.read(sqlite_store, DANA, imports.ImportRequest(path=bare(tmp_path), role="candidate", system="other"))


def test_a_role_says_nothing_about_an_assessment(sqlite_store: Store, tmp_path: Path) -> None:
    requests = [
        imports.ImportRequest(path=path, role="candidate") for path in (bare(tmp_path), files.assessment(tmp_path))
    ]
    first, second = imports.read_all(sqlite_store, DANA, requests)
    assert first.batch.assessment == files.whole()
    assert {cell.version for cell in second.batch.cells} == {CANDIDATE}


def test_results_beside_an_assessment_belong_to_its_system_even_among_others(
    sqlite_store: Store, tmp_path: Path
) -> None:
    other = files.whole()
    other.system.slug = "other"
    files.keep(sqlite_store, files.assessment(tmp_path, other, "other.toml"))
    files.keep(sqlite_store, files.results(tmp_path), files.assessment(tmp_path))
    assert len(queries.dossier(sqlite_store, SLUG).evidence) == 1
    assert len(queries.dossier(sqlite_store, "other").evidence) == 0
    with pytest.raises(
        InputError, match="it is not said which system this file belongs to; expected one of other, sup"
    ):
        files.keep(sqlite_store, files.spans(tmp_path))


def test_options_travel_to_the_importer(sqlite_store: Store, tmp_path: Path) -> None:
    options = Options(version="2027.01", measured_on=TODAY)
    batch = imports.read(sqlite_store, DANA, imports.ImportRequest(path=bare(tmp_path), options=options))
    assert {cell.version for cell in batch.cells} == {"2027.01"}
    assert batch.evidence
    assert batch.evidence.measured_on == TODAY


@pytest.mark.parametrize("roles", [{"viewer"}, {"owner"}, {"exporter"}, set()])
def test_only_who_may_import_may_read_files_in(sqlite_store: Store, tmp_path: Path, roles: set[str]) -> None:
    by = Principal.of("guest", roles)
    with pytest.raises(Denied, match="guest may not import evidence of support-copilot"):
        imports.read_all(sqlite_store, by, [imports.ImportRequest(path=files.assessment(tmp_path))])
    batch = imports.read(sqlite_store, DANA, imports.ImportRequest(path=files.assessment(tmp_path)))
    with pytest.raises(Denied):
        imports.keep(sqlite_store, by, batch, as_of=TODAY)
    assert queries.events(sqlite_store) == []


def test_an_assessor_of_some_systems_imports_into_no_other(sqlite_store: Store, tmp_path: Path) -> None:
    by = Principal.of("omar", {"assessor"}, {"other"})
    with pytest.raises(Denied, match="omar may not import evidence of support-copilot"):
        imports.read_all(sqlite_store, by, [imports.ImportRequest(path=files.assessment(tmp_path))])


@pytest.fixture
def closed() -> Iterator[Path]:
    """A file that is there and may not be opened, not even by root."""
    root = os.geteuid() == 0
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        path = files.results(Path(folder))
        path.chmod(0)
        if root:
            os.seteuid(65534)
        yield path
        if root:
            os.seteuid(0)


def test_a_file_that_may_not_be_opened_is_refused_in_one_sentence(sqlite_store: Store, closed: Path) -> None:
    request = imports.ImportRequest(path=closed, role="candidate")
    sentence = r"^results\.csv: the file cannot be read; expected a file that may be opened\.$"
    with pytest.raises(InputError, match=sentence):
        imports.read(sqlite_store, DANA, request)
    with pytest.raises(InputError, match=sentence):
        imports.read_all(sqlite_store, DANA, [request])


def test_an_export_states_the_latest_assessment_and_reads_back_the_same(sqlite_store: Store, tmp_path: Path) -> None:
    file = files.whole(capacity="yes", abstention="partial", hard_queries=None)
    files.keep(sqlite_store, files.assessment(tmp_path, file))
    exported = imports.export(sqlite_store, DANA, SLUG, as_of=TODAY)
    assert exported == file
    again = imports.read(
        sqlite_store, DANA, imports.ImportRequest(path=files.assessment(tmp_path, exported, "again.toml"))
    )
    assert again.assessment == file
    with pytest.raises(Denied):
        imports.export(sqlite_store, Principal.of("nobody"), SLUG, as_of=TODAY)


def test_a_mapping_that_a_person_chose_is_used_for_the_next_file_like_it(store: Store, tmp_path: Path) -> None:
    files.keep(store, files.assessment(tmp_path))
    first = files.results(tmp_path, "refund,1", "quote,0", header="flow,success", name="first.csv")
    second = files.results(tmp_path, "refund,0", "quote,0", header="flow,success", name="second.csv")
    mapping = {"metric": "success", "workflow": "flow"}
    asked = imports.ImportRequest(path=first, system=SLUG, options=Options(version=CANDIDATE, mapping=mapping))
    imports.keep(store, DANA, imports.read(store, DANA, asked), system=SLUG, as_of=TODAY)
    for request in (imports.ImportRequest(path=second, system=SLUG), imports.ImportRequest(path=second, seen=SLUG)):
        batch = imports.read(store, DANA, request)
        assert {cell.workflow for cell in batch.cells} == {"*", "refund", "quote"}
        assert any(warning.startswith("mapped as last time: ") for warning in batch.warnings)
    other = imports.ImportRequest(path=second, system=SLUG, options=Options(mapping={"metric": "success"}))
    assert {cell.workflow for cell in imports.read(store, DANA, other).cells} == {"*"}


def kept(store: Store) -> dict[str, str]:
    """The stored traces and the reason for each."""
    return {
        each.record.trace_id: sampling.told(each.record.kept_for) for _, each in queries.dossier(store, SLUG).traces
    }


def test_of_many_traces_all_count_and_few_are_kept(store: Store, tmp_path: Path) -> None:
    files.keep(store, files.assessment(tmp_path))
    (done,) = files.keep(store, files.many_spans(tmp_path))
    assert done.sentence.startswith("Stored 3 of 120 traces of support-copilot from many.jsonl: slowest of refund, ")
    assert kept(store) == {
        "t-120": "slowest of refund, 120 ms",
        "t-60": "failed, as 12 of 120 of refund did",
        "t-59": "typical of refund, 59 ms",
    }
    found = queries.dossier(store, SLUG)
    figures = {(each.workflow, each.kind): each for _, each in found.stages}
    assert [(each.traces, each.no_retrieval, each.no_tool) for _, each in found.counts] == [(120, 120, 0)]
    assert (figures["*", "tool"].n, figures["refund", "tool"].errors) == (120, 12)
    assert figures["refund", "request"].p50 == pytest.approx(30.25)


def test_a_person_may_keep_others_than_those_that_are_proposed(store: Store, tmp_path: Path) -> None:
    files.keep(store, files.assessment(tmp_path))
    request = imports.ImportRequest(path=files.many_spans(tmp_path), system=SLUG)
    batch = imports.read(store, DANA, request)
    imports.keep(store, DANA, batch, system=SLUG, as_of=TODAY)
    assert imports.keep(store, DANA, batch, system=SLUG, as_of=TODAY, chosen={"t-7", "t-120"}).changed
    assert kept(store) == {"t-7": "", "t-120": "slowest of refund, 120 ms"}
    assert not imports.keep(store, DANA, batch, system=SLUG, as_of=TODAY, chosen={"t-7", "t-120"}).changed
    with pytest.raises(InputError, match=r"many\.jsonl: no trace is chosen; expected one at least"):
        imports.keep(store, DANA, batch, system=SLUG, as_of=TODAY, chosen=())


def test_a_trace_that_a_person_labelled_is_kept_when_its_file_is_read_in_another_way(
    store: Store, tmp_path: Path
) -> None:
    files.keep(store, files.assessment(tmp_path))
    path = files.many_spans(tmp_path)
    batch = imports.read(store, DANA, imports.ImportRequest(path=path, system=SLUG))
    imports.keep(store, DANA, batch, system=SLUG, as_of=TODAY, chosen={"t-7"})
    ((_, seen),) = queries.dossier(store, SLUG).traces
    traces_service.label(store, DANA, SLUG, seen.id, "bad", "wrong tenant", seen=1)
    again = imports.ImportRequest(path=path, options=Options(mapping={f"version:{CANDIDATE}": "2027.01"}))
    imports.keep(store, DANA, imports.read(store, DANA, again), as_of=TODAY)
    found = {each.record.trace_id: each.record for _, each in queries.dossier(store, SLUG).traces}
    assert len(found) == 4
    labelled = found["t-7"]
    assert (labelled.version, labelled.note, sampling.told(labelled.kept_for)) == (
        "2027.01",
        "wrong tenant",
        "labelled by a person before",
    )


def test_a_file_with_more_traces_than_are_ever_kept_lets_go_of_the_others_at_once(
    sqlite_store: Store, tmp_path: Path
) -> None:
    files.keep(sqlite_store, files.assessment(tmp_path))
    batch = imports.read(sqlite_store, DANA, imports.ImportRequest(path=files.many_spans(tmp_path, 300), system=SLUG))
    assert (batch.found, len(batch.traces)) == (300, 3)
