"""The compiled code that a run begins with: whether it is there, and loaded before the run."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, Final

from policy_service.language.policy import Policy
from simulations.accounting.adding_up import add_up_customers
from simulations.accounting.weights import draw_all
from simulations.columnar.compiled_functions import is_ready, load
from simulations.columnar.constants import worked_out
from simulations.comparison.moves import count_moves
from simulations.replay.group_day import run_units
from simulations.replay.group_reading import reads_groups
from simulations.replay.running import run_customers
from simulations.runs.sample_hashes import hash_texts

_OF_EVERY_RUN: Final[Sequence[Callable[..., Any]]] = (worked_out, add_up_customers, draw_all, count_moves, hash_texts)


def is_compiled(*policies: Policy) -> bool:
    """Return whether runs under these policies will begin at once, or one under any that reads nothing of groups.

    Where no folder can be written there is no cache, and every process compiles anew.
    """
    return all(map(is_ready, _kernels(policies)))


@contextmanager
def loading_from_cache() -> Iterator[Future[None]]:
    """Load what nearly every run begins with while modules, policies and ledgers are read, as far as it is compiled.

    The most of it lets other threads run. Which policies there will be is not known yet: the few that read something
    of groups begin with more.
    """
    with ThreadPoolExecutor(1) as pool:
        yield pool.submit(load_from_cache)


def load_from_cache(*policies: Policy) -> None:
    """Load what runs under these policies begin with, as far as it is compiled."""
    for kernel in _kernels(policies):
        load(kernel)


def _kernels(policies: Sequence[Policy]) -> Sequence[Callable[..., Any]]:
    read_groups = {reads_groups(policy) for policy in policies} or {False}
    return [*_OF_EVERY_RUN, *(run_units if of_groups else run_customers for of_groups in sorted(read_groups))]
