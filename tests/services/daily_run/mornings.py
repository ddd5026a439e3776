"""The days and books that most tests of the daily run begin with."""

import datetime as dt
from typing import Any

import pytest

from policy_service.domain.acting import Act
from policy_service.domain.errors import RequestError
from policy_service.services.house import House
from tests.services.daily_run.diary import run

MARCH_1, MARCH_2 = dt.date(2025, 3, 1), dt.date(2025, 3, 2)
TWO: dict[str, Any] = {
    "invoices": [
        {"id": "I1", "issued": "2025-02-01", "due": "2025-03-01"},
        {"id": "I2", "issued": "2025-02-01", "due": "2025-03-01", "customer": "C2"},
    ]
}


def refused(house: House, day: dt.date, by: Act | None = None) -> str:
    """Return the code with which the run of a day is refused."""
    with pytest.raises(RequestError) as error:
        run(house, day, by)
    return error.value.code
