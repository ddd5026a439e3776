"""How compiled code is linked: what a kernel calls is its own, so that most of it is put where it is called.

A kernel is hundreds of small functions. By itself Numba lets each be found from outside: it stays a function beside the
places that it was put into, and so the optimizer puts only the smallest anywhere. But only the kernel is called from
outside. What nobody else can call, and is called at one place, costs nothing there.
"""

from typing import Any, Final

from numba.core.compiler import Compiler

# The border to a library of which only a part is typed.
_COMPILER: Final[Any] = Compiler


class KernelCompiler(Compiler):
    """Numba's compiler, which links a function that is called from Python as the only one that is."""

    def define_pipelines(self) -> Any:
        """Return the passes of a compilation; what they compile is put into a library that is made here."""
        state: Any = self.state
        if not state.flags.no_cpython_wrapper:
            state.library = state.targetctx.codegen().create_library(state.func_id.func_qualname)
            state.library.enable_object_caching()
            _keep_what_is_linked(state.library)
        return _COMPILER.define_pipelines(self)


def _keep_what_is_linked(library: Any) -> None:
    optimize = library._optimize_final_module

    def keep_and_optimize() -> None:
        for function in library._final_module.functions:
            if _is_linked(function):
                function.linkage = "internal"
                # One that is compiled later without this would else be taken for this one, by its name.
                function.name = f"{function.name}.kept"
        optimize()

    library._optimize_final_module = keep_and_optimize


def _is_linked(function: Any) -> bool:
    # So Numba marks what it took from the library of another function. What counts references keeps its name: by that
    # the optimizer knows it, and leaves out what cancels.
    is_marked = function.linkage.name == "linkonce_odr" and not function.is_declaration
    return is_marked and not function.name.startswith("NRT_")
