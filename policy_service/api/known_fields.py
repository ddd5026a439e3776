"""Schemas that tell whoever sends a field which they do not know which ones they know."""

from collections.abc import Iterator

from marshmallow import Schema, fields


def tell_fields(schema: Schema) -> Schema:
    """Let a schema, and those nested in it, name its fields where it is sent another; return it."""
    seen = set[type[Schema]]()
    waiting = [schema]
    while waiting:
        one = waiting.pop()
        seen.add(type(one))
        known = ", ".join(sorted(field.data_key or name for name, field in one.load_fields.items()))
        one.error_messages["unknown"] = f"Unknown field. Known are: {known or 'none'}."
        waiting += (nested for nested in _nested(one) if type(nested) not in seen)
    return schema


def _nested(schema: Schema) -> Iterator[Schema]:
    for field in schema.load_fields.values():
        inner = field.inner if isinstance(field, fields.List) else field
        if isinstance(inner, fields.Nested):
            yield inner.schema
