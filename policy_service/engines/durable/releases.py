"""Release conditions: asked on every decision, whether the row they belong to hits or not."""

from collections.abc import Iterable

from policy_service.domain.decisions import Values
from policy_service.engines.durable.bins import bits
from policy_service.engines.durable.matcher import Doubting, Matcher
from policy_service.engines.durable.precompute import Parameters
from policy_service.language.cells import When


class Releases:
    """The release conditions of one rule set."""

    def __init__(self, name: str, conditions: Iterable[tuple[str, When | None]], parameters: Parameters) -> None:
        released = [(row, when.cells) for row, when in conditions if when is not None]
        self._ids = [row for row, _ in released]
        self._matcher = Matcher(f"{name}.releases", [cells for _, cells in released], parameters)

    @property
    def matchers(self) -> list[Matcher]:
        """What it asks of the rule engine: nothing where no row has a release."""
        return [self._matcher] if self._ids else []

    def holding(self, values: Values) -> tuple[str, ...]:
        """Return the ids whose condition is true, in the order of the rule set."""
        if not self._ids:
            return ()
        return tuple(self._ids[row] for row in bits(self._matcher.match(values, Doubting.NEVER).matched))
