"""What goes on beside a replay: modules that only what follows it needs are loaded, live engines are made.

Compiled code lets other threads run, and what is loaded here takes as long as a good part of the replay.
"""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from simulations.comparison.comparison import Question

if TYPE_CHECKING:
    from simulations.runs.deciding_again import LiveVersions


@contextmanager
def live_engines_beside(question: Question) -> Iterator["Future[LiveVersions]"]:
    """Give the live engines of a question as they will be there, and load what else comes after its replay.

    Once they are there, no thread is at work on them. What goes wrong is raised where the result is asked for. The
    engines are freed in the end.
    """
    with ExitStack() as held, ThreadPoolExecutor(1) as pool:
        yield pool.submit(_live_engines, held, question)


# An import of its own would be one at the start of every run.
def _live_engines(held: ExitStack, question: Question) -> "LiveVersions":
    from simulations.runs.deciding_again import live_versions  # noqa: PLC0415

    live = held.enter_context(live_versions(question))
    import simulations.comparison.why  # noqa: PLC0415
    import simulations.runs.changed_customers  # noqa: F401, PLC0415

    wait([begun for _, begun in live])
    return live
