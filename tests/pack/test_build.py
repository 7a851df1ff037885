"""The service: who may have a pack, what it is called, and what is refused."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from readiness import pack
from readiness.access import GRANTS, Principal
from readiness.errors import Denied, InputError, NotFound
from readiness.model.assessment import Assessment
from readiness.store import queries

from .conftest import Desk

MAY = {"assessor", "exporter"}


@pytest.mark.parametrize("audience", pack.AUDIENCES)
@pytest.mark.parametrize("role", [*GRANTS, "nobody"])
def test_only_roles_that_export_packs_get_one(desk: Desk, role: str, audience: str) -> None:
    desk.bare()
    other = dataclasses.replace(desk, by=Principal.of("sam", {role}))
    if role in MAY:
        assert other.build(audience).body
    else:
        with pytest.raises(Denied, match="may not export an evidence pack of copilot"):
            other.build(audience)


def test_a_pack_of_another_system_is_denied_even_where_it_does_not_exist(desk: Desk) -> None:
    desk.bare()
    other = dataclasses.replace(desk, by=Principal.of("sam", GRANTS, {"copilot"}))
    assert other.build("leadership").body
    with pytest.raises(Denied):
        other.build("leadership", "elsewhere")


@pytest.mark.parametrize("options", [{"audience": "press"}, {"audience": "leadership", "format": "docx"}])
def test_the_right_is_asked_before_anything_else(desk: Desk, options: dict[str, Any]) -> None:
    other = dataclasses.replace(desk, by=Principal.of("sam"))
    with pytest.raises(Denied):
        other.build(**options)


def test_an_unknown_audience_is_refused_with_those_there_are(desk: Desk) -> None:
    desk.bare()
    with pytest.raises(InputError, match="'press' is not known; expected one of leadership, security, procurement"):
        desk.build("press")


def test_an_unknown_format_is_refused_with_those_there_are(desk: Desk) -> None:
    desk.bare()
    with pytest.raises(InputError, match=r"'docx' is not known; expected one of md, html, pdf, letter\.pdf, .*, zip"):
        desk.build("leadership", format="docx")


def test_an_unknown_system_or_assessment_is_not_found(desk: Desk) -> None:
    desk.bare()
    with pytest.raises(NotFound):
        desk.build("leadership", "elsewhere")
    with pytest.raises(NotFound):
        desk.build("leadership", assessment_id=99)


@pytest.mark.parametrize(
    ("candidate", "version"),
    [
        ("2026.11", "2026.11"),
        ("../../etc/passwd", "etc-passwd"),
        ("a b\n\u202e<x>\x7f", "a-b-x"),
        ("…", "version"),
        (".hidden", "hidden"),
        ("v" * 300, "v" * 60),
    ],
)
def test_the_file_name_is_safe_whatever_the_version(desk: Desk, candidate: str, version: str) -> None:
    desk.bare(assessment=Assessment(candidate=candidate))
    assert desk.build("leadership").name == f"copilot_{version}_leadership_2026-11-23.md"


def test_each_format_says_what_it_is(desk: Desk) -> None:
    desk.bare()
    assert {name: desk.build("security", format=name).media_type for name in pack.FORMATS} == {
        "md": "text/markdown; charset=utf-8",
        "html": "text/html; charset=utf-8",
        "cyclonedx": "application/vnd.cyclonedx+json; version=1.6",
        "oscal": "application/json",
        "in-toto": "application/vnd.in-toto+json",
        "zip": "application/zip",
        "pdf": "application/pdf",
        "letter.pdf": "application/pdf",
    }
    assert desk.build("security", format="html").name.endswith("_security_2026-11-23.html")
    assert desk.build("security", format="cyclonedx").name.endswith("_security_2026-11-23.cdx.json")
    assert desk.build("security", format="html").body.startswith(b"<!doctype html>")


def test_the_pack_names_the_head_of_the_audit_chain(desk: Desk) -> None:
    desk.fill()
    head = queries.chain(desk.store).head
    assert head in desk.build("leadership").body.decode()


def test_an_earlier_assessment_can_be_packed(desk: Desk) -> None:
    desk.bare()
    first = desk.review().assessment_id
    desk.bare(assessment=Assessment(candidate="2026.12"))
    assert desk.build("leadership", assessment_id=first).name.startswith("copilot_2026.11_")
