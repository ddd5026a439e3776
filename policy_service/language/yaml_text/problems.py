"""Problems of a policy's text, collected so that one bad cell does not hide the next."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

from policy_service.domain.errors import Place, PolicyTextError

Result = TypeVar("Result")


class PolicyNotReadable(PolicyTextError):
    """A policy that cannot be loaded: every error found, in the order of files, lines and columns."""

    def __init__(self, errors: Sequence[PolicyTextError]) -> None:
        self.errors: tuple[PolicyTextError, ...] = tuple(sorted(errors, key=_by_place))
        first = self.errors[0]
        super().__init__(first.code, first.message, place=first.place, remedy=first.remedy)

    def __str__(self) -> str:
        return "\n".join(str(error) for error in self.errors)


class Problems:
    """What has been found so far."""

    def __init__(self) -> None:
        self._errors: dict[str, PolicyTextError] = {}

    def add(self, error: PolicyTextError) -> None:
        """Keep `error`; of an error that holds several keep each; the same one twice counts once."""
        for single in error.errors if isinstance(error, PolicyNotReadable) else (error,):
            self._errors.setdefault(str(single), single)

    def report(self, code: str, message: str, place: Place, remedy: str) -> None:
        """Keep an error that need not stop what is being read."""
        self.add(PolicyTextError(code, message, place=place, remedy=remedy))

    @contextmanager
    def collecting(self) -> Iterator[None]:
        """Run a block; a text error inside is kept and ends the block only."""
        try:
            yield
        except PolicyTextError as error:
            self.add(error)

    def attempt(self, read: Callable[[], Result]) -> Result | None:
        """Return what `read` returns, or None after keeping its text error."""
        with self.collecting():
            return read()
        return None

    def raise_if_any(self) -> None:
        """Raise PolicyNotReadable if anything has been kept."""
        if self._errors:
            raise PolicyNotReadable(tuple(self._errors.values()))


def _by_place(error: PolicyTextError) -> tuple[bool, str, int, int, str]:
    place = error.place
    return (place.file != "policy.yaml", place.file, place.line, place.column, error.code)
