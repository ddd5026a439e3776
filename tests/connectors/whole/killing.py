"""Processes that pull from a stand-in or write back to it, killed at moments that nobody chose.

Each says when a transaction begins. It is killed soon after one of these, whichever it is: so kills come everywhere in
the work, and not only at its beginning, however fast the machine is.
"""

import select
from dataclasses import dataclass
from random import Random

from tests.connectors.whole.chain import KEY, Chain
from tests.nursery import Born, born

#: A process is killed within so many seconds of the step that was chosen.
_SOON = 0.03


@dataclass(slots=True)
class Killing:
    """Kills what works for a chain by the database of this URL; `steps` are those of the longest work so far."""

    chain: Chain
    url: str
    random: Random
    steps: int = 25

    def kills(self, what: str) -> bool:
        """Have a process `pull` or `push`, and return whether it was killed before it came to its end."""
        settings = {
            "DATABASE_URL": self.url,
            "DEFAULT_POLICY": "house",
            "CONNECTIONS_KEY": KEY,
            "CONNECTOR_ORIGINS": self.chain.stand_in.origin,
        }
        words = (self.chain.name, what, str(self.chain.clock.ahead))
        with born("tests.connectors.whole.child", *words, environment=settings) as child:
            for taken in range(self.random.randint(1, self.steps)):
                said = child.said()
                if said != "step":
                    assert said == "done"
                    self.steps = max(taken, 1)
                    return False
            if not _says_all(child, self.random.uniform(0, _SOON)):
                child.kill()
                return True
            return False


def _says_all(child: Born, seconds: float) -> bool:
    """Tell whether the process comes to its end within so many seconds; what it says meanwhile is heard."""
    while select.select([child.stdout], [], [], seconds)[0]:
        said = child.said()
        if said != "step":
            assert said == "done"
            return True
        seconds /= 2
    return False


def histories(chain: Chain) -> object:
    """Return what the ledger in force holds of every customer; nothing before there is one."""
    ledger = chain.ledger()
    return ledger.histories if ledger else {}
