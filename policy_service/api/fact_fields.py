"""Facts as requests give them: by name, each a decimal text, a whole number, a boolean or a text."""

import re
from typing import Any, Final

from marshmallow import ValidationError, fields, validate

from policy_service.api.fields import ONE_LINE

_FACT_NAME: Final = re.compile(r"[^\W\d]\w{0,99}(\.[^\W\d]\w{0,99})?\Z")
_FACT_TEXT: Final = re.compile(r"[^\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]{0,200}")
_FACTS_AT_MOST: Final = 100


class FactValue(fields.Field):  # type: ignore[type-arg]
    """A fact: decimal text, whole number, boolean or text; never a JSON fraction."""

    def __init__(self) -> None:
        super().__init__(
            metadata={
                "oneOf": [
                    {"type": "string", "maxLength": 200, "pattern": ONE_LINE},
                    {"type": "integer"},
                    {"type": "boolean"},
                ]
            }
        )

    def _deserialize(self, value: object, attr: str | None, data: object, **kwargs: object) -> str:  # noqa: ARG002
        text = _fact_text(value)
        if text is None:
            raise ValidationError("Give a text such as '200000.50', a whole number, or true or false.")
        return text


class Facts(fields.Dict):
    """Facts by name."""

    def __init__(self, description: str, example: dict[str, str]) -> None:
        super().__init__(
            keys=fields.String(validate=validate.Regexp(_FACT_NAME, error="A fact's name is letters, digits and _.")),
            values=FactValue(),
            load_default=dict,
            validate=_at_most,
            metadata={"description": description, "example": example, "maxProperties": _FACTS_AT_MOST},
        )

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> dict[str, str]:
        # What is wrong with one of them the library says, which asks a field of each name and of each value.
        texts = {name: _fact_text(said) for name, said in value.items()} if isinstance(value, dict) else {}
        is_plain = texts and None not in texts.values() and all(map(_FACT_NAME.match, texts))
        read: Any = texts if is_plain else super()._deserialize(value, attr, data, **kwargs)  # type: ignore[no-untyped-call]
        return dict(read)


def _fact_text(value: object) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    return value if isinstance(value, str) and _FACT_TEXT.fullmatch(value) else None


def _at_most(facts: dict[str, str]) -> None:
    if len(facts) > _FACTS_AT_MOST:
        raise ValidationError(f"Give at most {_FACTS_AT_MOST} facts.")
