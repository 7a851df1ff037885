"""However many make issues at once, each gap has one, and what a crash left open is settled by a look."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest

from readiness import clock
from readiness.errors import Denied, Unanswered, Unreachable
from readiness.outbound import trackers
from readiness.outbound.trackers import VARIABLE, Step
from readiness.outbound.trackers.github import GitHub
from readiness.pack import issue
from readiness.services import Store, evidence, issues, open_store, systems
from tests import factories, files
from tests.factories import SLUG, TODAY
from tests.stored import CopyOf
from tests.trackers import TOKEN, FakeTracker, github, serving

DANA = factories.principal()
GAPS = ("capacity", "ownership", "sign-off")


@pytest.fixture
def store(copy_of: CopyOf) -> Store:
    return copy_of(_several_gaps)


def _several_gaps(store: Store, _: Path) -> None:
    file = files.whole(**{name.replace("-", "_"): factories.mark(name, "yes") for name in GAPS})
    evidence.add_assessment(store, DANA, file, name="a.toml", digest="1" * 64, as_of=TODAY)


@pytest.fixture
def tracker(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeTracker]:
    monkeypatch.setenv(VARIABLE, TOKEN)
    with serving(github) as tracker:
        yield tracker


def asked(tracker: FakeTracker) -> GitHub:
    opened = trackers.opened("github:acme/desk", tracker.url)
    assert isinstance(opened, GitHub)
    return opened


def plan(store: Store, on: GitHub) -> list[Step]:
    return issues.plan(store, DANA, SLUG, on, issue.writer(on))


def apply(store: Store, on: GitHub, steps: list[Step]) -> list[str]:
    return [issues.carry_out(store, DANA, SLUG, on, step).sentence for step in steps]


def keys(tracker: FakeTracker) -> list[str]:
    return sorted(one["body"].splitlines()[-1].partition("/")[2] for one in tracker.issues)


def test_of_several_who_saw_the_same_tracker_one_makes_each_issue(store: Store, tracker: FakeTracker) -> None:
    people = 4
    begins = Barrier(people)

    def run(_: int) -> list[str]:
        with closing(open_store(store.url)) as own:
            on = asked(tracker)
            steps = plan(own, on)
            begins.wait(timeout=60)
            return apply(own, on, steps)

    with ThreadPoolExecutor(people) as pool:
        said = [sentence for sentences in pool.map(run, range(people)) for sentence in sentences]
    assert keys(tracker) == sorted(GAPS)
    assert sum(sentence.startswith("Created issue") for sentence in said) == len(GAPS)
    assert sum("nothing was done for" in sentence for sentence in said) == (people - 1) * len(GAPS)
    assert plan(store, asked(tracker)) == []


def test_what_another_run_made_since_is_not_made_again_however_much_later(
    store: Store, tracker: FakeTracker, later: Any
) -> None:
    on = asked(tracker)
    early = plan(store, on)
    apply(store, on, plan(store, on))
    later(dt.timedelta(days=1))
    assert {sentence.partition(";")[0] for sentence in apply(store, on, early)} == {
        "Another run made an issue at the same time"
    }
    assert keys(tracker) == sorted(GAPS)


@dataclass(frozen=True)
class Ends(GitHub):
    """A run that ends while it makes an issue: before the tracker has it, or after."""

    made: bool
    how: BaseException

    def create(self, wanted: trackers.WantedIssue) -> str:
        if self.made:
            super().create(wanted)
        raise self.how


def ends(on: GitHub, *, made: bool, how: BaseException) -> Ends:
    return Ends(on.name, on.path, on.client, made, how)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Let time pass."""
    now = clock.now

    def pass_(by: dt.timedelta) -> None:
        monkeypatch.setattr(clock, "now", lambda: now() + by)

    return pass_


@pytest.mark.parametrize("how", [KeyboardInterrupt(), Unanswered("the tracker answered 502")])
def test_an_issue_that_a_crash_left_in_the_tracker_is_found_by_its_line(
    store: Store, tracker: FakeTracker, how: BaseException
) -> None:
    on = asked(tracker)
    first, *_ = plan(store, on)
    with pytest.raises(type(how)):
        apply(store, ends(on, made=True, how=how), [first])
    again = plan(store, on)
    assert first.key not in [step.key for step in again]
    apply(store, on, again)
    assert keys(tracker) == sorted(GAPS)


@pytest.mark.parametrize("how", [KeyboardInterrupt(), Unanswered("the tracker answered 502")])
def test_an_issue_that_a_crash_did_not_make_is_made_once_the_claim_is_given_up(
    store: Store, tracker: FakeTracker, how: BaseException, later: Any
) -> None:
    on = asked(tracker)
    first, *_ = plan(store, on)
    with pytest.raises(type(how)):
        apply(store, ends(on, made=False, how=how), [first])
    waiting, *others = apply(store, on, plan(store, on))
    assert waiting == (
        "Another run makes an issue now, or ended before the tracker answered; "
        f"nothing was done for {first.key}, and another run looks again"
    )
    assert len(others) == len(tracker.issues) == len(GAPS) - 1
    later(issues.HELD + dt.timedelta(seconds=1))
    (made,) = apply(store, on, plan(store, on))
    assert made.startswith("Created issue")
    assert keys(tracker) == sorted(GAPS)


@pytest.mark.parametrize("how", [Denied("no"), Unreachable("the tracker answered 422")])
def test_what_the_tracker_refused_is_made_by_the_next_run(
    store: Store, tracker: FakeTracker, how: BaseException
) -> None:
    on = asked(tracker)
    early = plan(store, on)
    with pytest.raises(type(how)):
        apply(store, ends(on, made=False, how=how), early)
    assert "Another run made" in apply(store, on, early)[0]
    apply(store, on, plan(store, on))
    assert keys(tracker) == sorted(GAPS)


def test_an_issue_that_the_tracker_does_not_find_yet_is_not_made_again(
    store: Store, tracker: FakeTracker, later: Any
) -> None:
    on = asked(tracker)
    apply(store, on, plan(store, on))
    hidden, tracker.issues = tracker.issues, []
    again = plan(store, on)
    assert {sentence.partition(",")[0] for sentence in apply(store, on, again)} == {"An issue was made a moment ago"}
    later(dt.timedelta(minutes=2))
    assert apply(store, on, again)[0].startswith("Created issue")
    assert len(hidden) == len(GAPS)


def test_nobody_waits_in_the_store_while_the_tracker_is_asked(store: Store, tracker: FakeTracker) -> None:
    on = asked(tracker)
    first, *_ = plan(store, on)

    @dataclass(frozen=True)
    class Writes(GitHub):
        def create(self, wanted: trackers.WantedIssue) -> str:
            system = systems.one(store, DANA, SLUG)
            systems.edit(store, DANA, system.record.model_copy(update={"name": "Other"}), seen=system.row_version)
            return super().create(wanted)

    assert apply(store, Writes(on.name, on.path, on.client), [first])[0].startswith("Created issue")


def test_a_tracker_elsewhere_has_issues_of_its_own(store: Store, tracker: FakeTracker) -> None:
    on = asked(tracker)
    apply(store, on, plan(store, on))
    with serving(github) as another:
        there = asked(another)
        assert (there.name, there.address) == (on.name, there.client.address + there.path)
        assert all(sentence.startswith("Created") for sentence in apply(store, there, plan(store, there)))
    assert replace(on, name="x").address == on.address
