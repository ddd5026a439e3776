"""What a kernel calls is called by nobody else."""

from typing import Any, Final

import numba
from numba.core.compiler import Compiler

from simulations.columnar.linking import KernelCompiler

_NUMBA: Final[Any] = numba


@_NUMBA.njit  # type: ignore[untyped-decorator]
def fibonacci(number: int) -> int:
    """Stay a function: what calls itself twice is put nowhere as a whole."""
    if number < 2:
        return number
    return int(fibonacci(number - 1) + fibonacci(number - 2))


def linked(compiler: type[Compiler]) -> tuple[int, set[str]]:
    """Return what a kernel made by that compiler says of 7, and how it is linked what it calls."""

    @_NUMBA.njit(pipeline_class=compiler)  # type: ignore[untyped-decorator]
    def kernel_of_the_test(number: int) -> int:
        return int(fibonacci(number))

    found = int(kernel_of_the_test(7))
    (made,) = kernel_of_the_test.overloads.values()
    return found, {one.linkage.name for one in made.library.get_defined_functions() if "fibonacci" in one.name}


def test_it_is_found_from_nowhere_else() -> None:
    assert (13, {"internal"}) == linked(KernelCompiler)


def test_what_is_compiled_later_by_numba_itself_finds_its_own() -> None:
    linked(KernelCompiler)
    assert (13, {"linkonce_odr"}) == linked(Compiler)
