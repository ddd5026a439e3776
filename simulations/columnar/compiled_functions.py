"""The one way to compile a function: typed, cached on disk, free of the interpreter's lock."""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, Protocol, TypeVar, cast

import numba
from numba.core.registry import CPUDispatcher


class Numbers(Protocol):
    """An array of int64 as compiled code uses it, place by place; handed in it is a contiguous numpy array."""

    def __getitem__(self, place: int, /) -> int: ...

    def __setitem__(self, place: int, value: int, /) -> None: ...


#: The border to a library of which only a part is typed.
_NUMBA: Final[Any] = numba
_Function = TypeVar("_Function", bound=Callable[..., object])
_IMPORT: Final = re.compile(r"^from ((?:simulations|policy_service)[.\w]*) import (?:\(([^)]*)\)|(.*))$", re.MULTILINE)


def kernel(function: _Function) -> _Function:
    """Return the function compiled on its first call, and from then on read from the cache beside its module.

    It works on int64 numbers and arrays of them alone and lets other threads run. Division by zero raises nothing
    in it: a kernel asks before it divides. Where no folder can be written, each process compiles anew.
    """
    return _compiled(function, makes_arrays=True)


def lean_kernel(function: _Function) -> _Function:
    """Return the function compiled for the kernels that call it, one that makes no arrays and calls none that does.

    What it is handed is not counted as used in every call, which costs small functions most of their time. It is not
    made ready for callers in Python either, which takes longer than to compile it; one who calls it all the same (a
    test does) waits until it is compiled again, each time a process begins.
    """
    return _compiled(function, makes_arrays=False)


class _Kernel(CPUDispatcher):
    def get_call_template(self, args: Any, kws: Any) -> Any:
        # Compiled once for all numbers: by itself Numba compiles anew for every literal that a caller names.
        return super().get_call_template(tuple(map(_NUMBA.types.unliteral, args)), kws)


class _LeanKernel(_Kernel):
    def __call__(self, *args: object) -> object:
        return _for_python(self)(*args)


@cache
def _for_python(function: _LeanKernel) -> Callable[..., object]:
    options = function.targetoptions | {"no_cpython_wrapper": False}
    return cast("Callable[..., object]", _Kernel(py_func=function.py_func, targetoptions=options))


def _compiled(function: _Function, *, makes_arrays: bool) -> _Function:
    if _NUMBA.config.DISABLE_JIT:
        return function
    options: dict[str, Any] = {"nopython": True, "nogil": True, "error_model": "numpy", "boundscheck": None}
    options |= {"_nrt": makes_arrays, "no_cfunc_wrapper": True, "no_cpython_wrapper": not makes_arrays}
    made: Any = (_Kernel if makes_arrays else _LeanKernel)(py_func=function, targetoptions=options)
    if function.__module__.startswith("simulations."):
        # Without a folder that can be written, Numba has no cache to offer.
        with suppress(AttributeError, RuntimeError):
            made.enable_caching()
            # By itself the cache looks at one file, and would run callees of another file as they were before an edit.
            cache_file = made._cache._cache_file
            cache_file._source_stamp = stamp_of(function.__module__)
            # Else it reads what an earlier version of the program left there, of types that are no more.
            cache_file._version = f"{cache_file._version} {cache_file._source_stamp}"
    return cast("_Function", made)


@cache
def stamp_of(module: str) -> str:
    """Return the hash of a module's source and of all that compiled functions in it can be made of.

    These are the modules of the simulator that it imports, however far, and those of the service that they name.
    """
    waiting, seen = [module], set[str]()
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            if name.startswith("simulations"):
                waiting.extend(_imported(name))
    hashed = sha256()
    for name in sorted(seen):
        hashed.update(_source(name).encode())
    return hashed.hexdigest()


def _imported(module: str) -> Iterator[str]:
    for package, within, beside in _IMPORT.findall(_source(module)):
        yield package
        for name in re.findall(r"\w+", within or beside):
            submodule = f"{package}.{name}"
            if _path_below(package, name).is_file():
                yield submodule


def _path_below(package: str, name: str) -> Path:
    return _path(package).parent / f"{name}.py" if _path(package).name == "__init__.py" else Path()


@cache
def _path(module: str) -> Path:
    found = find_spec(module)
    return Path(found.origin or "") if found else Path()


@cache
def _source(module: str) -> str:
    return _path(module).read_text("utf-8")
