"""What goes on beside a replay: the live engines are made, and modules that only what follows it needs are loaded.

Compiled code lets other threads run, and what is loaded here takes as long as a good part of the replay.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Final, TypeAlias

from simulations.comparison.comparison import Question
from simulations.executors.port import Stop
from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.runs.replaying import Means
from simulations.runs.sampled_orders import SampledOrders

if TYPE_CHECKING:
    from simulations.runs.deciding_again import Agreement

#: Gives what waits for what comes of a sample that is decided again.
DecideAgain: TypeAlias = Callable[[SampledOrders], Callable[[], "Agreement"]]
_EXPLAINS: Final = "simulations.runs.changed_customers"


@contextmanager
def sample_beside(snapshot: Snapshot, question: Question, means: Means) -> Iterator[DecideAgain]:
    """Give what decides the sample of a run again; its live engines are made from now on, and freed in the end.

    What explains customers, and the live engines, are mostly plain Python: beside threads of this process it takes half
    as long again, as each waits for the interpreter of the other. There a sample is decided when it is waited for, but
    for a process that may be copied. What goes wrong is raised where it is waited for.
    """
    ready = partial(_ready, snapshot, question, means.stop)
    if means.executor.may_fork:
        from simulations.executors.forked import forked  # noqa: PLC0415

        with forked(ready, means.stop) as ask, ThreadPoolExecutor(1) as pool:
            pool.submit(import_module, _EXPLAINS)
            yield ask
    else:
        with ExitStack() as held, ThreadPoolExecutor(1) as pool:
            deciding = pool.submit(lambda: held.enter_context(ready()))

            def ask_here(sample: SampledOrders) -> Callable[[], "Agreement"]:
                def agree() -> "Agreement":
                    return deciding.result()(sample)

                return agree if means.executor.shares_memory else pool.submit(agree).result

            yield ask_here


# An import of its own would be one at the start of every run.
@contextmanager
def _ready(snapshot: Snapshot, question: Question, stop: Stop) -> Iterator[Callable[[SampledOrders], "Agreement"]]:
    from simulations.runs.deciding_again import agreement, live_versions  # noqa: PLC0415

    with live_versions(question) as live:
        # From then on no thread is at work on them.
        wait([begun for _, begun in live])
        yield lambda sample: agreement(snapshot, question, sample, live, stop)
