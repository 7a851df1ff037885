"""What a pack is asked for with, what stops it, and that only named fields leave."""

from __future__ import annotations

import datetime as dt

import pytest

from readiness import pack
from readiness.errors import InputError
from readiness.pack import profiles, render
from readiness.pack.profiles import Allowed
from readiness.pack.sections import BUILDERS, OF_ONE_CUSTOMER, Plain

from .conftest import DAY, Desk

STATED = {"recipient": "Globex security", "purpose": "vendor review", "contact": "trust@vendor.test"}


@pytest.mark.parametrize("audience", pack.AUDIENCES)
def test_whom_it_is_for_stands_on_every_page(desk: Desk, audience: str) -> None:
    desk.fill()
    taken = desk.take(audience, **STATED, classification="Internal", valid_until=dt.date(2027, 1, 31))
    assert taken.stamp == {
        **STATED,
        "classification": "Internal",
        "valid": "31 Jan 2027",
        "draft": pack.DRAFT,
        "incomplete": "",
    }
    line = "Recipient: Globex security. Purpose: vendor review. Internal. Valid until 31 Jan 2027. Contact:"
    assert f"{line} `trust@vendor.test`." in render.markdown(taken)
    foot = render.html(taken).partition("@bottom-left")[2].partition("font:")[0]
    assert "Globex\\20 security" in foot
    assert "31\\20 Jan\\20 2027" in foot


def test_what_is_not_stated_reads_so_and_a_pack_counts_as_long_as_its_audience_says(desk: Desk) -> None:
    desk.fill()
    taken = desk.take("leadership", recipient="", draft=False)
    assert {taken.stamp[name] for name in ("recipient", "purpose", "contact")} == {"not stated"}
    assert taken.stamp["valid"] == "21 Feb 2027"
    assert (DAY + dt.timedelta(days=pack.AUDIENCES["leadership"].valid_days)) == dt.date(2027, 2, 21)
    assert taken.stamp["draft"] == ""


@pytest.mark.parametrize("text", ['"; } body { display: none } a {', "</style><script>alert(1)</script>", "\\", "a\nb"])
def test_no_recipient_ends_the_style_sheet_it_is_printed_from(desk: Desk, text: str) -> None:
    desk.fill()
    sheet = render.html(desk.take("leadership", recipient=text)).partition("<style>")[2].partition("</style>")[0]
    assert sheet.rstrip().endswith("}")
    content = sheet.partition("@bottom-left { content: ")[2].partition("font:")[0].strip()
    assert content.startswith('"')
    assert content.endswith('";')
    assert not set(content[1:-2]) & set('"\n<>{};')


def test_a_pack_whose_sections_rest_on_nothing_is_stopped_and_names_them(desk: Desk) -> None:
    desk.bare()
    with pytest.raises(InputError) as refused:
        desk.take("security", draft=False)
    said = str(refused.value)
    assert "the security pack of Copilot is incomplete" in said
    assert "Traces (for Traces)" in said
    assert "or a draft that is marked as one" in said


def test_a_draft_says_what_it_lacks(desk: Desk) -> None:
    desk.bare()
    shown = render.markdown(desk.take("security"))
    assert "**Draft – incomplete.** Missing: " in shown
    assert "Traces (for Traces)" in shown


def test_a_broken_audit_chain_stops_a_pack_that_is_no_draft(desk: Desk) -> None:
    desk.fill()
    request = pack.Request(audience="leadership")
    with pytest.raises(InputError, match="the audit chain does not fit from event 7 on"):
        pack.snapshot(
            desk.review(), request, chain_head="", made_at=dt.datetime(2026, 11, 23, tzinfo=dt.UTC), chain_broken_at=7
        )


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"audience": "press"}, "the audience 'press' is not known"),
        ({"audience": "leadership", "customer": "Acme"}, "a leadership pack is for no customer alone"),
        ({"audience": "leadership", "classification": "Secret"}, "classification"),
        ({"audience": "leadership", "recipient": "x" * 201}, "recipient"),
        ({"audience": "leadership", "valid_until": "soon"}, "valid_until"),
        ({"audience": "leadership", "valid_until": "1026-01-01"}, "is not plausible"),
    ],
)
def test_what_cannot_be_asked_for_is_refused_in_one_sentence(asked: dict[str, str], said: str) -> None:
    with pytest.raises(InputError) as refused:
        pack.Request.checked(**asked)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_only_fields_that_are_named_leave() -> None:
    data: dict[str, Plain] = {
        "a": "1",
        "rows": [{"x": "2", "y": "3"}, {"y": "4"}],
        "inner": {"z": 5, "list": ["6"]},
        "b": ["7"],
    }
    assert Allowed(fields=frozenset({"a", "rows.x", "inner.list"})).of(data) == {
        "a": "1",
        "rows": [{"x": "2"}, {}],
        "inner": {"list": ["6"]},
    }
    assert Allowed(fields=frozenset()).of(data) == {}


def test_every_section_of_an_audience_is_one_that_is_made() -> None:
    made = {*BUILDERS, *OF_ONE_CUSTOMER}
    assert set(profiles.SECTIONS) == made
    for profile in pack.AUDIENCES.values():
        assert set(profile.sections) <= made
