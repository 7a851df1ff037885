"""JUnit XML: reports of several runners, figures counted apart from the importer, and what is skipped or refused."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest

from readiness.importers import Options, Source, read
from tests import samples
from tests.importers.reading import cells, read_file, refusal, skips

ROLLOUT = samples.DATA / "junit" / "promptfoo_v0.123.1_rollout.junit.xml"
FIRST, SECOND = "[stub-model-1] prompt 1", "[stub-model-1] prompt 2"
HERE = "this file"
PASSED = '<testcase name="a" classname="tests.refund" time="0.5"/>'
FAILED = '<testcase name="b" classname="tests.refund" time="1.5"><failure message="no">…</failure></testcase>'
ERRORED = '<testcase name="c" classname="tests.legal" time="9"><error message="down"/></testcase>'
SKIPPED = '<testcase name="d"><skipped message="needs a key"/></testcase>'


def suite(*cases: str, name: str = "s", more: str = "", properties: str = "") -> str:
    return f'<testsuite name="{name}" {more}>{properties}{"".join(cases)}</testsuite>'


def properties(**values: str) -> str:
    held = "".join(f'<property name="{name}" value="{value}"/>' for name, value in values.items())
    return f"<properties>{held}</properties>"


def case(name: str, held: str) -> str:
    return f'<testcase name="{name}">{held}</testcase>'


@pytest.mark.parametrize(
    ("version", "metric", "figures"),
    [
        (FIRST, "pass", (6, 2, 2 / 6, 2)),
        (SECOND, "pass", (8, 0, 5 / 8, 5)),
        (FIRST, "latency_ms", (6, 0, (8 + 49 + 40 + 16 + 62 + 53) / 6, None)),
        (SECOND, "latency_ms", (8, 0, 60_444 / 8, None)),
    ],
)
def test_a_promptfoo_report_has_the_figures_that_were_counted_by_hand(
    tmp_path: Path, version: str, metric: str, figures: tuple[object, ...]
) -> None:
    cell = cells(read_file(tmp_path, ROLLOUT.read_bytes()))[version, "*", "*", metric]
    assert (cell.n, cell.errors, cell.mean, cell.passed) == pytest.approx(figures)


def test_the_figures_are_those_that_each_suite_states_of_itself(tmp_path: Path) -> None:
    stated = re.findall(
        r'<testsuite errors="(\d+)" failures="(\d+)" name="([^"]+)" skipped="0" tests="(\d+)"', ROLLOUT.read_text()
    )
    batch = read_file(tmp_path, ROLLOUT.read_bytes())
    assert batch.versions == tuple(name for _, _, name, _ in stated)
    for errors, failures, name, tests in stated:
        cell = cells(batch)[name, "*", "*", "pass"]
        n = int(tests) - int(errors)
        assert (cell.n, cell.errors, cell.passed) == (n, int(errors), n - int(failures))


def test_the_evidence_says_when_and_by_what(tmp_path: Path) -> None:
    batch = read_file(tmp_path, ROLLOUT.read_bytes())
    assert batch.evidence is not None
    assert (batch.format, batch.evidence.tool, batch.evidence.kind) == ("junit", "promptfoo", "results")
    assert (batch.evidence.measured_on, batch.evidence.kept) == (dt.date(2026, 11, 23), 16)
    assert (batch.fields, batch.skipped) == (("suite", "classname"), ())


@pytest.mark.parametrize(
    "wrapped",
    [
        "{}",
        '<?xml version="1.0" encoding="utf-8"?>\n{}',
        "\ufeff<!-- made by hand -->\n<testsuites>{}</testsuites>",
        "<testsuites><testsuite name='outer'>{}</testsuite></testsuites>",
        '<testsuites xmlns="urn:example">{}</testsuites>',
    ],
    ids=["suite", "declared", "suites", "nested", "namespace"],
)
def test_failures_are_0_errors_apart_and_skips_left_out_in_every_shape(tmp_path: Path, wrapped: str) -> None:
    batch = read_file(tmp_path, wrapped.format(suite(PASSED, FAILED, ERRORED, SKIPPED)))
    assert {metric: (cell.n, cell.errors, cell.mean) for (_, _, _, metric), cell in cells(batch).items()} == {
        "pass": (2, 1, 0.5),
        "latency_ms": (2, 0, 1000),
    }
    assert [reason for _, reason in skips(batch)] == ["the test case was skipped: needs a key"]
    assert batch.versions == (HERE,)


def test_a_skip_says_where_it_stands(tmp_path: Path) -> None:
    notrun = '<testcase name="e" status="notrun" result="suppressed"/>'
    text = f"<testsuites>{suite(PASSED)}{suite(PASSED, SKIPPED, notrun)}</testsuites>"
    assert skips(read_file(tmp_path, text)) == [
        ("testsuite 2, testcase 2", "the test case was skipped: needs a key"),
        ("testsuite 2, testcase 3", "the test case was skipped"),
    ]


def test_a_case_that_failed_and_errored_failed(tmp_path: Path) -> None:
    both = case("x", "<failure/><error/>")
    cell = cells(read_file(tmp_path, suite(both)))[HERE, "*", "*", "pass"]
    assert (cell.n, cell.errors, cell.passed) == (1, 0, 0)


def test_workflow_and_cohort_come_from_properties_and_a_case_has_those_of_its_suite(tmp_path: Path) -> None:
    text = suite(
        case("a", properties(tenant="acme")),
        case("b", properties(tenant="globex") + "<failure/>"),
        case("c", "<properties><property name='language'>de</property></properties>"),
        properties=properties(flow="refund", tenant="all"),
    )
    mapping = {"workflow": "property.flow", "cohort": "property.tenant,property.language"}
    batch = read_file(tmp_path, f"<testsuites>{text}</testsuites>", Options(mapping=mapping))
    assert {key[1:3]: (cell.n, cell.passed) for key, cell in cells(batch).items() if key[1] != "*"} == {
        ("refund", "*"): (3, 2),
        ("refund", "tenant=acme"): (1, 1),
        ("refund", "tenant=globex"): (1, 0),
        ("refund", "tenant=all"): (1, 1),
        ("refund", "language=de"): (1, 1),
    }
    assert batch.proposed == {"cohort": "property.tenant,property.language"}


def test_properties_of_the_outermost_suite_reach_the_innermost(tmp_path: Path) -> None:
    text = f"<testsuite name='o'>{properties(flow='refund')}{suite(PASSED)}</testsuite>"
    assert "property.flow" in read_file(tmp_path, text).fields


def test_a_property_with_several_values_keeps_them_all(tmp_path: Path) -> None:
    held = "<properties><property name='t' value='a'/><property name='t' value='b'/></properties>"
    batch = read_file(tmp_path, suite(case("x", held)), Options(mapping={"cohort": "property.t"}))
    assert (HERE, "*", "t=a, b", "pass") in cells(batch)


def test_a_rate_by_suite_and_by_class_can_be_asked_for(tmp_path: Path) -> None:
    text = f"<testsuites>{suite(PASSED, FAILED)}{suite(PASSED, name='t')}</testsuites>"
    batch = read_file(tmp_path, text, Options(mapping={"workflow": "suite", "cohort": "classname"}))
    found = cells(batch)
    assert (found[HERE, "s", "*", "pass"].mean, found[HERE, "t", "*", "pass"].mean) == (0.5, 1)
    assert found[HERE, "*", "classname=tests.refund", "pass"].n == 3


@pytest.mark.parametrize(
    ("text", "versions"),
    [
        (suite(PASSED), (HERE,)),
        (suite(PASSED, properties=properties(version="2026.11")), ("2026.11",)),
        (suite(case("a", properties(version="2")), case("b", properties(version="1"))), ("2", "1")),
        (f'<testsuites name="pytest tests">{suite(PASSED)}</testsuites>', (HERE,)),
        (f'<testsuites name="promptfoo">{suite(PASSED)}</testsuites>', ("s",)),
    ],
    ids=["none", "of the suite", "of each case", "suite of pytest", "suite of promptfoo"],
)
def test_a_version_is_named_by_a_property_or_by_promptfoo_and_never_guessed(
    tmp_path: Path, text: str, versions: tuple[str, ...]
) -> None:
    assert read_file(tmp_path, text).versions == versions


@pytest.mark.parametrize("time", ["0", "", "-1", "soon", "nan", "inf", "1,234", "9" * 400])
def test_a_time_that_is_not_above_0_is_no_latency_and_one_that_cannot_be_read_is_told(
    tmp_path: Path, time: str
) -> None:
    batch = read_file(tmp_path, suite(f'<testcase name="a" time="{time}"/>'))
    assert {cell.metric for cell in batch.cells} == {"pass"}
    told = "times that are no seconds, so the latency is without them: "
    notes = [warning for warning in batch.warnings if warning.startswith(told)]
    assert notes == ([f"{told}{time[:40]!r} (testsuite 1, testcase 1)"] if time not in ("0", "") else [])


@pytest.mark.parametrize(
    ("time", "milliseconds"),
    [("1,200.5", 1_200_500), ("1,234,567", 1_234_567_000), ("0,5", 500), ("12,75", 12_750), ("1.5E-2", 15)],
)
def test_a_time_is_read_as_runners_of_every_country_write_it(tmp_path: Path, time: str, milliseconds: float) -> None:
    batch = read_file(tmp_path, suite(f'<testcase name="a" time="{time}"/>'))
    assert {cell.metric: cell.mean for cell in batch.cells} == {"pass": 1, "latency_ms": milliseconds}


def test_a_report_of_surefire_counts_the_slow_case(tmp_path: Path) -> None:
    batch = read(Source.open(samples.DATA / "cases" / "junit-time-comma" / "j_skip.xml"))
    (latency,) = [cell for cell in batch.cells if (cell.metric, cell.workflow) == ("latency_ms", "*")]
    assert (latency.n, latency.mean) == (2, (500 + 1_234_500) / 2)


@pytest.mark.parametrize(
    ("text", "note"),
    [
        (suite(PASSED, name="pytest"), "pytest writes an exception in a test as a failure"),
        (suite(PASSED), "the time of a test counts as its latency"),
        (suite(PASSED), "the results are not dated"),
        (suite(PASSED), "the file names no version"),
    ],
)
def test_what_a_person_should_know_is_said(tmp_path: Path, text: str, note: str) -> None:
    assert [warning for warning in read_file(tmp_path, text).warnings if warning.startswith(note)]


def test_the_last_day_on_which_a_suite_ran_counts(tmp_path: Path) -> None:
    first, last = (
        suite(PASSED, more='timestamp="2026-11-02T23:59:59+02:00"'),
        suite(more='timestamp="2026-11-03T00:00:01"'),
    )
    batch = read_file(tmp_path, f"<testsuites timestamp='never'>{first}{last}</testsuites>")
    assert batch.evidence is not None
    assert batch.evidence.measured_on == dt.date(2026, 11, 3)


def test_markup_and_entities_of_xml_itself_are_read_as_text(tmp_path: Path) -> None:
    text = suite(case("a", properties(tenant="A &amp; B &lt;i&gt; &#233;")))
    batch = read_file(tmp_path, text, Options(mapping={"cohort": "property.tenant"}))
    assert (HERE, "*", "tenant=A & B <i> é", "pass") in cells(batch)


BOMB = """<?xml version="1.0"?>
<!DOCTYPE t [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>
<testsuites><testsuite name="&c;"/></testsuites>"""
EXTERNAL = """<!DOCTYPE testsuite [<!ENTITY x SYSTEM "file:///etc/hostname">]>
<testsuite name="s"><testcase name="a"><failure>&x;</failure></testcase></testsuite>"""
DECLARES = "upload.bin: the file declares a document type or entities; expected XML without either."
BROKEN = "the XML breaks off or is malformed; expected one whole XML document."
JUNIT = Options(format="junit")


@pytest.mark.parametrize(
    ("data", "options", "sentence"),
    [
        (BOMB, Options(), DECLARES),
        (EXTERNAL, Options(), DECLARES),
        ('<!DOCTYPE testsuite SYSTEM "https://dtd.example/j.dtd"><testsuite/>', Options(), DECLARES),
        ("<!DOCTYPE testsuite><testsuite/>", Options(), DECLARES),
        (f"<testsuites>{PASSED}", Options(), f"upload.bin, line 1, column {len(PASSED) + 13}: {BROKEN}"),
        ("<testsuite>\n<testcase></testsuite>", Options(), f"upload.bin, line 2, column 13: {BROKEN}"),
        ("<testsuite a='1' a='2'/>", Options(), f"upload.bin, line 1, column 18: {BROKEN}"),
        ("<testsuite>&nobody;</testsuite>", Options(), f"upload.bin, line 1, column 12: {BROKEN}"),
        ("<testsuite>&#0;</testsuite>", Options(), f"upload.bin, line 1, column 12: {BROKEN}"),
        ("", JUNIT, "upload.bin: the file is empty; expected an assessment, results or spans file."),
        ("plain words", JUNIT, f"upload.bin, line 1, column 1: {BROKEN}"),
        (
            "<results><testsuite/></results>",
            Options(),
            "upload.bin: this is not a JUnit report; expected testsuites or testsuite as the root.",
        ),
        ("<testsuites/>", Options(), "upload.bin: the run holds no results; expected a run that has finished."),
        (
            suite(SKIPPED),
            Options(),
            "upload.bin: the run holds no results: the test case was skipped: needs a key; "
            "expected a run that has finished.",
        ),
        (
            "<testsuite>" * 101 + "</testsuite>" * 101,
            Options(),
            "upload.bin: suites are nested too deeply; expected at most 100 levels.",
        ),
        (
            suite(PASSED).replace("tests.refund", "é").encode("latin-1"),
            Options(),
            "upload.bin, byte 51: the text is not UTF-8; expected UTF-8 text.",
        ),
        (suite(PASSED).encode("utf-16")[:-1], JUNIT, "upload.bin: the text is not UTF-16; expected UTF-8 text."),
        (
            f'<testsuites name="promptfoo">{suite(PASSED)}</testsuites>',
            Options(mapping={"version:x": "1"}),
            "upload.bin: there is no version 'x'; expected one of s.",
        ),
    ],
    ids=[
        *("bomb", "external entity", "external DTD", "bare DTD", "truncated", "wrong end", "attribute twice"),
        *("unknown entity", "NUL", "empty", "not XML", "root", "no suite", "only skips", "deep", "latin-1", "utf-16"),
        "unknown version",
    ],
)
def test_a_file_that_is_not_a_sound_report_is_refused_whole(
    tmp_path: Path, data: str | bytes, options: Options, sentence: str
) -> None:
    assert refusal(tmp_path, data, options) == sentence


MANY = case("a", properties(**{f"k{at}": "v" for at in range(20)}))


@pytest.mark.parametrize(
    ("cap", "held", "sentence"),
    [
        (
            "source.streamed_xml.MOST_TAGS",
            MANY,
            "there are too many tags and attributes in one element; expected at most 20.",
        ),
        ("source.streamed_xml.MOST_ELEMENTS", MANY, "there are too many elements; expected at most 20."),
        ("formats.junit.MOST_SCORES", PASSED * 20, "the file has more than 20 suites and test cases; "),
        (
            "formats.junit.MOST_FIELDS",
            case("a", properties(a="1", b="2", c="3")) * 7,
            "the file has more than 20 properties; ",
        ),
    ],
)
def test_more_parts_than_memory_or_time_should_bear_are_refused_however_small_the_file_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cap: str, held: str, sentence: str
) -> None:
    monkeypatch.setattr(f"readiness.importers.{cap}", 20)
    assert refusal(tmp_path, suite(held)).startswith(f"upload.bin: {sentence}")


def test_a_name_that_is_too_long_to_be_one_is_still_told_from_others(tmp_path: Path) -> None:
    long = [case(f"{'n' * 5_000}{at}", "<failure/>" * at) for at in range(2)]
    assert cells(read_file(tmp_path, suite(*long)))[HERE, "*", "*", "pass"].passed == 1


def test_many_small_cases_are_no_large_element(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("readiness.importers.source.streamed_xml.MOST_TAGS", 20)
    assert cells(read_file(tmp_path, suite(*[PASSED] * 50)))[HERE, "*", "*", "pass"].n == 50


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_a_report_that_breaks_off_is_refused_whole(tmp_path: Path, share: float) -> None:
    data = ROLLOUT.read_bytes().rstrip()
    found = refusal(tmp_path, data[: int(len(data) * share)])
    assert found.startswith("upload.bin, line ")
    assert found.endswith(BROKEN)


@pytest.mark.parametrize("data", ["<html><body>testsuite</body></html>", "<svg/>", "<a", "testsuite;pass\n"])
def test_other_markup_is_not_taken_for_a_report(tmp_path: Path, data: str) -> None:
    assert refusal(tmp_path, data).startswith("upload.bin: the format is not recognised")
