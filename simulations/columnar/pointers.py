"""Named tuples and arrays handed to compiled functions by pointer: one word where every array would be seven.

A kernel takes a pointer to what it is given once; the functions that it calls read `plan.field` of it as they would of
the tuple, and of tuples within it, too. Arrays are bare there (`bare_arrays.py`): nobody counts who uses them. What is
pointed to lives in the frame of that kernel: no pointer is returned.

An array is pointed to by its first place. Whoever is handed that counts no place from the end and asks for no length:
the array is all that is known of how far one may go.
"""

from typing import Any, Final, TypeVar, cast

import numba
from numba.core import cgutils, types
from numba.core.datamodel import models
from numba.core.typing.templates import AttributeTemplate
from numba.extending import infer_getattr, intrinsic, lower_getattr_generic, register_model

from simulations.columnar.bare_arrays import BareArray, bare, first_place, in_short, read_bare
from simulations.columnar.compiled_functions import Numbers

_Table = TypeVar("_Table")

# The border to a library of which only a part is typed.
_NUMBA: Final[Any] = numba
_CODE: Final[Any] = cgutils
_REGISTER: Final[Any] = (register_model, infer_getattr, lower_getattr_generic)
_INTRINSIC: Final[Any] = intrinsic
_TYPES: Final[Any] = types


class Pointer(types.Type):
    """The type of a pointer to a named tuple of the type `of`."""

    def __init__(self, of: Any) -> None:
        self.of = of
        cast("Any", super()).__init__(name=f"Pointer({in_short(of)})")

    @property
    def key(self) -> Any:
        """What two types are compared by."""
        return self.of

    def field(self, name: str) -> Any:
        """Return the type of a field."""
        found = self.of.types[self.of.fields.index(name)]
        return Pointer(found) if isinstance(found, types.BaseNamedTuple) else bare(found) or found


class _Model(models.OpaqueModel):
    def __init__(self, manager: Any, pointed: Any) -> None:
        self._pointer = manager.lookup(pointed.of).get_value_type().as_pointer()
        cast("Any", super()).__init__(manager, pointed)

    def get_value_type(self) -> Any:
        return self._pointer


class _Attributes(AttributeTemplate):
    key = Pointer

    def _field(self, pointed: Any, name: str) -> Any:
        return pointed.field(name) if name in pointed.of.fields else None

    generic_resolve: Any = _field


def _read(context: Any, builder: Any, pointed: Any, pointer: Any, name: str) -> Any:
    number = pointed.of.fields.index(name)
    place, kind = _CODE.gep_inbounds(builder, pointer, 0, number), pointed.of.types[number]
    if isinstance(kind, types.BaseNamedTuple):
        return place
    return builder.load(place) if bare(kind) is None else read_bare(context, builder, kind, place)


def _pointer_to(typingctx: Any, table: Any) -> Any:  # noqa: ARG001 - what Numba looks for by this name
    def put_into_frame(_: Any, builder: Any, __: Any, values: Any) -> Any:
        return _CODE.alloca_once_value(builder, values[0])

    return cast("Any", Pointer)(table)(table), put_into_frame


def _place_of(typingctx: Any, numbers: Any) -> Any:  # noqa: ARG001 - what Numba looks for by this name
    def address(context: Any, builder: Any, _: Any, values: Any) -> Any:
        if isinstance(numbers, BareArray):
            return first_place(context, builder, numbers, values[0])
        return context.make_array(numbers)(context, builder, values[0]).data

    return _TYPES.CPointer(numbers.dtype)(numbers), address


def _as_it_is(table: _Table) -> _Table:
    return table


def _as_they_are(numbers: Numbers) -> Numbers:
    return numbers


_register_model, _infer_attributes, _lower_attributes = _REGISTER
_register_model(Pointer)(_Model)
_infer_attributes(_Attributes)
_lower_attributes(Pointer)(_read)

#: Return a pointer to a named tuple: called in a kernel, for the functions called from there.
pointer_to: Final[Any] = _as_it_is if _NUMBA.config.DISABLE_JIT else _INTRINSIC(_pointer_to)
#: Return a pointer to the first of an array's numbers, which reads and writes place by place as the array does.
first_of: Final[Any] = _as_they_are if _NUMBA.config.DISABLE_JIT else _INTRINSIC(_place_of)
