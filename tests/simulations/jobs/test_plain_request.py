"""A plain request is what the API makes of one that says nothing of assumptions."""

import datetime as dt

from simulations.api.request_bodies import SimulationRequest
from simulations.jobs.plain_request import plain_request


def test_a_plain_request_is_one_over_the_api_that_says_nothing_of_assumptions() -> None:
    said = {
        "candidate": {"policy": "house", "version": 2},
        "baseline": {"policy": "house"},
        "from": "2025-01-01",
        "to": "2026-01-01",
    }
    assert SimulationRequest().load(said) == plain_request("house", 2, dt.date(2025, 1, 1), dt.date(2026, 1, 1))
