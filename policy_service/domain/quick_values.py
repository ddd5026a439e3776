"""Frozen values that are made as quickly as others: every decision makes some eighty of them.

A frozen dataclass sets each of its fields by a call, past its own refusal to be changed: that takes six times as long
as to set them. Here a value is of a class without the refusal for as long as its fields are set, and frozen when it is
first seen.
"""

from collections.abc import Callable
from dataclasses import MISSING, Field, fields
from typing import Any, Final, TypeVar

_Value = TypeVar("_Value")

#: Tells a field that is left out from one that is given, where what stands in its place is made for each value.
_LEFT_OUT: Final = object()
_SET_CLASS: Final[Callable[[object, type], None]] = object.__dict__["__class__"].__set__


def quickly_made(frozen: type[_Value]) -> type[_Value]:
    """Return the class, a frozen dataclass with slots, with a quicker `__init__` that takes the same.

    TypeError for a class of another kind. A class derived from it is made as before.
    """
    kind: Any = frozen
    _check(kind)
    before = kind.__init__
    names: dict[str, Any] = {
        "_frozen": frozen,
        "_open": type(f"_Open{frozen.__name__}", (), {"__slots__": kind.__slots__}),
        "_before": before,
        "_set_class": _SET_CLASS,
        "_left_out": _LEFT_OUT,
    }
    exec(_source(fields(kind), names), names)  # noqa: S102 # as dataclasses makes its own
    made = names["__init__"]
    made.__qualname__, made.__module__ = f"{frozen.__qualname__}.__init__", frozen.__module__
    made.__annotations__ = before.__annotations__
    kind.__init__ = made
    return frozen


def _check(frozen: Any) -> None:  # a class, of whatever kind
    parameters = getattr(frozen, "__dataclass_params__", None)
    is_frozen = parameters is not None and parameters.frozen and "__slots__" in vars(frozen)
    if not is_frozen or frozen.__bases__ != (object,):
        raise TypeError(f"{frozen.__qualname__} is no frozen dataclass with slots and without a base")
    if not all(one.init and not one.kw_only for one in fields(frozen)):
        raise TypeError(f"{frozen.__qualname__} has fields that are not given in their order")


def _source(every: tuple[Field[Any], ...], names: dict[str, Any]) -> str:
    given = ["_self"]
    lines = []
    for one in every:
        value, default = one.name, f"_default_{one.name}"
        if one.default is not MISSING:
            names[default] = one.default
            given.append(f"{one.name}={default}")
        elif one.default_factory is not MISSING:
            names[default] = one.default_factory
            given.append(f"{one.name}=_left_out")
            value = f"{default}() if {one.name} is _left_out else {one.name}"
        else:
            given.append(one.name)
        lines.append(f"    _self.{one.name} = {value}")
    as_before = ", ".join(f"**({{}} if {one.name} is _left_out else {{'{one.name}': {one.name}}})" for one in every)
    has_more = "__post_init__" in vars(names["_frozen"])
    return "\n".join(
        [
            f"def __init__({', '.join(given)}):",
            "    if _self.__class__ is not _frozen:",
            f"        return _before(_self, {as_before})",
            "    _set_class(_self, _open)",
            *lines,
            "    _self.__class__ = _frozen",
            *(["    _self.__post_init__()"] if has_more else []),
        ]
    )
