"""The one way to compile a function: typed, cached on disk, free of the interpreter's lock."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import cache, update_wrapper
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from threading import RLock
from typing import Any, Final, Protocol, TypeVar, cast

import numba
from numba.core.registry import CPUDispatcher
from numba.extending import typeof_impl

from simulations.columnar.cached_code import CodeCache
from simulations.columnar.linking import KernelCompiler


class Numbers(Protocol):
    """An array of int64 as compiled code uses it, place by place; handed in it is a contiguous numpy array."""

    def __getitem__(self, place: int, /) -> int: ...

    def __setitem__(self, place: int, value: int, /) -> None: ...


#: The border to a library of which only a part is typed.
_NUMBA: Final[Any] = numba
_Function = TypeVar("_Function", bound=Callable[..., object])
_OF_TYPES: Final = ("simulations.columnar.bare_arrays", "simulations.columnar.pointers")
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


def is_ready(function: Callable[..., object]) -> bool:
    """Return whether a kernel will run at once: it is loaded or in the cache, or nothing is compiled here at all.

    Where no folder can be written there is no cache, and every process compiles anew.
    """
    return not isinstance(function, _Kernel) or bool(function.compiler.signatures or function.cached())


def load(function: Callable[..., object]) -> None:
    """Load what the cache has of a kernel, so that its first call waits for nothing."""
    if isinstance(function, _Kernel):
        for signature in function.cached():
            function.compiler.compile(signature)


class _Compiler(CPUDispatcher):
    def enable_caching(self) -> None:
        self._cache = cast("Any", CodeCache)(self.py_func)

    def get_call_template(self, args: Any, kws: Any) -> Any:
        # Compiled once for all numbers: by itself Numba compiles anew for every literal that a caller names.
        return super().get_call_template(tuple(map(_NUMBA.types.unliteral, args)), kws)


class _Kernel:
    # Hundreds of functions are only ever compiled into those that call them. What Numba asks of each before it can be
    # compiled would take most of a program's start, and is left until one is called, or named by one that is compiled.
    def __init__(self, function: Callable[..., object], options: dict[str, Any]) -> None:
        update_wrapper(self, function)
        self.py_func = function
        self._options = options
        self._made: Any = None

    @property
    def compiler(self) -> Any:
        if self._made is None:
            with _MAKING:
                self._made = self._made or _cached_on_disk(_compiler(self.py_func, self._options))
        return self._made

    def cached(self) -> Sequence[Any]:
        # Of what types there is code for this processor; no cache is offered where no folder can be written.
        cache = self.compiler._cache
        if not hasattr(cache, "_cache_file"):
            return []
        processor = self.compiler.targetctx.codegen()
        return [key[0] for key in cache._cache_file._load_index() if key == cache._index_key(key[0], processor)]

    def __call__(self, *args: object) -> object:
        return self.compiler(*args)


class _LeanKernel(_Kernel):
    def __call__(self, *args: object) -> object:
        return _for_python(self)(*args)


def _type_in_kernels(function: _Kernel, _: object) -> Any:
    return _NUMBA.typeof(function.compiler)


#: One function is never compiled twice at once.
_MAKING: Final = RLock()
_TYPE_OF: Final[Any] = typeof_impl
_TYPE_OF.register(_Kernel)(_type_in_kernels)


def _compiler(function: Callable[..., object], options: dict[str, Any]) -> Any:
    return cast("Any", _Compiler)(function, targetoptions=options, pipeline_class=KernelCompiler)


@cache
def _for_python(function: _LeanKernel) -> Callable[..., object]:
    options = function.compiler.targetoptions | {"no_cpython_wrapper": False}
    return cast("Callable[..., object]", _compiler(function.py_func, options))


def _compiled(function: _Function, *, makes_arrays: bool) -> _Function:
    if _NUMBA.config.DISABLE_JIT:
        return function
    options: dict[str, Any] = {"nopython": True, "nogil": True, "error_model": "numpy", "boundscheck": None}
    options |= {"_nrt": makes_arrays, "no_cfunc_wrapper": True, "no_cpython_wrapper": not makes_arrays}
    return cast("_Function", (_Kernel if makes_arrays else _LeanKernel)(function, options))


def _cached_on_disk(made: Any) -> Any:
    module = made.py_func.__module__
    if module.startswith("simulations."):
        # Without a folder that can be written, Numba has no cache to offer.
        with suppress(AttributeError, RuntimeError):
            made.enable_caching()
            # By itself the cache looks at one file, and would run callees of another file as they were before an edit.
            cache_file = made._cache._cache_file
            cache_file._source_stamp = stamp_of(module)
            # Else it reads what an earlier version of the program left there, of types that are no more.
            cache_file._version = f"{cache_file._version} {cache_file._source_stamp}"
    return made


@cache
def stamp_of(module: str) -> str:
    """Return the hash of a module's source and of all that compiled functions in it can be made of.

    These are the modules of the simulator that it imports, however far, those of the service that they name, and those
    that define types: functions are cached by what they were handed, wherever they stand.
    """
    waiting, seen = [module, *_OF_TYPES], set[str]()
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            if name.startswith("simulations"):
                waiting.extend(_imported(name) - seen)
    hashed = sha256()
    for name in sorted(seen):
        hashed.update(_source(name).encode())
    return hashed.hexdigest()


@cache
def _imported(module: str) -> frozenset[str]:
    return frozenset(_named_by(module))


def _named_by(module: str) -> Iterator[str]:
    for package, within, beside in _IMPORT.findall(_source(module)):
        yield package
        if _path(package).name == "__init__.py":
            for name in re.findall(r"\w+", within or beside):
                if (_path(package).parent / f"{name}.py").is_file():
                    yield f"{package}.{name}"


@cache
def _path(module: str) -> Path:
    found = find_spec(module)
    return Path(found.origin or "") if found else Path()


@cache
def _source(module: str) -> str:
    return _path(module).read_text("utf-8")
