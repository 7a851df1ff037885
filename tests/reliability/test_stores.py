"""The store under kills, power cuts and disks that fail: the suites in short."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.reliability import flips, full, kills, load, migrations, power, refused, restores, stores, swapped
from tests.soak import sampled, scaled

FEW = 1 if scaled(1) > 1 else 20
"""Of the places at which a suite breaks off: each of so many."""


def test_every_write_that_was_acknowledged_is_there_after_a_kill(tmp_path: Path) -> None:
    found, acknowledged = kills.tried(scaled(5), tmp_path / "readiness.db")
    assert found == [[]] * scaled(5)
    assert acknowledged >= scaled(5)


def test_every_write_that_was_acknowledged_is_there_after_a_power_cut() -> None:
    assert power.tried(scaled(20), 12) == [[]] * scaled(20)


def test_without_our_synchronisation_the_same_cuts_lose_writes() -> None:
    assert [faults for faults in power.tried(60, 8, synchronous="NORMAL") if faults]


def test_a_disk_that_is_full_or_fails_stores_nothing_while_reads_go_on_and_writes_resume(tmp_path: Path) -> None:
    found = list(full.tried(tmp_path, 1 if FEW == 1 else 4))
    assert found == [[]] * len(found)
    assert len(found) > 10


def test_a_store_whose_file_vanishes_or_is_swapped_at_a_statement_keeps_no_part_of_it(tmp_path: Path) -> None:
    found = list(swapped.tried(tmp_path, FEW))
    assert found == [[]] * len(found)
    assert len(found) >= 3 * len(swapped.WAYS)


def test_a_store_that_may_not_be_written_to_says_so_and_takes_writes_as_soon_as_it_may() -> None:
    with stores.folder() as folder:
        assert refused.read_only(folder) == [[]] * 6
    with stores.folder() as folder:
        assert list(refused.locked(folder / "readiness.db", 3, 0.02)) == [[]] * 3


@pytest.mark.parametrize("version", sampled(migrations.earlier(), 4))
def test_an_upgrade_that_is_killed_leaves_the_old_schema_or_the_new_one(version: str, tmp_path: Path) -> None:
    start = 1 + migrations.earlier().index(version) * 7 % FEW
    found = list(migrations.tried(version, tmp_path, FEW * 2 if FEW > 1 else 1, start))
    assert found == [[]] * len(found)
    assert len(found) > 1


def test_a_restore_that_is_killed_leaves_the_old_store_or_the_new_one(tmp_path: Path) -> None:
    found = list(restores.tried(tmp_path, 1 if FEW == 1 else 9))
    assert [faults for _, faults in found if faults] == []
    assert {note for note, _ in found} == {restores.SAVED, restores.LATER}


def test_a_bit_that_flipped_in_a_backup_is_refused_or_changed_nothing(tmp_path: Path) -> None:
    found = list(flips.tried(flips.backup(tmp_path), scaled(100), 7, tmp_path))
    assert [faults for _, faults in found if faults] == []
    assert {taken for taken, _ in found} == {True, False}


def test_a_backup_under_load_is_whole_and_holds_what_was_acknowledged_before_it(tmp_path: Path) -> None:
    found = list(load.tried(tmp_path, scaled(4)))
    assert [faults for _, faults in found if faults] == []
    assert found[-1][0] > found[0][0]
