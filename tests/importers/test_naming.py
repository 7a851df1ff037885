"""Names that people read as one are told, and blanks around them never split a cohort."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.importers.reading import cells, read_file

HEADER = "version,workflow,cohort,metric,value,case_id\n"
KEPT = "names that differ in case, blanks or form alone are kept apart: "


@pytest.mark.parametrize("cohort", ["lang= de", "lang =de", " lang = de ", "lang=\u00a0de", "lang=\tde", "lang=de;"])
def test_blanks_around_a_cohort_do_not_split_it(tmp_path: Path, cohort: str) -> None:
    batch = read_file(tmp_path, f"{HEADER}1, faq ,lang=de,m,1,c1\n2,faq\u00a0,{cohort},m,0,c1\n")
    assert {key[1:3] for key in cells(batch)} == {("*", "*"), ("faq", "*"), ("*", "lang=de"), ("faq", "lang=de")}
    assert not any(warning.startswith("names that differ") for warning in batch.warnings)


def test_a_value_keeps_its_own_equals_sign(tmp_path: Path) -> None:
    batch = read_file(tmp_path, f"{HEADER}1,faq,url = a = b;tier=gold,m,1,c1\n")
    assert {key[2] for key in cells(batch)} == {"*", "url=a = b", "tier=gold"}


@pytest.mark.parametrize(
    ("one", "other", "told"),
    [
        ("faq,lang=EN", "faq,lang=en", "cohort of lang 'EN' and 'en'"),
        ("Claims,lang=en", "claims,lang=en", "workflow 'Claims' and 'claims'"),
        ("faq,name=Zo\u00eb", "faq,name=Zoe\u0308", "cohort of name 'Zoe\u0308' and 'Zo\u00eb'"),
        ("faq,area=EU  West", "faq,area=EU West", "cohort of area 'EU  West' and 'EU West'"),
        ("faq,Lang=en", "faq,lang=en", "kind of cohort 'Lang' and 'lang'"),
    ],
)
@pytest.mark.parametrize("versions", ["12", "11"])
def test_names_that_differ_in_case_blanks_or_form_alone_are_told(
    tmp_path: Path, one: str, other: str, told: str, versions: str
) -> None:
    data = f"{HEADER}{versions[0]},{one},m,1,c1\n{versions[1]},{other},m,0,c2\n"
    (note,) = [warning for warning in read_file(tmp_path, data).warnings if warning.startswith(KEPT)]
    assert told in note
