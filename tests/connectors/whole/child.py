"""A process that pulls, to be killed: `tests.connectors.whole.child CONNECTION`, settings in the environment."""

import sys

from policy_service.domain.acting import Act
from policy_service.running import now, open_house, process_name
from policy_service.services.connections import holding, pulling
from policy_service.settings import read_settings


def main(name: str) -> None:
    """Say that a pull begins, pull, and say that it has ended."""
    # Whoever comes after one that was killed would wait until it is held for dead.
    holding.LEASE_SECONDS = 0  # type: ignore[misc]
    house = open_house(read_settings())
    print("begins", flush=True)
    run = pulling.pull(house, name, Act("shop", now()), process_name(), lambda _rows: None)
    print(run.state, flush=True)
    house.close()


if __name__ == "__main__":
    main(sys.argv[1])
