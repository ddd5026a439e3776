"""Runs of one policy over one history with other values of its parameters: each once, several at a time."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import Final, TypeAlias

from policy_service.language.policy import Policy
from simulations.accounting.calendar import calendar_of, earliest_day
from simulations.accounting.costs import Costs
from simulations.accounting.kpis import Kpis
from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.replay.options import Options
from simulations.replay.replay import replay
from simulations.replay.trace import Trace
from simulations.runs.single_run import added_up

#: Values of the parameters in question, in their order.
Values: TypeAlias = tuple[int, ...]
#: Told how many runs are done, and of how many.
Advance: TypeAlias = Callable[[int, int], None]

#: From so many invoices on a run takes all threads for itself, so that memory holds one run.
_LARGE: Final = 500_000


class Runs:
    """Runs over one history under one policy, in which the parameters of these names have other values.

    What was run once is remembered. `advance` is told after each run how many there were, and of how many.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        policy: Policy,
        names: Sequence[str],
        options: Options,
        costs: Costs,
        *,
        threads: int = 1,
        advance: Advance = lambda *_: None,
    ) -> None:
        self.snapshot, self.policy, self.names = snapshot, policy, tuple(names)
        self.options, self.costs = options, costs
        is_large = len(snapshot.invoices.issued) >= _LARGE
        self._at_a_time, self._threads = (1, threads) if is_large else (threads, 1)
        self._advance, self._planned = advance, 0
        self._found: dict[Values, Kpis] = {}
        self._calendar = calendar_of(options, earliest_day(snapshot, options))

    def __len__(self) -> int:
        return len(self._found)

    def __contains__(self, values: object) -> bool:
        return values in self._found

    def plan(self, runs: int) -> None:
        """Take down how many runs there may be."""
        self._planned = runs

    def kpis(self, every: Iterable[Values]) -> Sequence[Kpis]:
        """Return the figures of each of these; what was not run before is run, and all that waits is dropped on Ctrl-C.

        The same whatever the number of threads.
        """
        wanted = list(every)
        missing = [values for values in dict.fromkeys(wanted) if values not in self._found]
        with ThreadPoolExecutor(self._at_a_time) as pool:
            running = {pool.submit(self._run, values): values for values in missing}
            try:
                for done in as_completed(running):
                    self._found[running[done]] = done.result()
                    self._advance(min(len(self._found), self._planned), self._planned)
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise
        return [self._found[values] for values in wanted]

    def trace(self, values: Values) -> Trace:
        """Return what a run with these values did."""
        return replay(self.snapshot, self.policy, self.options, self.parameters(values), self._threads)

    def parameters(self, values: Values) -> Mapping[str, int]:
        """Return the values by the names of their parameters."""
        return dict(zip(self.names, values, strict=True))

    def own(self) -> Values:
        """Return the policy's own values."""
        return tuple(self.policy.parameters[name].value for name in self.names)

    def _run(self, values: Values) -> Kpis:
        return added_up(self.snapshot, self.trace(values), self.options, self.costs, self._calendar)
