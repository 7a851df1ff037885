"""Which question of a file is one of ours: only what is certain, whatever else it looks like."""

from __future__ import annotations

import pytest

from readiness.errors import InputError
from readiness.importers.sheets.questions import AskedSheet
from readiness.pack.questionnaire import frameworks, matching
from readiness.pack.questionnaire.matching import Matched, MatchedQuestion

HEAD = ["Question ID", "Question", "Vendor answer"]


def match(*rows: list[str], name: str = "file.xlsx", title: str = "Sheet1", framework: str = "") -> Matched:
    return matching.match(name, [AskedSheet(title, rows)], framework)


def found(matched: Matched) -> dict[str, str]:
    """What each id was taken for, and how."""
    return {
        question.id: f"{question.how} {question.item.id}" if question.item else ""
        for question in matched.questions.values()
    }


def test_an_id_counts_where_the_file_says_of_which_framework_it_is() -> None:
    row = ["STA-07.1", "Anything"]
    assert found(match(HEAD, row)) == {"STA-07.1": ""}
    assert found(match(["CAIQ v4.0.3"], HEAD, row)) == {"STA-07.1": "id STA-07.1"}
    assert found(match(HEAD, row, name="CAIQv4.0.3_Acme.xlsx")) == {"STA-07.1": "id STA-07.1"}
    assert found(match(HEAD, row, title="CAIQv4.0.3")) == {"STA-07.1": "id STA-07.1"}
    assert found(match(HEAD, row, framework="caiq")) == {"STA-07.1": "id STA-07.1"}


def test_an_id_of_another_standard_is_nobodys() -> None:
    """ISO/IEC 27001 has an A.9.4 of its own, and CAIQ v3 another STA-07.1."""
    assert found(match(["ISO 27001"], HEAD, ["A.9.4", "System access"])) == {"A.9.4": ""}
    assert found(match(["CAIQ v3.1"], HEAD, ["STA-07.1", "Agreements"])) == {"STA-07.1": ""}


def test_ids_that_nobody_else_has_speak_for_themselves() -> None:
    assert found(match(HEAD, ["govern  2.1", "Roles"])) == {"govern  2.1": "id GOVERN 2.1"}


def test_an_id_of_a_framework_that_has_no_such_item_is_not_shown() -> None:
    matched = match(HEAD, ["GOVERN 1.1", "Laws"], ["GOVERN 2.1", "Roles"])
    assert found(matched) == {"GOVERN 1.1": "", "GOVERN 2.1": "id GOVERN 2.1"}


def test_where_a_file_names_two_frameworks_the_one_of_most_ids_counts() -> None:
    matched = match(["AICM v1, mapped to ISO 42001"], HEAD, ["MDS-03", "Models"], ["STA-08", "Suppliers"])
    assert matched.frameworks == ("aicm",)
    assert found(matched) == {"MDS-03": "id MDS-03", "STA-08": "id STA-08"}


def test_an_id_that_two_frameworks_answer_differently_is_nobodys() -> None:
    both = ["CAIQ v4 and AICM"]
    assert found(match(both, HEAD, ["DSP-19.1", "Where"])) == {"DSP-19.1": "id DSP-19.1"}
    texts = {item.id: item for item in frameworks.get("caiq").items}
    assert texts["DSP-19.1"].answered_by == ("card:components.region",)


@pytest.mark.parametrize("text", ["Where is data processed?", "  WHERE is data\nprocessed "])
def test_our_own_words_are_certain(text: str) -> None:
    assert found(match(HEAD, ["17", text]))["17"].startswith("wording ")


@pytest.mark.parametrize(
    "text", ["Where is data processed, and by whom?", "Where is data not processed?", "Is data processed?", "data"]
)
def test_other_words_are_not_however_near(text: str) -> None:
    matched = match(HEAD, ["17", text])
    assert found(matched) == {"17": ""}


def test_near_ones_are_offered_and_a_pick_counts_for_its_row_alone() -> None:
    matched = match(HEAD, ["1", "Where is our data processed and stored?"], ["2", "Where is our data processed?"])
    question = matched.questions[(0, 1)]
    near = matching.near(question)
    assert matching.item_of(near[0]).answered_by == ("card:components.region",)
    picked = matched.with_picks({(0, 1): near[0], (0, 99): near[0]})
    assert found(picked)["1"].startswith("picked ")
    assert found(picked)["2"] == ""
    assert found(matched)["1"] == ""


def test_what_an_uncertain_id_may_mean_is_offered_first() -> None:
    assert matching.near(MatchedQuestion((0, 0), "A.9.4", "System access"))[0] == "iso-42001/A.9.4"


def test_a_pick_that_is_not_there_is_one_sentence() -> None:
    matched = match(HEAD, ["1", "What?"])
    for key in ("caiq/DSP-99.1", "nothing/DSP-19.1", ""):
        with pytest.raises(InputError, match="expected one of"):
            matched.with_picks({(0, 1): key})


def test_rows_above_the_head_and_without_a_question_are_no_questions() -> None:
    matched = match(["Dear vendor"], ["Question 1 is below"], HEAD, ["1", "What?"], [], ["", "", "note"], ["2", "Who?"])
    assert list(matched.questions) == [(0, 3), (0, 6)]
    assert matched.heads == {0: 2}


def test_a_sheet_without_a_head_is_found_by_its_ids() -> None:
    matched = match(["MAP 1.1", "Purpose of the system"], ["MAP 3.5", "Oversight"])
    assert found(matched) == {"MAP 1.1": "id MAP 1.1", "MAP 3.5": "id MAP 3.5"}
    assert matched.heads == {0: -1}


def test_a_sheet_with_neither_head_nor_ids_has_no_questions() -> None:
    assert match(["Some", "notes"], ["more", "of them"]).questions == {}
