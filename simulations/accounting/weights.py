"""Bootstrap draws of customers: how often each is drawn, the same whoever works it out."""

import os
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from simulations.columnar.compiled_functions import kernel

DRAWS: Final = 200
#: How often customers are drawn: a row per customer, a column per draw.
Weights: TypeAlias = npt.NDArray[np.uint8]
#: The constants of splitmix64 (Steele, Lea, Flood 2014), a generator whose n-th number needs none before it.
_STEP = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_30, _27, _31, _32 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(32)


def draw_weights(seed: int, customers: int, first: int, last: int, draws: int = DRAWS) -> Weights:
    """Return how often each of the customers from `first` up to `last` is drawn, by customer and draw.

    Each draw takes as many customers as there are, with replacement. `seed` is below 2**64. However the customers
    are split, each has the same weights.
    """
    return weights_of(draws_of(seed, customers, first, last, draws))


def draws_of(seed: int, customers: int, first: int, last: int, draws: int = DRAWS) -> Weights:
    """Return the same by draw and customer: what one draw writes stays in the processor's cache."""
    drawn = np.zeros((draws, last - first), dtype=np.uint8)

    def draw(some: tuple[int, int]) -> None:
        draw_all(np.uint64(seed), np.uint64(customers), first, last, some[0], drawn[slice(*some)])

    threads = os.cpu_count() or 1
    edges = [draws * piece // threads for piece in range(threads + 1)]
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(draw, pairwise(edges)))
    return drawn


def weights_of(drawn: Weights) -> Weights:
    """Return how often each customer is drawn, by customer and draw, of what has it by draw and customer."""
    weights = np.ascontiguousarray(drawn.T)
    weights.flags.writeable = False
    return weights


@kernel
def draw_all(seed: np.uint64, customers: np.uint64, first: int, last: int, before: int, weights: Weights) -> None:
    """Count the picks of draws that fall on the customers from `first` up to `last`, by draw and customer.

    `before` is how many draws come before these.
    """
    state = seed + _STEP * customers * np.uint64(before)
    for draw in range(weights.shape[0]):
        for _ in range(customers):
            state += _STEP
            mixed = (state ^ (state >> _30)) * _FIRST
            mixed = (mixed ^ (mixed >> _27)) * _SECOND
            # The upper half of 64 random bits, scaled to the number of customers.
            drawn = np.int64((((mixed ^ (mixed >> _31)) >> _32) * customers) >> _32)
            if first <= drawn < last:
                # The weight of a customer is near 1; beyond 255 it is not for a hundred orders of magnitude.
                weights[draw, drawn - first] += np.uint8(1)
