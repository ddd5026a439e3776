"""Days run in a process of its own, to be killed or to run beside another: `python -m tests.services.daily_run.child`.

It says each customer that is done, as `day done total`, and at the end `finished`.
"""

import datetime as dt
import os
import sys
from contextlib import suppress

from policy_service.domain.errors import RequestError
from policy_service.running import new_id
from policy_service.services.daily_run.run import run_day
from policy_service.services.house import House
from policy_service.storage.database import Database
from tests.services.daily_run.diary import days
from tests.services.decisions.live import SETTINGS, act


def main(url: str, first: str, last: str) -> None:
    """Run the days from first to last, each as if on its morning."""
    house = House(SETTINGS, Database(url), new_id, f"worker-{os.getpid()}")

    def told(day: dt.date, done: int, total: int) -> None:
        print(day, done, total, flush=True)

    print("begun", flush=True)
    for day in days(first, last):
        # Another process may be days ahead.
        with suppress(RequestError):
            run_day(house, day, act(day, "mia", 6), lambda done, total, day=day: told(day, done, total))  # type: ignore[misc]
    print("finished", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
