"""Parameters as dials: the steps that each can be turned to."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from policy_service.domain.errors import Place
from policy_service.domain.values import UNKNOWN, UNLIMITED, Kind
from policy_service.language.feel.value_text import read_value, write_value
from policy_service.language.policy import Parameter, Policy
from simulations.runs.errors import out_of_range
from simulations.search.errors import not_a_range, not_so_many, unknown_parameter

#: A dial has at most so many steps.
MOST_STEPS: Final = 100_000
#: Without a step in the policy, a number or an amount is turned through its range in so many.
_STEPS_WITHOUT_A_STEP: Final = 100
_WRITE: Final = "Write NAME, NAME=LOW..HIGH or NAME=LOW..HIGH/STEP."


@dataclass(frozen=True, slots=True)
class Dial:
    """A parameter and the values it is turned to, in steps of its type, ascending; `step` is what lies between them.

    The policy's own value is among them if it lies in their range, also where it is no step.
    """

    parameter: Parameter
    step: int
    values: tuple[int, ...]

    @property
    def name(self) -> str:
        """The parameter's name."""
        return self.parameter.name

    @property
    def own_place(self) -> int:
        """The place among the values of the policy's own, or of the nearest to it."""
        return min(range(len(self.values)), key=lambda place: abs(self.values[place] - self.parameter.value))

    def text(self, value: int, policy: Policy) -> str:
        """Return a value as the policy writes it."""
        return write_value(value, self.parameter.kind, policy.currency, policy.vocabulary)


def dials_of(texts: Sequence[str], policy: Policy, most: int) -> tuple[Dial, ...]:
    """Return the dials that these texts name, each `NAME`, `NAME=LOW..HIGH` or `NAME=LOW..HIGH/STEP`.

    RequestError R540 for a parameter that the policy does not have, R541 for one without a range or a range that is
    none, R515 for a value that the policy does not allow, R542 for more than `most`, or one that is named twice.
    """
    dials = tuple(dial_of(text.strip(), policy) for text in texts)
    names = [dial.name for dial in dials]
    if not 1 <= len(names) <= most:
        raise not_so_many(f"{len(names)} parameters are named.", f"Name 1 to {most}.")
    if len(set(names)) < len(names):
        raise not_so_many("A parameter is named twice.", "Name each once.")
    return dials


def dial_of(text: str, policy: Policy) -> Dial:
    """Return the dial that one text names; the errors of `dials_of`."""
    name, has_range, written = (part.strip() for part in text.partition("="))
    if name not in policy.parameters:
        raise unknown_parameter(name, policy)
    parameter = policy.parameters[name]
    if parameter.kind is Kind.BOOLEAN and not has_range:
        return Dial(parameter, 1, (0, 1))
    if not parameter.kind.is_ordered:
        raise not_a_range(text, f"is a {parameter.kind}, which has no range", "Name a parameter that has one.")
    low, high, step = _range(text, written, parameter, policy) if has_range else _declared(text, parameter)
    return Dial(parameter, step, _values(text, parameter, low, high, step))


def _declared(text: str, parameter: Parameter) -> tuple[int, int, int]:
    if parameter.minimum is None or parameter.maximum is None:
        raise not_a_range(text, "has no min and max in the policy", f"Say how far: {parameter.name}=LOW..HIGH.")
    return parameter.minimum, parameter.maximum, _step(parameter, parameter.minimum, parameter.maximum)


def _range(text: str, written: str, parameter: Parameter, policy: Policy) -> tuple[int, int, int]:
    ends, _, step_text = written.partition("/")
    low_text, dots, high_text = (part.strip() for part in ends.partition(".."))
    if not dots or not low_text or not high_text:
        raise not_a_range(text, "is no range", _WRITE)
    low, high = (_read(text, each, parameter, policy) for each in (low_text, high_text))
    if low > high:
        raise not_a_range(text, "ends before it begins", _WRITE)
    step = _read(text, step_text.strip(), parameter, policy) if step_text else _step(parameter, low, high)
    if step <= 0:
        raise not_a_range(text, "has a step that is not above 0", _WRITE)
    least = low if parameter.minimum is None else parameter.minimum
    most = high if parameter.maximum is None else parameter.maximum
    for value, written_value in ((low, low_text), (high, high_text)):
        if not least <= value <= most:
            bounds = f"{_said(least, parameter, policy)} to {_said(most, parameter, policy)}"
            raise out_of_range(policy.id, parameter.name, written_value, bounds)
    return low, high, step


def _read(text: str, value: str, parameter: Parameter, policy: Policy) -> int:
    read = read_value(value, parameter.kind, policy.currency, lambda _: UNKNOWN, Place(parameter.name))
    if read in (UNKNOWN, UNLIMITED):
        raise not_a_range(text, "has an end that is no number", _WRITE)
    return read


def _said(value: int, parameter: Parameter, policy: Policy) -> str:
    return write_value(value, parameter.kind, policy.currency, policy.vocabulary)


def _step(parameter: Parameter, low: int, high: int) -> int:
    if parameter.step is not None:
        return parameter.step
    if parameter.kind in (Kind.INTEGER, Kind.DAYS, Kind.DATE):
        return 1
    return max((high - low) // _STEPS_WITHOUT_A_STEP, 1)


def _values(text: str, parameter: Parameter, low: int, high: int, step: int) -> tuple[int, ...]:
    if (high - low) // step >= MOST_STEPS:
        raise not_so_many(
            f"“{text[:60]}” has more than {MOST_STEPS:,} steps.", "Write a larger step: NAME=LOW..HIGH/STEP."
        )
    own = {parameter.value} if low <= parameter.value <= high else set()
    return tuple(sorted({*range(low, high + 1, step), high, *own}))
