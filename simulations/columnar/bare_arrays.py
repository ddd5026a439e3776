"""Arrays behind pointers as kernels read them: where they begin and how long they are, and nothing else.

Numba looks at every index whether it counts from the end, and at an array of records for how far apart they stand,
each time anew: of a kernel that reads a number here and there that is most of its work. No kernel counts from the end,
and how far records stand apart is known when it is compiled. Whoever reads a bare array asks for places that it has.
"""

import operator
from hashlib import sha256
from typing import Any, Final, cast

from numba.core import cgutils, types
from numba.core.datamodel import models
from numba.core.typing.templates import AbstractTemplate, AttributeTemplate, infer_global, signature
from numba.extending import infer_getattr, lower_builtin, lower_getattr, lower_getattr_generic, register_model

# The border to a library of which only a part is typed.
_CODE: Final[Any] = cgutils
_TYPES: Final[Any] = types
_SIGNATURE: Final[Any] = signature
_REGISTER: Final[Any] = (register_model, infer_getattr, infer_global, lower_builtin, lower_getattr)
_LOWER_GENERIC: Final[Any] = lower_getattr_generic


class BareArray(types.Type):
    """The type of an array of so many dimensions, one row behind the other."""

    def __init__(self, dtype: Any, ndim: int) -> None:
        self.dtype, self.ndim = dtype, ndim
        super().__init__(name=f"BareArray({dtype}, {ndim})")


class BareRecords(types.Type):
    """The type of an array of records."""

    def __init__(self, record: Any) -> None:
        self.record = record
        super().__init__(name=f"BareRecords({in_short(record)})")


class BareColumn(types.Type):
    """The type of what a field is of all records of an array, one so many bytes behind the other."""

    def __init__(self, dtype: Any, size: int) -> None:
        self.dtype, self.size = dtype, size
        super().__init__(name=f"BareColumn({dtype}, {size})")


def in_short(kind: Any) -> str:
    """Return a short name of a type that no other has.

    Compiled functions are named by the types that they take: with all their fields names took up most of the cache.
    """
    return sha256(str(kind).encode()).hexdigest()[:16]


def bare(array: Any) -> Any:
    """Return the type of an array as it is behind a pointer; None of one that is not bare there."""
    if not isinstance(array, types.Array) or array.layout != "C":
        return None
    if isinstance(array.dtype, types.Record):
        return BareRecords(array.dtype) if array.ndim == 1 else None
    return BareArray(array.dtype, array.ndim) if array.ndim in (1, 2) else None


def read_bare(context: Any, builder: Any, array: Any, place: Any) -> Any:
    """Return, as compiled code, the bare array of the array of that type at a place in memory."""
    whole = context.make_array(array)(context, builder, ref=place)
    if isinstance(array.dtype, types.Record):
        return builder.bitcast(whole.data, _CODE.voidptr_t)
    found = _made(context, builder, BareArray(array.dtype, array.ndim))
    found.data, found.shape = whole.data, whole.shape
    return found._getvalue()


def first_place(context: Any, builder: Any, kind: BareArray, array: Any) -> Any:
    """Return, as compiled code, the address of a bare array's first place."""
    return _made(context, builder, kind, array).data


class _ArrayModel(models.StructModel):
    def __init__(self, manager: Any, kind: BareArray) -> None:
        shape = _TYPES.UniTuple(_TYPES.intp, kind.ndim)
        members = [("data", _TYPES.CPointer(kind.dtype)), ("shape", shape)]
        cast("Any", super()).__init__(manager, kind, members)


class _AddressModel(models.OpaqueModel):
    pass


def _made(context: Any, builder: Any, kind: BareArray, value: Any = None) -> Any:
    return _CODE.create_struct_proxy(kind)(context, builder, value=value)


def _index(index: Any, kind: Any) -> Any:
    # Of all dimensions, or of rows alone.
    if isinstance(index, types.Integer):
        return _TYPES.intp
    is_whole = isinstance(kind, BareArray) and isinstance(index, types.BaseTuple) and len(index) == kind.ndim
    return _TYPES.UniTuple(_TYPES.intp, kind.ndim) if is_whole else None


class _Get(AbstractTemplate):
    def generic(self, args: Any, kws: Any) -> Any:  # noqa: ARG002 - what Numba calls it by
        kind, index = args
        if not isinstance(kind, (BareArray, BareColumn)) or (place := _index(index, kind)) is None:
            return None
        is_row = isinstance(kind, BareArray) and kind.ndim > 1 and place is _TYPES.intp
        return _SIGNATURE(BareArray(kind.dtype, 1) if is_row else kind.dtype, kind, place)


class _Set(AbstractTemplate):
    def generic(self, args: Any, kws: Any) -> Any:  # noqa: ARG002 - what Numba calls it by
        kind, index, _ = args
        if not isinstance(kind, (BareArray, BareColumn)) or (place := _index(index, kind)) is None:
            return None
        return _SIGNATURE(_TYPES.none, kind, place, kind.dtype)


class _Length(AbstractTemplate):
    def generic(self, args: Any, kws: Any) -> Any:  # noqa: ARG002 - what Numba calls it by
        return _SIGNATURE(_TYPES.intp, *args) if isinstance(args[0], BareArray) else None


class _Shape(AttributeTemplate):
    key = BareArray

    def resolve_shape(self, kind: BareArray) -> Any:
        return _TYPES.UniTuple(_TYPES.intp, kind.ndim)


class _Fields(AttributeTemplate):
    key = BareRecords

    def _field(self, kind: BareRecords, name: str) -> Any:
        record = kind.record
        return BareColumn(record.typeof(name), record.size) if name in record.fields else None

    generic_resolve: Any = _field


def _address(context: Any, builder: Any, kind: BareArray, array: Any, index: Any) -> Any:
    found = _made(context, builder, kind, array)
    if kind.ndim > 1:
        row, column = _CODE.unpack_tuple(builder, index)
        index = builder.add(builder.mul(row, _CODE.unpack_tuple(builder, found.shape)[1]), column)
    elif not hasattr(index.type, "width"):
        (index,) = _CODE.unpack_tuple(builder, index)
    return builder.gep(found.data, [index], inbounds=True)


def _of_column(context: Any, builder: Any, kind: BareColumn, column: Any, index: Any) -> Any:
    pointer = context.get_data_type(kind.dtype).as_pointer()
    return builder.bitcast(_ahead(builder, column, builder.mul(index, _CODE.intp_t(kind.size))), pointer)


def _ahead(builder: Any, place: Any, size: Any) -> Any:
    return builder.gep(place, [size], inbounds=True)


def _get_place(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    kind, index = sig.args
    if isinstance(kind, BareArray) and kind.ndim > 1 and index is _TYPES.intp:
        return _row(context, builder, kind, *args)
    find: Any = _address if isinstance(kind, BareArray) else _of_column
    return context.unpack_value(builder, kind.dtype, find(context, builder, kind, *args))


def _row(context: Any, builder: Any, kind: BareArray, array: Any, index: Any) -> Any:
    whole, row = _made(context, builder, kind, array), _made(context, builder, BareArray(kind.dtype, 1))
    length = _CODE.unpack_tuple(builder, whole.shape)[1]
    row.data = builder.gep(whole.data, [builder.mul(index, length)], inbounds=True)
    row.shape = _CODE.pack_array(builder, [length])
    return row._getvalue()


def _set_place(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    kind, (array, index, value) = sig.args[0], args
    find: Any = _address if isinstance(kind, BareArray) else _of_column
    context.pack_value(builder, kind.dtype, value, find(context, builder, kind, array, index))
    return context.get_dummy_value()


def _get_length(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    return _CODE.unpack_tuple(builder, _made(context, builder, sig.args[0], args[0]).shape)[0]


def _get_shape(context: Any, builder: Any, kind: BareArray, array: Any) -> Any:
    return _made(context, builder, kind, array).shape


def _get_field(_: Any, builder: Any, kind: BareRecords, records: Any, name: str) -> Any:
    return _ahead(builder, records, _CODE.intp_t(kind.record.offset(name)))


_register_model, _infer_attributes, _infer, _lower, _lower_attribute = _REGISTER
_register_model(BareArray)(_ArrayModel)
_register_model(BareRecords)(_AddressModel)
_register_model(BareColumn)(_AddressModel)
_infer(operator.getitem)(_Get)
_infer(operator.setitem)(_Set)
_infer(len)(_Length)
_infer_attributes(_Shape)
_infer_attributes(_Fields)
_LOWER_GENERIC(BareRecords)(_get_field)
_lower_attribute(BareArray, "shape")(_get_shape)
_lower(len, BareArray)(_get_length)
for _kind in (BareArray, BareColumn):
    for _place in (types.Integer, types.BaseTuple):
        _lower(operator.getitem, _kind, _place)(_get_place)
        _lower(operator.setitem, _kind, _place, types.Any)(_set_place)
