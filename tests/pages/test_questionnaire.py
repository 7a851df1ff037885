"""Questionnaires on the page of packs: a framework, or a file of theirs of which a person picks what is not certain."""

from __future__ import annotations

import html
import re

from tests.pages.dashboard import Dashboard
from tests.pages.test_pack import download

SYSTEM = "freight-support"
THEIRS = b"Question ID,Question\nDSP-19.1,Where is it?\n,Which model and version answers?\n,What is the weather?\n"


def test_nothing_is_asked_before_somebody_chooses(dashboard: Dashboard) -> None:
    screen = dashboard.open("pack", system=SYSTEM)
    assert "Answered from what this audience may be told; nothing is guessed." in screen.text
    assert "Not asked here:" not in screen.text


def test_a_framework_is_answered_with_states_and_leaves_in_both_forms(dashboard: Dashboard) -> None:
    screen = dashboard.open("pack", system=SYSTEM, audience="procurement")
    screen.choose("selectbox", "Questions of", "caiq")
    assert "Not asked here:" in screen.text
    block = next(block for block in screen.blocks if "download/questionnaire" in block)
    links = re.findall(r'href="([^"?]*)\?([^"]*)"', block)
    assert len(links) == 2
    for path, query in links:
        status, headers, _ = download(path, html.unescape(query))
        assert status == 200
        assert re.search(r"freight-support_caiq_procurement_.*\.(xlsx|csv)", headers["content-disposition"])
    rows = dashboard.open("pack", system=SYSTEM).table("How it stands")
    assert ["questionnaire caiq as" in row[1] for row in rows] == [True, True]


def test_a_file_of_theirs_is_recognised_and_what_is_near_is_picked_by_a_person(dashboard: Dashboard) -> None:
    screen = dashboard.open("pack", system=SYSTEM, audience="procurement")
    screen.choose("selectbox", "Questions of", "A file of theirs")
    assert "It is not stored." in " ".join(caption.value for caption in screen.app.caption)
    screen.choose("file_uploader", "Their questionnaire, as XLSX or CSV", ("theirs.csv", THEIRS, "text/csv"))
    assert "not shown" in screen.text
    before = screen.text.count("not shown")
    screen.choose("selectbox", "Its ids are of", "caiq")
    assert "Its ids are taken to be of" in screen.text
    near = next(label for label in screen.labels("selectbox") if "model and version" in label)
    options = screen.widget("selectbox", near).options
    screen.choose("selectbox", near, screen.widget("selectbox", near).options[0])
    assert options
    assert screen.text.count("not shown") <= before


def test_a_file_that_is_no_table_is_refused_in_one_sentence(dashboard: Dashboard) -> None:
    screen = dashboard.open("pack", system=SYSTEM, audience="procurement")
    screen.choose("selectbox", "Questions of", "A file of theirs")
    screen.choose("file_uploader", "Their questionnaire, as XLSX or CSV", ("theirs.csv", b'a,"b', "text/csv"))
    (told,) = screen.notices("alert")
    assert "theirs.csv, line 1: the CSV breaks off or is malformed" in told
