"""The background of one process: a thread for each duty, begun with the process and ended with it."""

import random
import time
from collections.abc import Sequence
from functools import partial
from threading import Event, Thread
from typing import Final

import structlog

from policy_service.background.delivery import Deliveries
from policy_service.background.duties import (
    LONG,
    PULLS,
    QUICK,
    Duty,
    FurtherWork,
    clean,
    count_portfolio,
    keep_being_told,
    pull_if_due,
    push_if_due,
    run_day_if_due,
    seal,
    settle,
    work,
)
from policy_service.background.loop import done, keep_doing
from policy_service.background.simulation_worker import SimulationWorker
from policy_service.background.warming import warm
from policy_service.connectors.http.deadlines import trusted_certificates
from policy_service.domain.instants import Instant
from policy_service.leases import SCHEDULER, HeldLease, take_writer_name
from policy_service.running import CLOCKS, host_name, now, process_name
from policy_service.services.house import House
from policy_service.services.webhooks.addresses import system_resolver
from policy_service.services.webhooks.delivering import Means

_SECONDS_TO_END: Final = 5.0

log = structlog.get_logger()


class Background:
    """What a process does beside answering. Start it in the process that is to do it: threads do not outlive a fork."""

    def __init__(self, house: House, further: Sequence[FurtherWork] = ()) -> None:
        """Take part in the leases as this process; nothing is done before `start`."""
        self._house = house
        self._further = further
        self._by = process_name()
        self._stopped = Event()
        self.threads: list[Thread] = []
        self._scheduler = HeldLease(house, SCHEDULER, self._by, CLOCKS)
        self._writer = self._named()
        means = Means(self._by, now, time.monotonic, random.random, system_resolver, trusted_certificates())
        self._deliveries = Deliveries(house, means, self._is_alone)
        self._worker = SimulationWorker(house.settings, self._is_alone, time.monotonic)

    @property
    def is_scheduler(self) -> bool:
        """Whether this process has the duties that only one has."""
        return self._scheduler.is_held

    def start(self) -> None:
        """Begin every duty, each in a thread of its own."""
        if not self._house.settings.seal_key:
            log.warning("chains_are_not_sealed", remedy="Set SEAL_KEY or SEAL_KEY_FILE.")
        for duty in self._duties():
            may = self._is_alone if duty.alone else self._goes_on
            thread = Thread(target=keep_doing, args=(duty, self._stopped, may), name=duty.name, daemon=True)
            self.threads.append(thread)
            thread.start()

    def stop(self) -> bool:
        """Let other processes have the leases at once; return whether everything has ended.

        A job ends at its next look at the clock, as if the process had been killed: another goes on with it.
        """
        self._stopped.set()
        for thread in self.threads:
            thread.join(_SECONDS_TO_END)
        if self._scheduler.is_held:
            # What was decided since the last seal would else be open until somebody starts again.
            done(Duty("seals", 0.0, partial(seal, self._house, now)))
        self._deliveries.close()
        self._worker.end()
        for lease in (self._scheduler, self._writer):
            done(Duty("leases", 0.0, lease.give_up))
        busy = [thread.name for thread in self.threads if thread.is_alive()]
        if busy:
            log.warning("stopped_in_the_middle", duties=busy)
        return not busy

    def _duties(self) -> tuple[Duty, ...]:
        house = self._house
        return (
            Duty("leases", 1.0, self._renew, alone=False),
            Duty("warm", 1.0, lambda: _warm(house), alone=False),
            Duty("settle", 1.0, partial(settle, house, now)),
            Duty("daily_run", 5.0, partial(run_day_if_due, house, now)),
            Duty("rechecks", 1.0, partial(work, house, QUICK, self._by, self._now_or_end, self._is_alone)),
            Duty("jobs", 1.0, partial(work, house, LONG, self._by, self._now_or_end, self._is_alone)),
            Duty("pulls_due", 5.0, partial(pull_if_due, house, now)),
            Duty("pushes_due", 5.0, partial(push_if_due, house, now)),
            Duty("pulls", 1.0, partial(work, house, PULLS, self._by, self._now_or_end, self._is_alone)),
            Duty("notices", 15.0, partial(keep_being_told, house, now, self._is_alone)),
            Duty("portfolio", 15.0, partial(count_portfolio, house, self._now_or_end)),
            Duty("webhooks", 1.0, self._deliveries.look),
            Duty("simulation_worker", 1.0, self._worker.look, alone=False),
            Duty("seals", 60.0, partial(seal, house, now)),
            Duty("cleaning", 600.0, partial(clean, house, now)),
            *(duty for work_of in self._further for duty in self._duties_of(work_of)),
        )

    def _duties_of(self, further: FurtherWork) -> tuple[Duty, ...]:
        house, kinds, done = self._house, tuple(further.handlers), further.handlers
        return (
            Duty(further.name, 1.0, partial(work, house, kinds, self._by, self._now_or_end, self._is_alone, done)),
            Duty(f"{further.name}_cleaning", 600.0, lambda: further.clean(house, now())),
            Duty(f"{further.name}_looking_back", 60.0, lambda: further.look_back(house, self._now_or_end)),
        )

    def _renew(self) -> None:
        if self._scheduler.is_to_be_renewed:
            self._scheduler.renew()
        if self._writer.is_to_be_renewed and not self._writer.renew():
            self._writer = self._named()

    def _named(self) -> HeldLease:
        return take_writer_name(self._house, host_name(self._house.settings), self._by, CLOCKS)

    def _now_or_end(self) -> Instant:
        if self._stopped.is_set():
            # No error that a job could take for its own.
            raise SystemExit
        return now()

    def _goes_on(self) -> bool:
        return not self._stopped.is_set()

    def _is_alone(self) -> bool:
        return self._goes_on() and self._scheduler.is_held


def _warm(house: House) -> None:
    warm(house, now())
