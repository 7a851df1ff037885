"""Whatever is imported: both renderers show it as written, and nothing in it acts."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import StrictUndefined, UndefinedError

from readiness.formatting import plain
from readiness.pack.markdown import Md, block, cell, finalize, passage, table, text
from tests.pack import reading
from tests.soak import scaled

PIECES = [
    *"\\`*_{}[]()<>#+-.!|~&$^=:;\"'@/%? ",
    *("\n", "\t", "\r\n", "``", "```", "~~~", "---", "===", "1.", "2)", "- ", "> ", "# ", "[ ] ", "[x] ", "    "),
    *(
        "://",
        "www.",
        "www",
        "http:",
        "https://a.example/x",
        "ftp://b.example",
        "mailto:",
        "user@host.example",
        "@name",
        "#123",
    ),
    *(":tada:", ":+1:", "GH-1", "deadbeefcafe", "&amp;", "&#60;", "&lt", "<script>", "</td>", "<img src=x>", "<!--"),
    *("[a](b)", "![a](b)", "[^1]", "[a]: b", "|-|", "| :- |", ":-", "{{7*7}}", "{% raw %}", "$x$", "a", "Z", "0", "9"),
    *("é", "日本", "\u202e", "\u200b", "\u200d", "\u00a0", "\u2028", "\x00", "\x1b[31m", "\ufeff", "😀"),
]
words = st.lists(st.sampled_from(PIECES), max_size=12).map("".join)
anything = st.one_of(words, st.text(max_size=60), st.tuples(words, st.text(max_size=20)).map("".join))
ACTS = {"a", "img", "script", "input", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "ul", "ol", "blockquote", "em"}
ACTS |= {"strong", "del", "pre", "table", "br", "section", "sup"}
renderers = pytest.mark.parametrize("render", reading.RENDERERS.values(), ids=reading.RENDERERS)
thorough = settings(max_examples=scaled(25))
quick = settings(max_examples=scaled(12))


@renderers
@thorough
@given(value=anything)
def test_prose_reads_as_it_was_written_and_makes_no_element(render: reading.Renderer, value: str) -> None:
    html = render(text(value))
    assert reading.text(html) == plain(value)
    assert reading.names(html) <= {"p", "code"}


@renderers
@quick
@given(value=anything)
@pytest.mark.parametrize(
    "frame", ["# {}", "- {}", "3. {}", "> **⛔ {}**", "Owner: {}", "Lead.\n{}", "{}\n: - after", "Limits: {}. More."]
)
def test_it_does_not_matter_where_on_the_line_it_stands(render: reading.Renderer, frame: str, value: str) -> None:
    harmless = reading.shape(render(frame.format("word")))
    html = render(frame.format(text(value or "word")))
    assert reading.shape(html) == harmless
    assert plain(value) in reading.text(html)
    assert reading.names(html).isdisjoint({"a", "img", "input", "script", "em", "del"})


@renderers
@thorough
@given(values=st.lists(anything, min_size=4, max_size=4))
def test_a_table_keeps_its_cells_and_their_words(render: reading.Renderer, values: list[str]) -> None:
    rows = [{"a": values[0], "b": values[1]}, {"a": values[2], "b": values[3]}]
    html = render(table(rows, {"First": "a", "Second": "b"}, ["Second"]))
    assert reading.cells(html) == ["First", "Second", *map(plain, values)]
    assert reading.names(html) <= {"table", "thead", "tbody", "tr", "th", "td", "code"}


@renderers
@thorough
@given(value=anything)
def test_a_block_keeps_its_lines_and_closes_where_it_should(render: reading.Renderer, value: str) -> None:
    html = render(f"Before.\n\n{block(value)}\n\nAfter.")
    shown = " ".join(plain(line) for line in value.splitlines())
    assert reading.text(html) == " ".join(f"Before. {shown} After.".split())
    assert reading.names(html) <= {"p", "pre", "code"}


@thorough
@given(value=anything)
def test_what_is_shown_has_no_hidden_or_reversing_characters(value: str) -> None:
    hidden = {char for char in plain(value) if unicodedata.category(char) in ("Cc", "Cf", "Cs")}
    assert hidden <= {"\u200c", "\u200d"}


@pytest.mark.parametrize(
    "value",
    [
        "https://tracker.example/x.png",
        "www.tracker.example",
        "dana@example.com",
        "@octocat",
        "octo/repo#12",
        "#123",
        "GH-7",
        "gh-7",
        ":tada:",
        "std::x::y",
        "a5c3785ed8d6a35868bc169f07e40e889087fd2e",
        "mailto:a@b.example",
    ],
)
def test_what_hosts_act_upon_stands_in_a_code_span(value: str) -> None:
    for shown in (text(value), cell(value), text(f"see ({value}), please")):
        assert f"<code>{value}</code>" in reading.github(shown)


@thorough
@given(value=anything)
def test_confluence_sees_the_cells_that_github_sees(value: str) -> None:
    """It counts backticks to tell cells apart, takes an image out of code, and begins a list within a cell."""
    shown = cell(value)
    assert len(re.findall(r"(?<!\\)(?:\\\\)*`", shown)) % 2 == 0
    assert "![" not in shown
    assert not re.match(r"[-+*] |\d+[.)] ", shown)


@pytest.mark.parametrize(
    ("value", "is_written"),
    [
        ("www.a.example/![a](https://b.example/x.png)", r"`www.a.example/`!\[`a](https://b.example/x.png`)"),
        ("```@name", r"\`\`\``@name`"),
        ("- first", r"\- first"),
        ("1. first", r"1\. first"),
        ("-3.5 %", "-3.5 %"),
    ],
)
def test_what_confluence_would_take_for_something_else_is_escaped_in_a_cell(value: str, is_written: str) -> None:
    assert cell(value) == is_written
    assert plain(value) in reading.cells(reading.github(table([{"a": value}], {"First": "a"})))


@pytest.mark.parametrize("value", ["task_success", "12.5 %", "5–9", "C++", "a - b", "due 1 Dec", "Is it (well) done?"])
def test_ordinary_words_stay_as_they_are(value: str) -> None:
    assert text(value) == value


def test_only_our_own_markdown_passes_unescaped() -> None:
    assert finalize(Md("**bold**")) == "**bold**"
    assert finalize("**bold**") == r"\*\*bold\*\*"
    assert finalize(Md("a*") + "b*") == r"a\*b\*"
    assert finalize(3) == "3"


@pytest.mark.parametrize("value", [None, 1.5, True, ["a"], {"a": 1}])
def test_a_value_that_is_no_text_and_no_count_is_an_error(value: object) -> None:
    with pytest.raises(TypeError, match="text and counts"):
        finalize(value)


def test_a_missing_value_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        finalize(StrictUndefined(name="owner"))
    with pytest.raises(KeyError):
        table([{"a": "x"}], {"First": "b"})


def test_columns_are_aligned_in_the_source() -> None:
    lines = table([{"a": "x", "n": "1,000"}, {"a": "longer", "n": "2"}], {"Name": "a", "n": "n"}, ["n"]).splitlines()
    assert lines == [
        "| Name   |     n |",
        "| ------ | ----: |",
        "| x      | 1,000 |",
        "| longer |     2 |",
    ]


def test_a_group_opens_with_its_name() -> None:
    html = reading.github(table([{"group": "Out*comes"}, {"a": "x", "b": "y"}], {"A": "a", "B": "b"}))
    assert "<strong>Out*comes</strong>" in html
    assert reading.cells(html) == ["A", "B", "Out*comes", "", "x", "y"]


def test_one_line_is_prose_and_several_are_a_block() -> None:
    assert passage("one *line*\n") == r"one \*line\*"
    assert re.fullmatch(r"```\ntwo\nlines\n```", passage("two\nlines"))
    assert passage("a\n```\nb").startswith("````\n")
    assert block(" \n ") == ""
