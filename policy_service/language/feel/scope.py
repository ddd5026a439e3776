"""What a formula may speak of: names with their kinds, functions, the currency, and the codes of categories."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from policy_service.domain.errors import NOWHERE, Place
from policy_service.domain.values import Currency, Kind
from policy_service.language.definitions.dictionary import Title
from policy_service.language.feel.expressions import Name


@dataclass(frozen=True, slots=True)
class FunctionDefinition:
    """A shipped formula: `text` over its parameters alone, put in place of each call of it."""

    name: str
    parameters: tuple[tuple[str, Kind], ...]
    text: str
    title: Title = field(default_factory=Title)
    source: str = ""
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Scope:
    """`code_of` answers the code of a category's text in the policy's vocabulary."""

    names: Mapping[str, Name]
    functions: Mapping[str, FunctionDefinition]
    currency: Currency
    code_of: Callable[[str], int]
