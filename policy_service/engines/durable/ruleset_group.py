"""The rulesets that together ask one question, split so that each stays within the engine's limits."""

import hashlib
from collections.abc import Sequence
from typing import Final

from policy_service.engines.durable import guard
from policy_service.engines.durable.compile import Source
from policy_service.engines.durable.definition import Written
from policy_service.engines.durable.native import CATCH_ALL, NativeRuleset

_HASH_LENGTH: Final = 16


class RulesetGroup:
    """Rulesets over the same readings; in the engine from `open` to `close`."""

    def __init__(self, name: str, written: Sequence[Written]) -> None:
        self.written = tuple(written)
        self.sources = tuple(_source(f"{name}.{part}", each) for part, each in enumerate(written, 1))
        self._opened: list[tuple[Written, NativeRuleset]] = []

    def open(self) -> None:
        """Make the rulesets in the engine; EngineFault E011 if one is refused."""
        for written, source in zip(self.written, self.sources, strict=True):
            self._opened.append((written, NativeRuleset(source.name, source.definition, source.first_message)))

    def close(self) -> None:
        """Free what the engine holds; further questions are faults."""
        for _, native in self._opened:
            native.close()

    def first(self, codes: Sequence[int]) -> list[str]:
        """Return the first rule that matches in each ruleset, where one does."""
        found = [native.first(written.message(codes)) for written, native in self._opened]
        return [rule for rule in found if rule != CATCH_ALL]

    def matches(self, codes: Sequence[int]) -> list[str]:
        """Return every rule that matches."""
        if len(self._opened) == 1:
            written, native = self._opened[0]
            return native.matches(written.message(codes))
        return [rule for written, native in self._opened for rule in native.matches(written.message(codes))]


def _source(name: str, written: Written) -> Source:
    hashed = hashlib.sha256(written.definition.encode()).hexdigest()[:_HASH_LENGTH]
    named = f"{name}@{hashed}"
    guard.check(named, written.definition)
    return Source(named, written.definition, written.first_message())
