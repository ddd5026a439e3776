"""Named tuples handed to compiled functions by reference: one pointer where every array in them would be seven words.

A kernel holds what it is given once; the functions that it calls read `held.field` as they would read the tuple's, and
named tuples within it are held, too. What is held lives in the frame of the kernel that holds it: it is never returned.
"""

from typing import Any, Final, TypeVar, cast

import numba
from numba.core import cgutils, types
from numba.core.datamodel import models
from numba.core.typing.templates import AttributeTemplate
from numba.extending import infer_getattr, intrinsic, lower_getattr_generic, register_model

_Table = TypeVar("_Table")

# The border to a library of which only a part is typed.
_NUMBA: Final[Any] = numba
_CODE: Final[Any] = cgutils
_REGISTER: Final[Any] = (register_model, infer_getattr, lower_getattr_generic)
_INTRINSIC: Final[Any] = intrinsic


class Held(types.Type):
    """The type of a reference to a named tuple of the type `of`."""

    def __init__(self, of: Any) -> None:
        self.of = of
        cast("Any", super()).__init__(name=f"Held({of})")

    @property
    def key(self) -> Any:
        """What two types are compared by."""
        return self.of

    def field(self, name: str) -> Any:
        """Return the type of a field."""
        found = self.of.types[self.of.fields.index(name)]
        return Held(found) if isinstance(found, types.NamedTuple) else found


class _Model(models.OpaqueModel):
    def __init__(self, manager: Any, held: Any) -> None:
        self._pointer = manager.lookup(held.of).get_value_type().as_pointer()
        cast("Any", super()).__init__(manager, held)

    def get_value_type(self) -> Any:
        return self._pointer


class _Attributes(AttributeTemplate):
    key = Held

    def _field(self, held: Any, name: str) -> Any:
        return held.field(name) if name in held.of.fields else None

    generic_resolve: Any = _field


def _read(_: Any, builder: Any, held: Any, pointer: Any, name: str) -> Any:
    place = _CODE.gep_inbounds(builder, pointer, 0, held.of.fields.index(name))
    return place if isinstance(held.field(name), Held) else builder.load(place)


def _held(typingctx: Any, table: Any) -> Any:  # noqa: ARG001 - what Numba looks for by this name
    def put_into_frame(_: Any, builder: Any, __: Any, values: Any) -> Any:
        return _CODE.alloca_once_value(builder, values[0])

    return cast("Any", Held)(table)(table), put_into_frame


def _as_it_is(table: _Table) -> _Table:
    return table


_register_model, _infer_attributes, _lower_attributes = _REGISTER
_register_model(Held)(_Model)
_infer_attributes(_Attributes)
_lower_attributes(Held)(_read)

#: Hold a named tuple: called in a kernel, it returns what stands for the tuple in the functions called from there.
hold: Final[Any] = _as_it_is if _NUMBA.config.DISABLE_JIT else _INTRINSIC(_held)
