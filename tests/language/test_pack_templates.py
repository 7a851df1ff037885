"""Templates of packs say nothing by themselves: each of their texts goes through `tr`."""

from __future__ import annotations

import re
from pathlib import Path

import jinja2
import pytest
from jinja2 import nodes

from readiness import paths

TEMPLATES = sorted((paths.TEMPLATES / "pack").rglob("*.md.j2"))
NAMES = {"since.md.j2": [" (SHA-256 "]}
"""What is called alike in every language."""


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_word_of_a_template_is_left_in_english(path: Path) -> None:
    written = jinja2.Environment(autoescape=True).parse(path.read_text("utf-8")).find_all(nodes.TemplateData)
    assert [text.data for text in written if re.search("[A-Za-z]{2}", text.data)] == NAMES.get(path.name, [])
