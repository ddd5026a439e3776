"""Threads of this process do every piece once."""

import os
from pathlib import Path

import pytest

from policy_service.domain.errors import MissingFact, RequestError
from simulations.executors.in_process import Threads
from tests.simulations.executors.works import BAD, Doubling, Failing, begun, done_by, doubled, processes_of


@pytest.mark.parametrize("threads", [1, 3])
def test_every_piece_is_done_once(tmp_path: Path, threads: int) -> None:
    assert doubled() == done_by(Threads(threads), Doubling(tmp_path))
    assert {1} == set(begun(tmp_path).values())
    assert {os.getpid()} == processes_of(tmp_path)


def test_what_a_piece_raised_is_raised_and_what_was_not_begun_is_not_done(tmp_path: Path) -> None:
    with pytest.raises(MissingFact):
        done_by(Threads(1), Failing(tmp_path), pieces=1000)
    assert BAD < len(begun(tmp_path)) < 1000


def test_a_run_stops_when_it_is_told_to(tmp_path: Path) -> None:
    with pytest.raises(RequestError) as stopped:
        done_by(Threads(2), Doubling(tmp_path), stop=lambda: True)
    assert "R518" == stopped.value.code


def test_no_pieces_are_done_at_once(tmp_path: Path) -> None:
    assert {} == done_by(Threads(2), Doubling(tmp_path), pieces=0)
