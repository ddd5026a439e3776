"""The stand-ins of the demo: each a process of its own on this machine, gone when the demo is, however that ends."""

import datetime as dt
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from select import select
from types import MappingProxyType
from typing import Final

import httpx

from policy_service.connectors.port import Body, Json, System
from policy_service.domain.errors import PolicyServiceError

#: Those that stand in, in the order in which they are connected: the first one that brings a customer names it.
STOOD_IN_FOR: Final = (System.ZOHO_CRM, System.ZOHO_BOOKS, System.FXIAOKE)
#: Both of Zoho hold the books of one company, Fxiaoke those of another one of the same group.
_SEEDS: Final[Mapping[System, int]] = MappingProxyType({System.ZOHO_CRM: 3, System.ZOHO_BOOKS: 3, System.FXIAOKE: 5})
#: What real ones allow in a minute would keep the reader waiting.
_UNLIMITED: Final[Mapping[System, Sequence[str]]] = MappingProxyType(
    {
        System.ZOHO_CRM: ("credits", "concurrency"),
        System.ZOHO_BOOKS: ("per_minute", "per_day"),
        System.FXIAOKE: ("per_20_seconds",),
    }
)
#: Zoho Books is asked for each receipt by itself, and a connection makes a thousand calls a minute at most.
CUSTOMERS, INVOICES = 24, 600
_HISTORY: Final = dt.timedelta(days=1095)
_TO_BEGIN_S: Final = 60
_TO_END_S: Final = 5
_TO_ANSWER_S: Final = 30


@dataclass(frozen=True, slots=True)
class StandIn:
    """One that runs: where it is, as which process, and what one needs to sign in."""

    system: System
    origin: str
    process_id: int
    sign_in: Mapping[str, str] = field(repr=False)

    def rows(self, object_name: str) -> Mapping[str, Body]:
        """Return the rows of an object by id as it holds them now; X197 where it gives no answer."""
        found = self._list(f"rows/{object_name}", "rows")
        return {str(row["id"]): body for row in found if isinstance(body := row["body"], dict)}

    def calls(self) -> int:
        """Return how many calls its API has answered so far; X197 where it gives no answer."""
        return int(str(self._asked("GET", "/_stand_in/calls")["calls"]))

    def tasks(self) -> Sequence[str]:
        """Return the subjects of the tasks that were made there; none where it has no tasks."""
        return [str(one["Subject"]) for one in self.rows("Tasks").values()] if self.system is System.ZOHO_CRM else []

    def messages(self) -> Sequence[str]:
        """Return the first lines of the messages that were sent there, by its own journal."""
        sent = (one["values"] for one in self._list("writes", "writes") if one["object"] == "message")
        return [str(values["content"]).partition("\n")[0] for values in sent if isinstance(values, dict)]

    def ask(self, path: str, document: Mapping[str, Json]) -> Mapping[str, Json]:
        """Call the API of Fxiaoke, as another program of its users would; X197 for a refusal, or no answer."""
        said = self._asked("POST", path, document)
        if said.get("errorCode") != 0:
            raise _silent(self.system)
        return said

    def _list(self, what: str, key: str) -> list[dict[str, Json]]:
        found = self._asked("GET", f"/_stand_in/{what}")[key]
        return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []

    def _asked(self, method: str, path: str, document: Mapping[str, Json] | None = None) -> Mapping[str, Json]:
        try:
            answer = httpx.request(
                method, self.origin + path, json=document, timeout=_TO_ANSWER_S, trust_env=False
            ).raise_for_status()
            found: Mapping[str, Json] = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise _silent(self.system) from error
        return found


@contextmanager
def stand_ins(last_day: dt.date) -> Iterator[tuple[StandIn, ...]]:
    """Give the three, each with three years of business until that day; they have ended when the block has.

    X197 where one does not come up. If this process is killed they end by themselves.
    """
    begun: list[tuple[System, subprocess.Popen[str]]] = []
    try:
        # One by one, so that what has begun is known if the next one cannot.
        for system in STOOD_IN_FOR:
            begun += [(system, _begin(system, last_day))]
        yield tuple(_said(system, process) for system, process in begun)
    finally:
        _end([process for _, process in begun])


def _begin(system: System, last_day: dt.date) -> "subprocess.Popen[str]":
    words = (f"--customers={CUSTOMERS}", f"--invoices={INVOICES}", f"--seed={_SEEDS[system]}")
    days = (f"--first-day={last_day - _HISTORY}", f"--last-day={last_day}")
    limits = (f"--set={name}=0" for name in _UNLIMITED[system])
    command = (sys.executable, "-m", "policy_service.sample_crms", system.value.replace("_", "-"))
    return subprocess.Popen(
        # Ended by the end of its standard input, which comes even when this process is killed.
        [*command, *words, *days, *limits, "--supervised"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        # A Ctrl-C is for us: we end them once we have left off asking.
        start_new_session=True,
    )


def _said(system: System, process: "subprocess.Popen[str]") -> StandIn:
    line = ""
    if process.stdout is not None and select([process.stdout], [], [], _TO_BEGIN_S)[0]:
        line = process.stdout.readline()
    if not line:
        raise _silent(system)
    said = {str(name): str(value) for name, value in json.loads(line).items()}
    return StandIn(system, said["origin"], process.pid, said)


def _end(processes: Sequence["subprocess.Popen[str]"]) -> None:
    for process in processes:
        if process.stdin is not None:
            process.stdin.close()
    for process in processes:
        try:
            process.wait(_TO_END_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()


def _silent(system: System) -> PolicyServiceError:
    name = system.value.replace("_", "-")
    return PolicyServiceError(
        "X197",
        f"The stand-in of {name} does not answer.",
        remedy=f"See what it says by itself: python -m policy_service.sample_crms {name}. Then begin the demo again.",
    )
