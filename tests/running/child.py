"""A process with its background, to be killed: `python -m tests.running.child URL SECONDS`."""

import sys
import time
from dataclasses import replace
from pathlib import Path

from policy_service import leases
from policy_service.background.process import Background
from policy_service.logs import set_up_logs
from policy_service.running import new_id
from policy_service.services.house import House
from policy_service.settings import read_settings
from policy_service.storage.database import Database
from tests.services.webhooks.receiving import LOOPBACK


def main(url: str, lasts: float) -> None:
    """Begin the background with leases of so many seconds, and say at every change whether it is the scheduler."""
    leases.LASTS, leases.RENEWED_EVERY = lasts, lasts / 3  # type: ignore[misc]  # a test does not wait as long
    settings = replace(
        read_settings({"RULES_DIR": str(Path(__file__).parents[2] / "rules")}),
        default_policy="house",
        seal_key="k" * 32,
        writer_name="host",
        webhook_allow_http=True,
        webhook_allowed_networks=(LOOPBACK,),
    )
    set_up_logs(settings)
    house = House(settings, Database(url), new_id, "")
    background = Background(house)
    print("writes as", house.writer, flush=True)
    background.start()
    said = False
    while True:
        if background.is_scheduler != said:
            said = background.is_scheduler
            print("is scheduler" if said else "waits", flush=True)
        time.sleep(0.05)


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
