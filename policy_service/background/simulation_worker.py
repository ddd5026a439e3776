"""The duty to keep the simulation worker running while it is wanted, by the process that is alone with its duties."""

import sys
import time
from collections.abc import Callable
from typing import Final

from policy_service.background.kept_process import KeptProcess
from policy_service.services.wanted_worker import is_wanted, tell_deaths
from policy_service.settings import Settings

#: The command `policy`, wherever it is installed.
_POLICY: Final = "from policy_service.cli.main import main; main()"


class SimulationWorker:
    """The worker process of an installation, as far as this process keeps it."""

    def __init__(self, settings: Settings, may: Callable[[], bool], elapsed: Callable[[], float]) -> None:
        """Keep it while `may` says that this process is the one to do so."""
        self._settings = settings
        self._may = may
        self._told = 0
        self.process = KeptProcess((sys.executable, "-c", _POLICY, "simulation-worker", "--supervised"), elapsed)

    def look(self) -> None:
        """Begin the worker or end it, as it is wanted."""
        folder = self._settings.simulation_dir
        has_one = self._settings.simulation_worker_megabytes > 0 and self._may()
        self.process.look(is_wanted=has_one and is_wanted(folder, time.time()))
        if self.process.failed != self._told and folder.is_dir():
            self._told = self.process.failed
            tell_deaths(folder, self._told)

    def end(self) -> None:
        """End the worker, if this process began it."""
        self.process.end()
