"""JUnit XML (https://github.com/testmoapp/junitxml): which test cases passed, as test runners of every kind write it.

A failure is a case that did not pass, an error one that could not be judged; what was skipped is left out. Nothing
else is known of a case but its time and its properties. promptfoo names provider and prompt in the suite, which is a
version; any other file names one only by a property `version`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from readiness import english
from readiness.errors import InputError
from readiness.importers.batch import Batch, Options
from readiness.importers.cases import totals
from readiness.importers.cases.many import check_number
from readiness.importers.cases.scored import LATENCY, PASS, UNNAMED, Case, Run, day, number, to_batch
from readiness.importers.naming import label, plain
from readiness.importers.settings import digest
from readiness.importers.source.gateway import Source
from readiness.importers.source.limits import MAX_DEPTH, MOST_FIELDS, MOST_SCORES
from readiness.importers.source.streamed_xml import Elements
from readiness.language import marked, tr
from readiness.model.evidence import Doubt

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MOST_PROPERTIES = 200
LONGEST_COUNT = 15
LONGEST = 1_000
LEFT_OUT = ("notrun", "disabled", "skipped", "suppressed")
_TOLD = ("name", "timestamp", "tests", "failures", "errors")
"""What is asked of a suite."""
_ROOT = re.compile(r"<(?:[\w.-]+:)?testsuites?[\s/>]")
_TIME = re.compile(r"(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_COMMAS = re.compile(r"[1-9]\d{0,2}(,\d{3})+\.\d*|[1-9]\d{0,2}(,\d{3}){2,}")
"""Thousands as Surefire writes them; 1,234 alone may be a thousand seconds or one."""
_DECIMAL_COMMA = re.compile(r"0?,\d+|\d+,(\d{1,2}|\d{4,})|0,\d+")


class JUnit:
    format = "junit"
    title = "JUnit XML"

    def sniff(self, source: Source) -> bool:
        head = source.head_text.lstrip()
        return head.startswith("<") and bool(_ROOT.search(head))

    def read(self, source: Source, options: Options) -> Batch:
        """Every test case as one that passed, failed or errored. Raises InputError where the file is not a report."""
        suites = _read_suites(source)
        by_suite = suites[0].told.get("name") == "promptfoo"
        run = Run(tool="promptfoo" if by_suite else "")
        run.measured_on = max((when for suite in suites if (when := day(suite.told.get("timestamp")))), default=None)
        unread: list[str] = []
        for suite in suites:
            run.doubts += _totals(suite)
            for at, case in enumerate(suite.cases, start=1):
                _add(case, suite, f"{suite.place}, testcase {at}", by_suite, run, unread)
        if unread:
            run.notes.append(f"times that are no seconds, so the latency is without them: {english.few(unread)}")
        if any(suite.told.get("name") == "pytest" for suite in suites):
            run.notes.append("pytest writes an exception in a test as a failure, so cases that broke count as failed")
        if any(LATENCY in case.scores for case in run.cases):
            run.notes.append("the time of a test counts as its latency, whatever else the test does")
        return to_batch(source, options, run, self.format)


IMPORTER = JUnit()


class ReportedCase(NamedTuple):
    """What became of a case: how many failures and errors it has, and why it was left out, if it was."""

    classname: str
    title: str
    time: str
    properties: dict[str, str]
    failures: int
    errors: int
    left_out: str

    @property
    def name(self) -> tuple[str, str]:
        return self.classname, self.title


@dataclass
class Suite:
    """A suite, its place, what it tells of itself, and the suites and cases right in it."""

    place: str
    depth: int
    told: dict[str, str]
    outer: Suite | None
    own: dict[str, str] = field(default_factory=dict)
    cases: list[ReportedCase] = field(default_factory=list)
    inner: list[Suite] = field(default_factory=list)

    @cached_property
    def properties(self) -> dict[str, str]:
        """Those of the suites around it among them."""
        return (self.outer.properties if self.outer else {}) | self.own

    def every(self) -> Iterator[ReportedCase]:
        """Its cases, and those of all suites in it."""
        yield from self.cases
        for suite in self.inner:
            yield from suite.every()


def _read_suites(source: Source) -> list[Suite]:
    """Every suite in the order of the file, suites in suites too; an element is released once it is read."""
    suites: list[Suite] = []
    above: list[tuple[Element, Suite | None]] = []
    elements, held, fields = Elements(source), 0, 0
    for event, element in elements:
        tag = _tag(element)
        if event == "start":
            around = above[-1][1] if above else None
            is_suite = not above or (around is not None and tag == "testsuite")
            above.append((element, _begun(element, around, suites, source) if is_suite else None))
            held += is_suite
            check_number(held, MOST_SCORES, marked("suites and test cases"), source)
            continue
        above.pop()
        parent, suite = above[-1] if above else (None, None)
        if parent is None or suite is None:
            continue
        if tag == "testcase":
            suite.cases.append(case := _case(element))
            held, fields = held + 1, fields + len(case.properties)
        elif tag == "properties":
            suite.own |= (own := _properties([element]))
            fields += len(own)
        check_number(held, MOST_SCORES, marked("suites and test cases"), source)
        check_number(fields, MOST_FIELDS, marked("properties"), source)
        elements.release(parent)
    return suites


def _begun(element: Element, outer: Suite | None, suites: list[Suite], source: Source) -> Suite:
    tag, depth = _tag(element), outer.depth + 1 if outer else 1
    if tag not in ("testsuites", "testsuite"):
        raise InputError(
            tr("this is not a JUnit report"), file=source.name, expected=tr("testsuites or testsuite as the root")
        )
    if depth > MAX_DEPTH:
        raise InputError(
            tr("suites are nested too deeply"), file=source.name, expected=tr("at most {most} levels", most=MAX_DEPTH)
        )
    number = len(suites) + (not suites or suites[0].place != "testsuites")
    place = "testsuites" if tag == "testsuites" else f"testsuite {number}"
    suite = Suite(place, depth, {name: _short(told) for name in _TOLD if (told := element.get(name))}, outer)
    suites.append(suite)
    if outer:
        outer.inner.append(suite)
    return suite


def _tag(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _children(element: Element, tag: str) -> list[Element]:
    return [child for child in element if _tag(child) == tag]


def _case(element: Element) -> ReportedCase:
    failures, errors = (len(_children(element, tag)) for tag in ("failure", "error"))
    properties = _properties(_children(element, "properties"))
    classname, title, time = (_short(element.get(name) or "") for name in ("classname", "name", "time"))
    return ReportedCase(classname, title, time, properties, failures, errors, _left_out(element))


def _short(name: str) -> str:
    """A name as it stands; of one that is longer than any, its beginning and what tells it from others."""
    return name if len(name) <= LONGEST else f"{name[:100]} … {digest(name)}"


def _properties(holders: Iterable[Element]) -> dict[str, str]:
    """`property.NAME` by its value or its text; a name with several values has all of them."""
    properties: dict[str, dict[str, None]] = {}
    children = (child for holder in holders for child in _children(holder, "property"))
    for child in islice(children, MOST_PROPERTIES):
        value = child.get("value") or (child.text or "").strip()
        if (name := child.get("name")) and value:
            properties.setdefault(name, {})[value] = None
    return plain({name: ", ".join(values) for name, values in properties.items()}, "property.")


def _totals(suite: Suite) -> Iterator[Doubt]:
    """What a suite states that its cases, or with them those of the suites in it, do not give.

    Some tools leave out what was skipped, count a case that failed twice as two or as one, and count errors as
    failures: only what no way of counting gives is a doubt.
    """
    if not {"tests", "failures", "errors"} & set(suite.told):
        return
    every = list(suite.every())
    tests, broken = [], []
    for cases in (every, suite.cases or every):
        left_out = sum(bool(case.left_out) for case in cases)
        names = len({case.name for case in cases})
        tests += [len(cases), len(cases) - left_out, names, names - left_out]
        broken += [
            sum(bool(case.failures or case.errors) for case in cases),
            sum(case.failures + case.errors for case in cases),
            sum(bool(case.failures) + bool(case.errors) for case in cases),
        ]
        broken += [sum(bool(case.failures) for case in cases)] if "errors" not in suite.told else []
    yield from totals.counts(f"tests of {suite.place}", _stated(suite, "tests"), *tests)
    failures, errors = _stated(suite, "failures"), _stated(suite, "errors")
    if failures is not None:
        yield from totals.counts(f"failures and errors of {suite.place}", failures + (errors or 0), *broken)


def _stated(suite: Suite, name: str) -> int | None:
    text = suite.told.get(name, "").strip()
    return int(text) if text.isdecimal() and len(text) <= LONGEST_COUNT else None


def _add(case: ReportedCase, suite: Suite, place: str, by_suite: bool, run: Run, unread: list[str]) -> None:
    if case.left_out:
        run.skip(place, case.left_out)
        return
    named = plain({"suite": suite.told.get("name"), "classname": case.classname})
    fields = suite.properties | case.properties | {name: value for name, value in named.items() if value}
    version = suite.told.get("name") if by_suite else fields.get("property.version")
    errored = bool(case.errors) and not case.failures
    scores: dict[str, float | None] = {PASS: None if errored else float(not case.failures)}
    if not errored:
        scores |= _latency(case.time, place, unread)
    name = "::".join(filter(None, case.name))
    run.cases.append(Case(label(version) or UNNAMED, scores, fields, name, errored))


def _left_out(case: Element) -> str:
    """Why a case was not run, as far as the report says; empty for a case that was."""
    skipped = _children(case, "skipped")
    reason = " ".join((skipped[0].get("message") or skipped[0].text or "").split())[:200] if skipped else ""
    if skipped or {case.get("status"), case.get("result")} & set(LEFT_OUT):
        return f"the test case was skipped: {reason}" if reason else "the test case was skipped"
    return ""


def _latency(stated: str, place: str, unread: list[str]) -> dict[str, float | None]:
    """The time of a case; one that cannot be read is said, since the figure would speak of the other cases only."""
    stated = stated.strip()
    text = stated.replace(",", "") if _COMMAS.fullmatch(stated) else stated
    text = text.replace(",", ".") if _DECIMAL_COMMA.fullmatch(text) else text
    seconds = number(float(text)) if _TIME.fullmatch(text) else None
    if stated and seconds is None:
        unread.append(f"{stated[:40]!r} ({place})")
    return {LATENCY: seconds * 1000} if seconds else {}
