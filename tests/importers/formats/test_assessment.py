"""The assessment file: read strictly, placed faults, and a round trip for every assessment there can be."""

from __future__ import annotations

import datetime as dt
import string
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readiness.errors import InputError
from readiness.importers.batch import Options
from readiness.importers.formats.assessment import IMPORTER, dump
from readiness.importers.source.gateway import Source
from readiness.model.assessment import Assessment, AssessmentFile, Mark, System
from readiness.model.card import CardEvaluation, Component, Incident, RedTeamRun, SystemCard
from readiness.model.judges import Judge
from readiness.model.monitoring import Alert, MonitoringPlan, Owners
from readiness.model.policy import Approver, Budget, Gate, ReleasePolicy, Rollback, RolloutStage
from readiness.strict_toml import LARGEST
from tests import factories
from tests.soak import scaled

HEAD = 'format = "readiness-assessment/1"\n'
BASE = '[system]\nslug = "copilot"\nname = "Copilot"\n[assessment]\ncandidate = "2"\n'
FULL = AssessmentFile(
    system=System(slug="copilot", name="Copilot", description="Two\nlines", owner="dana@example.com"),
    assessment=Assessment(
        candidate="2026.11",
        baseline="2026.08",
        scope="EU",
        target_date=dt.date(2026, 12, 15),
        assessed_on=dt.date(2026, 11, 20),
        checklist="other",
    ),
    marks=[
        Mark(signal="a-signal", mark="partial", holds_for="en", evidence=["one", "two"], due=dt.date(2026, 12, 1)),
        Mark(signal="b-signal", mark="yes", critical=True, critical_reason="why", owner="dana", action="mend"),
        Mark(signal="c-signal", mark="no", not_applicable=True, note="no tools"),
        Mark(signal="d-signal"),
    ],
    policy=ReleasePolicy(
        gates=[Gate(metric="task_success", min=0.9, max_regression=0.02, min_n=200), Gate(metric="p95", max=1500)],
        stages=[RolloutStage(name="canary", share=0.05, hours=48, proceed_if="green")],
        rollback=Rollback(steps=["flip"], owner="ops", rehearsed_on=dt.date(2026, 11, 10), rehearsal="passed"),
        budgets={"tool": Budget(timeout_ms=3000, retries=1, fallback="escalate"), "a b.c": Budget()},
        approvers=[Approver(role="quality", name="Dana")],
    ),
    monitoring=MonitoringPlan(
        review_cadence="weekly",
        watch_list=["drift"],
        covers=["drift"],
        by_cohort=True,
        owners=Owners(release_review="Dana"),
        alerts=[Alert(metric="drift", condition="> 1")],
    ),
    card=factories.card(),
)


def source(folder: Path, text: str | bytes) -> Source:
    path = folder / "upload"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return Source.open(path, "a.toml")


def read(folder: Path, text: str) -> AssessmentFile:
    batch = IMPORTER.read(source(folder, text), Options())
    assert batch.assessment is not None
    assert batch.evidence is None
    return batch.assessment


def refusal(folder: Path, text: str | bytes, options: Options | None = None) -> str:
    with pytest.raises(InputError) as caught:
        IMPORTER.read(source(folder, text), options or Options())
    return str(caught.value)


def test_the_smallest_file_holds_a_system_and_a_candidate(tmp_path: Path) -> None:
    assert read(tmp_path, HEAD + BASE) == AssessmentFile(
        system=System(slug="copilot", name="Copilot"), assessment=Assessment(candidate="2")
    )


def test_a_full_file_comes_back_as_it_was(tmp_path: Path) -> None:
    assert read(tmp_path, dump(FULL)) == FULL


def test_the_file_is_written_in_the_order_of_the_format_without_empty_values() -> None:
    text = dump(FULL)
    headers = [line for line in text.splitlines() if line.startswith("[")]
    assert headers == [
        "[system]",
        "[assessment]",
        "[marks.a-signal]",
        "[marks.b-signal]",
        "[marks.c-signal]",
        "[marks.d-signal]",
        "[[policy.gates]]",
        "[[policy.gates]]",
        "[[policy.stages]]",
        "[policy.rollback]",
        "[policy.budgets.tool]",
        '[policy.budgets."a b.c"]',
        "[[policy.approvers]]",
        "[monitoring]",
        "[monitoring.owners]",
        "[[monitoring.alerts]]",
        "[card]",
        "[[card.components]]",
        "[[card.components]]",
        "[card.evaluation]",
        "[[card.red_team]]",
        "[[card.incidents]]",
    ]
    assert text.startswith('format = "readiness-assessment/1"\nchecklist = "other"\n\n[system]\nslug = "copilot"\n')
    assert 'description = """\nTwo\nlines"""' in text
    assert 'evidence = [\n    "one",\n    "two",\n]' in text
    assert "timeout_ms = 3000\n" in text
    assert ' = ""\n' not in text
    assert "false" not in text


def test_a_part_that_is_there_but_empty_stays_there(tmp_path: Path) -> None:
    empty = {"policy": ReleasePolicy(), "monitoring": MonitoringPlan(), "card": SystemCard(), "marks": []}
    file = FULL.model_copy(update=empty)
    assert dump(file).endswith("\n[policy]\n\n[monitoring]\n\n[card]\n")
    assert read(tmp_path, dump(file)) == file


def test_a_signal_marked_twice_cannot_be_written() -> None:
    with pytest.raises(InputError, match="a signal is marked twice"):
        dump(FULL.model_copy(update={"marks": [Mark(signal="a"), Mark(signal="a")]}))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            BASE.replace("[system]", 'format = "readiness-assessment/2"\n[system]'),
            "a.toml, format: this is readiness-assessment/2, which cannot be read; expected readiness-assessment/1.",
        ),
        (
            BASE,
            "a.toml, format: this is TOML without a format line, which cannot be read; "
            "expected readiness-assessment/1.",
        ),
        (
            HEAD + '[system]\nslug = "a"\nname = "A"',
            "a.toml, assessment: this required table is missing; expected [assessment].",
        ),
        (HEAD + "system = 3", "a.toml, system: this is not a table; expected [system]."),
        (
            HEAD + BASE.replace("candidate", "kandidat"),
            "a.toml, assessment.candidate: this required key is missing; expected a value for this key.",
        ),
        (
            HEAD + BASE + 'base = "1"',
            "a.toml, assessment.base: this key is not known; expected only the keys that the format knows.",
        ),
        (
            HEAD + BASE + 'checklist = "x"',
            "a.toml, assessment.checklist: this key is not known; expected checklist above the first table.",
        ),
        (
            HEAD + "team = 1\n" + BASE,
            "a.toml, team: this key is not known; "
            "expected one of checklist, system, assessment, marks, policy, packs, monitoring, card.",
        ),
        (HEAD + "checklist = 4\n" + BASE, "a.toml, assessment.checklist: 4 is not allowed here; expected text."),
        (HEAD + BASE + "scope = 5", "a.toml, assessment.scope: 5 is not allowed here; expected text."),
        (
            HEAD + BASE + 'assessed_on = "2026-11-20"',
            "a.toml, assessment.assessed_on: '2026-11-20' is not allowed here; expected a date, as YYYY-MM-DD.",
        ),
        (
            HEAD + BASE + "assessed_on = 2026-11-20T00:00:00Z",
            "a.toml, assessment.assessed_on: 2026-11-20 00:00:00+00:00 has a time of day; "
            "expected a date, as YYYY-MM-DD.",
        ),
        (
            HEAD + BASE + '[marks.cohort-success]\nmark = "maybe"',
            "a.toml, marks.cohort-success.mark: 'maybe' is not allowed here; expected 'no', 'partial' or 'yes'.",
        ),
        (
            HEAD + BASE + '[marks.cohort-success]\nmark = "yes"\nsignal = "x"',
            "a.toml, marks.cohort-success.signal: this key is not known; "
            "expected the signal in the name of the table only.",
        ),
        (
            HEAD + BASE + '[marks.cohort-success]\nmark = "partial"',
            "a.toml, marks.cohort-success: a partial mark does not say what it holds for; expected holds_for to name "
            "the cohorts, environments or releases.",
        ),
        (
            HEAD + BASE + '[marks.cohort-success]\ncritical = "no"',
            "a.toml, marks.cohort-success.critical: 'no' is not allowed here; expected true or false.",
        ),
        (
            HEAD + BASE + '[marks."Not An Id"]\nmark = "yes"',
            "a.toml, marks.Not An Id: this is not the id of a signal; expected small letters, digits and hyphens.",
        ),
        (
            HEAD + BASE + '[marks]\ncohort-success = "yes"',
            "a.toml, marks.cohort-success: this is not a table; expected one table per signal, such as [marks.SIGNAL].",
        ),
        (HEAD + BASE + "[[marks]]\n", "a.toml, marks: this is not a table; expected [marks]."),
        (
            HEAD + BASE + '[[policy.gates]]\nmetric = "a"\nmin = 1\n[[policy.gates]]\nmetric = "b"\nmin = "0.9"',
            "a.toml, policy.gates.1.min: '0.9' is not allowed here; expected a number.",
        ),
        (
            HEAD + BASE + "[policy.budgets.tool]\nretries = true",
            "a.toml, policy.budgets.tool.retries: True is not allowed here; expected a whole number.",
        ),
        (
            HEAD + BASE + '[[policy.gates]]\nmetric = "a"\nmin = 1\nsame_within = 0',
            "a.toml, policy.gates.0.same_within: 0 is not allowed here; expected input should be greater than 0.",
        ),
        (
            HEAD + BASE + '[[policy.gates]]\nmetric = "a"\nmax_regression = 0.02\nsame_within = 0.05',
            "a.toml, policy.gates.0: a change of 0.05 is not the same where at most 0.02 may be lost; expected "
            "same_within up to max_regression.",
        ),
        (HEAD + BASE + "[policy]\ngates = [3]", "a.toml, policy.gates.0: this is not a table; expected a table."),
        (
            HEAD + BASE + "[policy.gates]\nmin = 1",
            "a.toml, policy.gates: {'min': 1} is not allowed here; expected a list.",
        ),
        (
            HEAD + BASE + "[monitoring.owners]\nboss = 1",
            "a.toml, monitoring.owners.boss: this key is not known; expected only the keys that the format knows.",
        ),
        (
            HEAD + BASE + '[[card.components]]\nkind = "model"\nname = "a"\nregions = "EU"',
            "a.toml, card.components.0.regions: this key is not known; expected only the keys that the format knows.",
        ),
        (
            HEAD + BASE + '[[card.components]]\nkind = "model"\nname = ""',
            "a.toml, card.components.0.name: '' is not allowed here; expected a text that is not empty.",
        ),
        (
            HEAD + BASE + "[[card.red_team]]\nattacks = 4\nsucceeded = 5",
            "a.toml, card.red_team.0: 5 attacks succeeded of 4; expected 4 at most.",
        ),
        (
            HEAD + BASE + "[[card.red_team]]\nattacks = 4.0",
            "a.toml, card.red_team.0.attacks: 4.0 is not allowed here; expected a whole number.",
        ),
        (
            HEAD + BASE + "[[card.incidents]]\non = 2026-11-20",
            "a.toml, card.incidents.0.what: this required key is missing; expected a value for this key.",
        ),
        (HEAD + BASE + '[card]\nlimits = "slow"', "a.toml, card.limits: 'slow' is not allowed here; expected a list."),
        (
            HEAD + BASE + '[[policy.gates]]\nmetric = "a"\nmin = nan',
            "a.toml, policy.gates.0.min: nan is not allowed here; expected a finite number.",
        ),
        (
            HEAD + BASE + 'scope = "a\\u0000b"',
            "a.toml, assessment.scope: there is a NUL character; expected text.",
        ),
        (
            HEAD + BASE + 'candidate = "3"\nscope = ""',
            "a.toml, line 7: a key or table stands twice; expected each once.",
        ),
        (HEAD + BASE + "[system]\nowner = 1\n", "a.toml, line 7: a key or table stands twice; expected each once."),
        (HEAD + BASE + "scope = \n", "a.toml, line 7: the TOML is malformed: invalid value; expected valid TOML."),
        (
            HEAD + BASE + 'scope = "a',
            "a.toml, end of document: the TOML is malformed: unterminated string; expected valid TOML.",
        ),
        (
            HEAD + BASE + "due = 2026-02-30",
            "a.toml, line 7: the TOML is malformed: invalid date or datetime; expected valid TOML.",
        ),
        (
            HEAD + BASE + "scope = " + "[" * 9 + "]" * 9,
            "a.toml, line 7: lists and tables are nested too deeply; expected at most 8 levels.",
        ),
        (
            HEAD + BASE + "scope = " + "[" * 9_000,
            "a.toml, line 7: lists and tables are nested too deeply; expected at most 8 levels.",
        ),
        (
            HEAD + BASE + "scope = " + "9" * 5_000,
            "a.toml: a number has too many digits; expected numbers of ordinary size.",
        ),
        (
            HEAD + "# " + "é" * (LARGEST // 2),
            f"a.toml: the file has {LARGEST + 36:,} bytes; expected at most {LARGEST:,} for an assessment.",
        ),
    ],
)
def test_a_fault_is_refused_with_its_key_and_what_was_expected(tmp_path: Path, text: str, sentence: str) -> None:
    assert refusal(tmp_path, text) == sentence


DEEP = 40_000


@pytest.mark.parametrize(
    "bomb",
    [
        "a." * DEEP + "a = 1",
        '"a".' * DEEP + "a = 1",
        "a . " * (DEEP // 2) + "a = 1",
        "[" + "a." * DEEP + "a]",
        "x = {" + "a." * DEEP + "a = 1}",
        "x = " + "{a = " * (DEEP // 2),
        "x = " + "[" * DEEP,
        "x = " + "[{a = " * (DEEP // 2),
        'note = "' + "a" * 200_000 + '"',
    ],
    ids=["dots", "quoted", "blanks", "header", "inline dots", "inline", "lists", "both", "long line"],
)
def test_what_a_parser_would_choke_on_is_refused_before_it_is_parsed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bomb: str
) -> None:
    monkeypatch.setattr(tomllib, "loads", _never)
    found = refusal(tmp_path, f"{HEAD}# é\n{bomb}\n")
    assert found.startswith("a.toml, line 3: ")
    assert found.endswith(("; expected at most 8 levels.", "; expected at most 150,000."))


def _never(text: str) -> None:
    raise AssertionError("the text was parsed")


def test_what_only_looks_deep_within_a_text_is_read(tmp_path: Path) -> None:
    text = '"""\na.b.c.d.e.f.g.h.i.j = [[[[[[[[[[[[\n"""\n# a.b.c.d.e.f.g.h.i.j [[[[[[[[[[[[\n'
    assert read(tmp_path, HEAD + BASE + f"scope = {text}").assessment.scope.startswith("a.b.c")


@pytest.mark.parametrize("day", ["1026-11-05", "9999-12-31"])
@pytest.mark.parametrize("key", ["assessment.assessed_on", "assessment.target_date", "marks.tool-failure.due"])
def test_a_day_that_cannot_be_meant_is_refused_with_its_key(tmp_path: Path, key: str, day: str) -> None:
    table, _, name = key.rpartition(".")
    text = f"{HEAD}{BASE}" + ("" if table == "assessment" else f"[{table}]\n") + f"{name} = {day}\n"
    assert refusal(tmp_path, text) == (
        f"a.toml, {key}: {day} cannot be meant; expected a date from 2000-01-01 to 2099-12-31."
    )


def test_a_key_too_long_to_print_is_cut_in_the_message(tmp_path: Path) -> None:
    assert refusal(tmp_path, HEAD + "k" * 5_000 + " = 1").startswith(f"a.toml, {'k' * 60}…: a key is too long")


@pytest.mark.parametrize(
    "options",
    [Options(version="2"), Options(mapping={"cohort": "tenant"}), Options(measured_on=dt.date(2026, 1, 1))],
)
def test_what_a_person_says_beside_the_file_is_refused_and_not_ignored(tmp_path: Path, options: Options) -> None:
    assert refusal(tmp_path, HEAD + BASE, options) == (
        "a.toml: an assessment file names its versions and dates itself; "
        "expected no version, mapping or date beside it."
    )


@pytest.mark.parametrize(
    "head",
    [
        HEAD,
        "\ufeff" + HEAD,
        "# Ours\n\n" + HEAD,
        "checklist = \"x\"\r\nformat='readiness-assessment/9'\r\n",
        '"format"  = "readiness-assessment/"',
    ],
)
def test_the_format_line_tells_the_file_whatever_its_version(tmp_path: Path, head: str) -> None:
    assert IMPORTER.sniff(source(tmp_path, head))


@pytest.mark.parametrize(
    "text",
    [
        "[system]\n" + HEAD,
        '{"format": "readiness-assessment/1"}',
        "a,b\n" + HEAD,
        "# only a comment",
        'format = "other/1"\n',
    ],
)
def test_another_content_is_not_taken_for_an_assessment(tmp_path: Path, text: str) -> None:
    assert not IMPORTER.sniff(source(tmp_path, text))


def test_line_ends_of_windows_and_a_byte_order_mark_are_read(tmp_path: Path) -> None:
    assert read(tmp_path, "\ufeff" + (HEAD + BASE).replace("\n", "\r\n")) == read(tmp_path, HEAD + BASE)


characters = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
texts = st.text(characters, max_size=12)
numbers = st.floats(0, 1, allow_nan=False) | st.integers(0, 10**6).map(float)
days = st.none() | st.dates(dt.date(2000, 1, 1), dt.date(2099, 12, 31))
slugs = st.from_regex(r"[a-z0-9]{1,6}(-[a-z0-9]{1,6}){0,2}", fullmatch=True)
gates = st.builds(
    Gate,
    metric=texts,
    workflow=texts,
    stat=st.sampled_from(["mean", "p95"]),
    min=st.floats(allow_nan=False, allow_infinity=False),
    max_regression=st.just(None) | st.integers(1, 10**6).map(float),
    same_within=st.none() | st.floats(0, 1, exclude_min=True),
    min_n=st.integers(1, 10**20),
)
policies = st.builds(
    ReleasePolicy,
    gates=st.lists(gates, max_size=2),
    stages=st.lists(
        st.builds(RolloutStage, name=texts, share=st.none() | st.floats(0, 1), proceed_if=texts), max_size=2
    ),
    rollback=st.builds(
        Rollback, steps=st.lists(texts, max_size=3), rehearsed_on=days, rehearsal=st.sampled_from([None, "passed"])
    ),
    budgets=st.dictionaries(
        texts, st.builds(Budget, timeout_ms=st.none() | st.floats(0.1, 1e9), retries=st.none() | st.just(0)), max_size=2
    ),
    approvers=st.lists(st.builds(Approver, role=texts, name=texts), max_size=2),
)
plans = st.builds(
    MonitoringPlan,
    review_cadence=texts,
    watch_list=st.lists(texts, max_size=2),
    covers=st.lists(texts, max_size=2),
    by_cohort=st.booleans(),
    owners=st.builds(Owners, incident_response=texts),
    alerts=st.lists(st.builds(Alert, metric=texts, condition=texts, route=texts), max_size=2),
)
names = texts.map("n".__add__).map(str.strip)
cards = st.builds(
    SystemCard,
    intended_use=texts,
    limits=st.lists(texts, max_size=2),
    components=st.lists(st.builds(Component, kind=names, name=names, version=texts), max_size=2),
    evaluation=st.builds(CardEvaluation, judge=texts, not_tested=st.lists(texts, max_size=2)),
    red_team=st.lists(st.builds(RedTeamRun, on=days, attacks=st.none() | st.integers(0, 10**20)), max_size=2),
    incidents=st.lists(st.builds(Incident, what=names, cohort=texts), max_size=2),
    incidents_until=days,
)
marks = st.one_of(
    st.builds(Mark, signal=slugs, mark=st.sampled_from([None, "no", "yes"]), note=texts, owner=texts, due=days),
    st.builds(Mark, signal=slugs, mark=st.just("partial"), holds_for=texts.map("en".__add__), action=texts),
    st.builds(Mark, signal=slugs, mark=st.just("yes"), critical=st.just(True), critical_reason=texts.map("x".__add__)),
    st.builds(Mark, signal=slugs, mark=st.just("no"), not_applicable=st.just(True), note=texts.map("x".__add__)),
    st.builds(Mark, signal=slugs, evidence=st.lists(texts, max_size=3)),
)
files = st.builds(
    AssessmentFile,
    system=st.builds(System, slug=slugs, name=texts, description=texts, owner=texts),
    assessment=st.builds(
        Assessment,
        candidate=texts.map("v".__add__),
        baseline=texts.map("b".__add__),
        scope=texts,
        target_date=days,
        checklist=texts,
    ),
    marks=st.lists(marks, max_size=4, unique_by=lambda mark: mark.signal),
    policy=st.none() | policies,
    monitoring=st.none() | plans,
    card=st.none() | cards,
)


@settings(max_examples=scaled(25))
@given(files)
def test_every_assessment_survives_the_way_out_and_back(
    tmp_path_factory: pytest.TempPathFactory, file: AssessmentFile
) -> None:
    folder = tmp_path_factory.getbasetemp()
    assert read(folder, dump(file)) == file


@pytest.mark.parametrize(
    "letter", [*string.punctuation, "\t", "\r", "\r\n", "\n\n", '"""', "'''", "\x7f", "\u2028", "\ufeff"]
)
def test_every_odd_character_survives_the_way_out_and_back(tmp_path: Path, letter: str) -> None:
    for text in (letter, f"a{letter}", f"{letter}\nb{letter}"):
        file = FULL.model_copy(update={"assessment": Assessment(candidate="2", scope=text, baseline=letter)})
        assert read(tmp_path, dump(file)) == file


def test_a_margin_goes_there_and_back_and_is_not_written_where_none_is_stated(tmp_path: Path) -> None:
    policy = factories.policy(gates=[Gate(metric="groundedness", min=0.9, same_within=0.02)])
    text = dump(factories.assessment_file(policy=policy))
    assert "same_within = 0.02" in text
    assert read(tmp_path, text).policy == policy
    assert "same_within" not in factories.policy().model_dump()["gates"][0]


def test_judges_and_critical_gates_go_there_and_back_and_are_not_written_where_none_is_stated(tmp_path: Path) -> None:
    judges = [
        Judge(metric="groundedness", judge="model-x", prompt="v3", n=120, kappa=0.78),
        Judge(metric="tone", judge="model-y", n=80, tpr=0.9, tnr=0.85),
    ]
    policy = factories.policy(gates=[Gate(metric="groundedness", critical=True)], judges=judges)
    text = dump(factories.assessment_file(policy=policy))
    assert "[[policy.judges]]" in text
    assert "critical = true" in text
    assert read(tmp_path, text).policy == policy
    plain = factories.policy()
    assert "judges" not in plain.model_dump()
    assert "critical" not in plain.model_dump()["gates"][0]


def test_public_dimensions_go_there_and_back_in_a_table_of_their_own(tmp_path: Path) -> None:
    policy = factories.policy(public_dimensions=["language", "market"])
    text = dump(factories.assessment_file(policy=policy))
    assert '[packs]\npublic_dimensions = [\n    "language",\n    "market",\n]\n' in text
    assert text.count("public_dimensions") == 1
    assert read(tmp_path, text).policy == policy
    assert "public_dimensions" not in factories.policy().model_dump()
    assert "[packs]" not in dump(factories.assessment_file(policy=factories.policy()))


def test_packs_alone_are_a_policy_that_says_nothing_else(tmp_path: Path) -> None:
    policy = ReleasePolicy(public_dimensions=["market"])
    text = dump(factories.assessment_file(policy=policy))
    assert "[policy" not in text
    assert read(tmp_path, text).policy == policy
    bare = dump(factories.assessment_file(policy=None))
    assert read(tmp_path, f"{bare}\n[packs]\n").policy is None


@pytest.mark.parametrize(
    ("table", "place"),
    [
        ("[packs]\npublic_dimensions = 3\n", "packs.public_dimensions"),
        ("[packs]\npublic = []\n", "packs.public"),
        ('[packs]\npublic_dimensions = ["*"]\n', "policy"),
        ('[packs]\npublic_dimensions = [" "]\n', "policy"),
        ('[packs]\npublic_dimensions = ["a"]\n[policy]\npublic_dimensions = ["b"]\n', "policy.public_dimensions"),
    ],
)
def test_public_dimensions_that_cannot_be_are_refused_with_their_place(tmp_path: Path, table: str, place: str) -> None:
    bare = dump(factories.assessment_file(policy=None))
    with pytest.raises(InputError) as refusal:
        read(tmp_path, f"{bare}\n{table}")
    assert refusal.value.place == place
    assert refusal.value.expected or "expected" in refusal.value.problem


def test_the_policy_itself_may_state_its_public_dimensions(tmp_path: Path) -> None:
    bare = dump(factories.assessment_file(policy=None))
    stated = read(tmp_path, f'{bare}\n[policy]\npublic_dimensions = ["market"]\n').policy
    assert stated == ReleasePolicy(public_dimensions=["market"])
