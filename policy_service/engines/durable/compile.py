"""Whether the engine takes the rulesets of a policy, tried in a child process that may hang or crash.

Run as a module it is that child: it reads the rulesets from its input, makes each, decides once and frees it.
"""

import hashlib
import json
import os
import subprocess
import sys
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from policy_service.domain.errors import EngineFault
from policy_service.engines.durable.native import NativeRuleset

SECONDS_ALLOWED: Final = 30.0
_REMEMBERED: Final = 4_096


@dataclass(frozen=True, slots=True)
class Source:
    """A ruleset as text: its name, its definition, and a message to decide first."""

    name: str
    definition: str
    first_message: str


class _Tried:
    """The rulesets known to compile, by hash: a policy that is loaded again starts no child."""

    def __init__(self) -> None:
        self._hashes: OrderedDict[str, None] = OrderedDict()
        self._lock = threading.Lock()

    def __contains__(self, hashed: str) -> bool:
        with self._lock:
            return hashed in self._hashes

    def add(self, hashed: str) -> None:
        with self._lock:
            self._hashes[hashed] = None
            while len(self._hashes) > _REMEMBERED:
                self._hashes.popitem(last=False)


_tried: Final = _Tried()


def try_out(sources: Sequence[Source], seconds: float = SECONDS_ALLOWED) -> None:
    """Return if the engine takes all of these; EngineFault E011 if the child failed, crashed or hung."""
    text = json.dumps([[source.name, source.definition, source.first_message] for source in sources])
    hashed = hashlib.sha256(text.encode()).hexdigest()
    if not sources or hashed in _tried:
        return
    _run_child(text, seconds)
    _tried.add(hashed)


def _run_child(text: str, seconds: float) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    command = [sys.executable, "-m", "policy_service.engines.durable.compile"]
    try:
        child = subprocess.run(
            command, input=text, env=environment, capture_output=True, text=True, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise _refused(f"did not finish within {seconds:g} seconds") from error
    if child.returncode:
        said = child.stderr.strip().splitlines()[-1:] or ["nothing"]
        raise _refused(f"ended with {child.returncode} and said: {said[0]}")


def _refused(what: str) -> EngineFault:
    return EngineFault(
        "E011", f"A trial of the policy in the rule engine {what}.", remedy="Keep the version that is in force."
    )


def main() -> None:
    """Make every ruleset of the input once."""
    for name, definition, first_message in json.load(sys.stdin):
        NativeRuleset(name, definition, first_message).close()


if __name__ == "__main__":
    main()
