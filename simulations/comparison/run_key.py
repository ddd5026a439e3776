"""What a run is known by: the same key gives the same bytes."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256

from policy_service.engines.version import ENGINE_VERSION
from policy_service.services.canonical_json import canonical_bytes
from simulations.accounting.costs import Costs
from simulations.replay.options import Options

RECORDED = "recorded"


@dataclass(frozen=True, slots=True)
class PolicyRun:
    """A policy as it was replayed: its id, the hash of its text, the parameters given other values.

    Of recorded practice the id is `recorded`, and the hash is empty.
    """

    policy: str
    hash: str
    parameters: Mapping[str, int]

    @property
    def is_recorded(self) -> bool:
        """Whether it is no policy, but what the ledger says was done."""
        return self.policy == RECORDED and not self.hash


def key_of(policies: Sequence[PolicyRun], ledger_hash: str, options: Options, costs: Costs) -> str:
    """Return the hash of everything that a run depends on, in hexadecimal."""
    return sha256(
        canonical_bytes(
            {
                "policies": [{"hash": run.hash or run.policy, "parameters": dict(run.parameters)} for run in policies],
                "ledger": ledger_hash,
                "engine_version": ENGINE_VERSION,
                "options": asdict(options),
                "costs": {name: str(value) for name, value in asdict(costs).items()},
            }
        )
    ).hexdigest()


def seed_of(key: str) -> int:
    """Return the seed of the bootstrap draws of a run: 64 bits of its key."""
    return int(key[:16], 16)
