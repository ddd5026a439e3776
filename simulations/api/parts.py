"""What the composition root gives the service of simulations: endpoints, and work behind the scenes.

Nothing that takes long to load is loaded by it.
"""

from typing import Final

from policy_service.api.endpoints import Endpoints
from simulations.api import asking, impact, results
from simulations.jobs.work import SIMULATION_WORK

SIMULATION_ENDPOINTS: Final[tuple[Endpoints, ...]] = (asking.blueprint, impact.blueprint, results.blueprint)

__all__ = ["SIMULATION_ENDPOINTS", "SIMULATION_WORK"]
