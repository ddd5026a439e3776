"""What the editor asks the simulation worker, and when it asks again of itself."""

from collections.abc import Mapping
from typing import Any, Final

from simulations.api.request_bodies import SimulationRequest

#: Seconds after which a page asks again, where that may help.
AGAIN: Final[Mapping[str, int]] = {"R560": 2, "R561": 2, "R562": 3, "R565": 3}


def question(policy_id: str, number: int, baseline: Mapping[str, Any]) -> dict[str, Any]:
    """Return the request for a simulation of a version as it is, under the usual assumptions."""
    named = {"candidate": {"policy": policy_id, "version": number}, "baseline": dict(baseline)}
    asked: dict[str, Any] = SimulationRequest().load(named)
    return asked
