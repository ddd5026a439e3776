"""How another process answers: with the result of a piece, or with what the piece raised."""

import pickle
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeAlias

from simulations.executors.port import Piece, Result


@dataclass(frozen=True, slots=True)
class Done(Generic[Result]):
    """The result of a piece."""

    result: Result


@dataclass(frozen=True, slots=True)
class Raised:
    """An exception in parts: pickled as it is, one with arguments of its own could not be put together again."""

    kind: type[BaseException]
    arguments: tuple[object, ...]
    fields: Mapping[str, Any]

    def again(self) -> BaseException:
        """Return the exception."""
        error = self.kind.__new__(self.kind, *self.arguments)
        vars(error).update(self.fields)
        return error


Answer: TypeAlias = Done[Result] | Raised


def answered(do: Callable[[Piece], Result], piece: Piece) -> Answer[Result]:
    """Do the piece; return its result, or what it raised."""
    try:
        return Done(do(piece))
    except Exception as error:
        return _raised(error)


def result_of(answer: Answer[Result]) -> Result:
    """Return the result; raise what the piece raised."""
    if isinstance(answer, Raised):
        raise answer.again()
    return answer.result


def _raised(error: Exception) -> Raised:
    told = Raised(type(error), error.args, dict(vars(error)))
    try:
        pickle.dumps(told)
    except Exception:
        # An exception may hold anything.
        return Raised(RuntimeError, (repr(error),), {})
    return told
