"""The cache of compiled code on disk: what is kept of a kernel, and how little of it is read for one that only runs."""

from typing import Any, Final, cast

from llvmlite import binding
from numba.core.caching import CompileResultCacheImpl, FunctionCache
from numba.core.runtime import nrt

# The border to libraries of which only a part is typed.
_RUNTIME: Final[Any] = cast("Any", nrt).rtsys
_LLVM: Final[Any] = binding


class _Results(CompileResultCacheImpl):
    def reduce(self, data: Any) -> Any:
        # Of the hundreds of functions that a kernel is made of Numba keeps what each may name while it runs. Code that
        # leaves the interpreter alone names nothing but constants, and few have any.
        *kept, environments = cast("Any", super()).reduce(data)
        return (*kept, tuple(one for one in environments if one.consts))

    def rebuild(self, target_context: Any, payload: Any) -> Any:
        (name, kind, (code, bitcode)), described, *rest = payload
        named = _defining(described.llvm_cpython_wrapper_name)
        made = cast("Any", super()).rebuild(target_context, ((name, kind, (code, named)), described, *rest))
        _read_when_linked(made.library, bitcode)
        return made


class CodeCache(FunctionCache):
    """Numba's cache of a function, of which no more is read than running it takes."""

    _impl_class = _Results

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """Return what was kept for these types, if anything was."""
        # By itself Numba makes itself ready to compile first, which takes longer than to load all that a run needs.
        _RUNTIME.initialize(target_context)
        return cast("Any", self)._load_overload(sig, target_context)


def _defining(function: str) -> bytes:
    # Numba looks for the functions of a library in what may be compiled into others, not in the code that it runs.
    module = _LLVM.parse_assembly(f'define void @"{function}"() {{ ret void }}')
    return cast("bytes", module.as_bitcode())


def _read_when_linked(library: Any, bitcode: bytes) -> None:
    # What a kernel is in the eyes of others that call it takes longer to read than its code, and few are ever called.
    def module_for_linking() -> Any:
        if library._shared_module is named:
            library._shared_module = _LLVM.parse_bitcode(bitcode)
        return library._shared_module

    named = library._shared_module
    library._get_module_for_linking = module_for_linking
