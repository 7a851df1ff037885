"""A team's own checklist: what it may change, where it may stand, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from readiness import paths
from readiness.errors import InputError, NotFound
from readiness.model import checklist as checklists
from readiness.model.checklist import MAY_BE_CONDITIONS, MOST_BYTES, RULES, Checklist, parse

TEXT = (paths.CHECKLISTS / "llm-rollout.toml").read_text("utf-8")


def changed(*places: tuple[str, str]) -> str:
    text = TEXT
    for stated, instead in places:
        assert stated in text
        text = text.replace(stated, instead, 1)
    return text


def refusal(*places: tuple[str, str]) -> str:
    with pytest.raises(InputError) as refused:
        parse(changed(*places), file="ours.toml")
    return str(refused.value)


def write(folder: Path, checklist_id: str, name: str = "") -> Path:
    path = folder / (name or f"{checklist_id}.toml")
    path.write_text(changed(('id = "llm-rollout"', f'id = "{checklist_id}"')), "utf-8")
    return path


# Thresholds


@pytest.mark.parametrize(
    ("stated", "instead"),
    [("min = 0.90  #", "min = 90  #"), ("min = 0.90  #", "min = -0.1  #"), ("max = 0.50  #", "max = 1.01  #")],
)
def test_a_ratio_is_held_against_a_share_and_no_percentage(stated: str, instead: str) -> None:
    bound, metric = instead.split()[2], {"min": "correct_escalation", "max": "escalation_rate"}[instead[:3]]
    assert refusal((stated, instead)) == (
        f"ours.toml: a check of 'abstention' holds the ratio '{metric}' against {bound}; expected a share from 0 to 1."
    )


@pytest.mark.parametrize(
    ("stated", "instead"),
    [("min = 0.90  #", "min = 1  #"), ("min = 0.90  #", "min = 0  #"), ("max = 0.50  #", "max = 1.0  #")],
)
def test_a_bound_may_lie_at_the_edge_of_what_a_ratio_can_be(stated: str, instead: str) -> None:
    assert parse(changed((stated, instead)), file="ours.toml").id == "llm-rollout"


def test_a_metric_that_is_no_ratio_may_have_any_bound() -> None:
    own = ('metric = "correct_escalation"\nmin = 0.90  #', 'metric = "latency_ms"\nmax = 2000  #')
    assert parse(changed(own), file="ours.toml").id == "llm-rollout"


# Rules


@pytest.mark.parametrize("rule", RULES)
def test_two_rules_alone_can_be_mere_conditions(rule: str) -> None:
    place = (f'[[rules]]\nid = "{rule}"', f'[[rules]]\nid = "{rule}"\neffect = "condition"')
    if rule in MAY_BE_CONDITIONS:
        eased = parse(changed(place), file="ours.toml").eased
        assert [(each.id, each.effect) for each in eased] == [(rule, "condition")]
    else:
        assert refusal(place).endswith(
            f"the rule {rule!r} cannot be a condition; expected that of override-not-shown or evidence-band only."
        )


def test_the_shipped_checklist_eases_no_rule(checklist: Checklist) -> None:
    assert MAY_BE_CONDITIONS == ("override-not-shown", "evidence-band")
    assert checklist.eased == ()


# Bands

BANDS = TEXT[TEXT.index("[[bands]]") : TEXT.index("[[rules]]")]


def test_a_checklist_has_bands_for_levels_that_a_score_can_give() -> None:
    bare = TEXT.replace(BANDS, "")
    with pytest.raises(InputError, match="the bands do not rise from 0"):
        parse(f"{bare[: TEXT.index('[points]')]}bands = []\n{bare[TEXT.index('[points]') :]}", file="ours.toml")
    assert "the bands do not worsen with the score" in refusal(('level = "do-not-broaden"', 'level = "undetermined"'))
    assert "the bands do not worsen with the score" in refusal(('level = "do-not-broaden"', 'level = "blocked"'))
    assert "the bands do not rise from 0" in refusal(("min = 10\n", "min = 5\n"))


# Signals


def test_a_signal_is_named_with_its_number_and_an_attestation_without(checklist: Checklist) -> None:
    signal, attestation = checklist.signal("rollback-rehearsal"), checklist.signal("data-boundary")
    assert (signal.named, signal.label) == (f"{signal.name} (16)", "16")
    assert signal.told_gap == "rollback has not been rehearsed (16)"
    assert (attestation.named, attestation.label) == ("Data boundary", "data boundary")
    assert attestation.told_gap == f"{attestation.gap} (data boundary)"
    assert (signal.scored, attestation.scored) == (True, False)
    assert not checklist.signal("abstention").critical


def test_one_signal_is_enough_and_none_is_no_checklist() -> None:
    first, second = (TEXT.index("[[signals]]", start) for start in (0, TEXT.index("[[signals]]") + 1))
    rest = TEXT[TEXT.index("[[attestations]]") :]
    assert [signal.id for signal in parse(TEXT[:second] + rest, file="ours.toml").signals] == ["cohort-success"]
    none = TEXT[:first].replace("[points]", "signals = []\n[points]", 1)
    with pytest.raises(InputError, match=r"^ours\.toml, signals: .* expected .* at least 1 item"):
        parse(none + rest, file="ours.toml")


def test_the_loads_of_a_load_test_are_named_by_its_check(checklist: Checklist) -> None:
    assert checklist.loads == {"concurrency"}


def test_the_highest_score_is_a_gap_in_every_signal() -> None:
    steep = parse(changed(("yes = 2\n", "yes = 3\n"), ("unanswered = 2\n", "unanswered = 3\n")), file="ours.toml")
    assert steep.highest == 63


# Files


def test_files_and_folders_stand_beside_each_other_each_file_once(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    second, first = write(folder, "b-list"), write(folder, "a-list")
    alone = write(tmp_path, "c-list")
    (folder / "notes.txt").write_text("no checklist")
    assert checklists.files(folder, alone, second) == [first, second, alone]
    assert list(checklists.load(folder, alone)) == ["a-list", "b-list", "c-list"]
    twice = folder / ".." / "c-list.toml"
    assert checklists.files(alone, twice) == [alone]


def test_a_place_without_a_checklist_is_refused(tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "nowhere.toml"):
        with pytest.raises(InputError) as refused:
            checklists.files(place)
        assert (
            str(refused.value) == f"{place}: no checklist is there; expected a TOML file, or a folder with one or more."
        )


@pytest.mark.parametrize("more", [0, 1])
def test_a_file_of_more_than_a_million_bytes_is_no_checklist(tmp_path: Path, more: int) -> None:
    path = write(tmp_path, "ours")
    path.write_bytes(path.read_bytes() + b"#\n" * 500_000)
    path.write_bytes(path.read_bytes()[: 1_000_000 + more])
    assert MOST_BYTES == 1_000_000
    if not more:
        assert list(checklists.load(path)) == ["ours"]
        return
    with pytest.raises(InputError) as refused:
        checklists.load(path)
    assert str(refused.value) == "ours.toml: the file is too large for a checklist; expected 1 MB at most."


def test_a_checklist_nested_too_deeply_is_refused_before_it_is_read() -> None:
    with pytest.raises(InputError, match="lists and tables are nested too deeply") as refused:
        parse("id = " + "[" * 5_000, file="ours.toml")
    assert (refused.value.file, refused.value.place) == ("ours.toml", "line 1")


def test_a_checklist_is_named_among_those_that_are_shipped_and_a_teams_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert checklists.named("llm-rollout").id == "llm-rollout"
    monkeypatch.setenv(paths.CHECKLISTS_VARIABLE, str(write(tmp_path, "ours")))
    assert checklists.named("ours").id == "ours"
    with pytest.raises(NotFound, match="the checklist 'theirs' is not known; expected one of llm-rollout, ours"):
        checklists.named("theirs")
