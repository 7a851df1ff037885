"""JUnit XML (https://github.com/testmoapp/junitxml): which test cases passed, as test runners of every kind write it.

A failure is a case that did not pass, an error one that could not be judged; what was skipped is left out. Nothing
else is known of a case but its time and its properties. promptfoo names provider and prompt in the suite, which is a
version; any other file names one only by a property `version`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from readiness.errors import InputError
from readiness.formatting import few
from readiness.importers.batch import Batch, Options
from readiness.importers.cases import totals
from readiness.importers.cases.scored import LATENCY, PASS, UNNAMED, Case, Run, day, number, to_batch
from readiness.importers.naming import label, plain
from readiness.importers.source.gateway import Source
from readiness.importers.source.limits import MAX_DEPTH, MOST_TAGS
from readiness.model.evidence import Doubt

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MOST_PROPERTIES = 200
LONGEST_COUNT = 15
LEFT_OUT = ("notrun", "disabled", "skipped", "suppressed")
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
        root = _parse(source)
        suites = list(_suites(root, source))
        by_suite = root.get("name") == "promptfoo"
        run = Run(tool="promptfoo" if by_suite else "")
        run.measured_on = max((when for suite in suites if (when := day(suite.element.get("timestamp")))), default=None)
        unread: list[str] = []
        for suite in suites:
            run.doubts += _totals(suite)
            for at, case in enumerate(_children(suite.element, "testcase"), start=1):
                _add(case, suite, f"{suite.place}, testcase {at}", by_suite, run, unread)
        if unread:
            run.notes.append(f"times that are no seconds, so the latency is without them: {few(unread)}")
        if any(suite.element.get("name") == "pytest" for suite in suites):
            run.notes.append("pytest writes an exception in a test as a failure, so cases that broke count as failed")
        if any(LATENCY in case.scores for case in run.cases):
            run.notes.append("the time of a test counts as its latency, whatever else the test does")
        return to_batch(source, options, run, self.format)


IMPORTER = JUnit()


@dataclass(frozen=True)
class Suite:
    """A suite, its place, and the properties it has, those of the suites around it among them."""

    place: str
    element: Element
    properties: dict[str, str]


def _parse(source: Source) -> Element:
    text = source.text
    parts = text.count("<") + text.count('="') + text.count("='")
    if parts > MOST_TAGS:
        raise InputError(
            f"the file has {parts:,} tags and attributes", file=source.name, expected=f"at most {MOST_TAGS:,}"
        )
    try:
        root: Element = fromstring(text, forbid_dtd=True)
    except DefusedXmlException as exc:
        raise InputError(
            "the file declares a document type or entities", file=source.name, expected="XML without either"
        ) from exc
    except ParseError as exc:
        line, column = exc.position
        raise InputError(
            "the XML breaks off or is malformed",
            file=source.name,
            place=f"line {line}, column {column + 1}",
            expected="one whole XML document",
        ) from exc
    if _tag(root) not in ("testsuites", "testsuite"):
        raise InputError("this is not a JUnit report", file=source.name, expected="testsuites or testsuite as the root")
    return root


def _tag(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _children(element: Element, tag: str) -> list[Element]:
    return [child for child in element if _tag(child) == tag]


def _suites(root: Element, source: Source) -> Iterator[Suite]:
    """Every suite in the order of the file, suites in suites too; each has the properties of those around it."""
    waiting: list[tuple[Element, dict[str, str], int]] = [(root, {}, 1)]
    suites = 0
    while waiting:
        element, inherited, depth = waiting.pop()
        if depth > MAX_DEPTH:
            raise InputError("suites are nested too deeply", file=source.name, expected=f"at most {MAX_DEPTH} levels")
        suites += _tag(element) == "testsuite"
        place = f"testsuite {suites}" if suites else "testsuites"
        suite = Suite(place, element, inherited | _properties(element))
        yield suite
        waiting += [(child, suite.properties, depth + 1) for child in reversed(_children(element, "testsuite"))]


def _properties(element: Element) -> dict[str, str]:
    """`property.NAME` by its value or its text; a name with several values has all of them."""
    properties: dict[str, dict[str, None]] = {}
    children = (child for holder in _children(element, "properties") for child in _children(holder, "property"))
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
    if not {"tests", "failures", "errors"} & set(suite.element.attrib):
        return
    every = [case for case in suite.element.iter() if _tag(case) == "testcase"]
    direct = _children(suite.element, "testcase") or every
    tests, broken = [], []
    for cases in (every, direct):
        left_out = sum(bool(_left_out(case)) for case in cases)
        names = len({(case.get("classname"), case.get("name")) for case in cases})
        tests += [len(cases), len(cases) - left_out, names, names - left_out]
        marks = [[len(_children(case, tag)) for tag in ("failure", "error")] for case in cases]
        broken += [
            sum(any(parts) for parts in marks),
            sum(map(sum, marks)),
            sum(bool(part) for parts in marks for part in parts),
        ]
        broken += [sum(bool(failure) for failure, _ in marks)] if "errors" not in suite.element.attrib else []
    yield from totals.counts(f"tests of {suite.place}", _stated(suite, "tests"), *tests)
    failures, errors = _stated(suite, "failures"), _stated(suite, "errors")
    if failures is not None:
        yield from totals.counts(f"failures and errors of {suite.place}", failures + (errors or 0), *broken)


def _stated(suite: Suite, name: str) -> int | None:
    text = suite.element.get(name, "").strip()
    return int(text) if text.isdecimal() and len(text) <= LONGEST_COUNT else None


def _add(case: Element, suite: Suite, place: str, by_suite: bool, run: Run, unread: list[str]) -> None:
    if reason := _left_out(case):
        run.skip(place, reason)
        return
    named = plain({"suite": suite.element.get("name"), "classname": case.get("classname")})
    fields = suite.properties | _properties(case) | {name: value for name, value in named.items() if value}
    version = suite.element.get("name") if by_suite else fields.get("property.version")
    failed, errored = (bool(_children(case, tag)) for tag in ("failure", "error"))
    errored = errored and not failed
    scores: dict[str, float | None] = {PASS: None if errored else float(not failed)}
    if not errored:
        scores |= _latency(case, place, unread)
    name = "::".join(filter(None, (case.get("classname"), case.get("name"))))
    run.cases.append(Case(label(version) or UNNAMED, scores, fields, name, errored))


def _left_out(case: Element) -> str:
    """Why a case was not run, as far as the report says; empty for a case that was."""
    skipped = _children(case, "skipped")
    reason = " ".join((skipped[0].get("message") or skipped[0].text or "").split())[:200] if skipped else ""
    if skipped or {case.get("status"), case.get("result")} & set(LEFT_OUT):
        return f"the test case was skipped: {reason}" if reason else "the test case was skipped"
    return ""


def _latency(case: Element, place: str, unread: list[str]) -> dict[str, float | None]:
    """The time of a case; one that cannot be read is said, since the figure would speak of the other cases only."""
    stated = (case.get("time") or "").strip()
    text = stated.replace(",", "") if _COMMAS.fullmatch(stated) else stated
    text = text.replace(",", ".") if _DECIMAL_COMMA.fullmatch(text) else text
    seconds = number(float(text)) if _TIME.fullmatch(text) else None
    if stated and seconds is None:
        unread.append(f"{stated[:40]!r} ({place})")
    return {LATENCY: seconds * 1000} if seconds else {}
