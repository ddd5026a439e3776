"""Stand-ins of three CRMs, each its own process on this machine, begun once and given to each test as new.

A test that asks for one imports its fixture into its `conftest.py`, together with the fixture of its process:
`from tests.connectors.stand_ins import crm_process, zoho_crm`. Limits by the clock are off unless a test sets them.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, TypeAlias

import httpx
import pytest

from policy_service.sample_crms.company import Company, make_company
from policy_service.sample_ledger.profile import SampleCompany
from tests.nursery import Born, born
from tests.plain_http import NO_CERTIFICATES

Json: TypeAlias = "str | int | float | bool | list[Json] | dict[str, Json] | None"
Document: TypeAlias = dict[str, Json]

CUSTOMERS: Final = 20
INVOICES: Final = 400
SEED: Final = 1
#: Limits that would keep tests waiting, by system; 0 is without bound.
UNLIMITED: Final[Mapping[str, Mapping[str, Json]]] = {
    "zoho-crm": {"credits": 0, "concurrency": 0},
    "zoho-books": {"per_minute": 0, "per_day": 0},
    "fxiaoke": {"per_20_seconds": 0},
}


@dataclass(frozen=True, slots=True)
class StandIn:
    """A stand-in that runs: where it is, how one signs in, and its control."""

    origin: str
    sign_in: Mapping[str, str]
    born: Born

    def get(self, what: str) -> Document:
        """Ask the control."""
        answer = httpx.get(f"{self.origin}/_stand_in/{what}", timeout=60, trust_env=False, verify=NO_CERTIFICATES)
        return _document(answer)

    def tell(self, verb: str, document: Mapping[str, Json] | None = None) -> Document:
        """Tell the control."""
        url = f"{self.origin}/_stand_in/{verb}"
        return _document(httpx.post(url, json=document or {}, timeout=60, trust_env=False, verify=NO_CERTIFICATES))

    def reset(self) -> None:
        """Let it begin anew."""
        self.tell("reset")

    def fault(self, kind: str, **options: Json) -> None:
        """Add a fault to its script."""
        self.tell("faults", {"kind": kind, **options})

    def change(self, name: str, **what: Json) -> Document:
        """Change rows of an object: set, delete, invalidate, touch, add."""
        return self.tell("change", {"object": name, **what})

    def settings(self, **values: Json) -> None:
        """Change its settings, limits among them."""
        self.tell("settings", values)

    def forward(self, seconds: int) -> None:
        """Put its clock forward."""
        self.tell("clock", {"forward_s": seconds})

    def rows(self, name: str) -> dict[str, Document]:
        """Return the bodies of all rows of an object by their ids."""
        made: dict[str, Document] = {}
        total: Json = 1
        while isinstance(total, int) and len(made) < total:
            answer = self.get(f"rows/{name}?offset={len(made)}")
            found, total = answer["rows"], answer["total"]
            assert isinstance(found, list)
            for row in found:
                assert isinstance(row, dict)
                body = row["body"]
                assert isinstance(body, dict)
                made[str(row["id"])] = body
        return made

    def calls(self) -> Document:
        """Return what was asked of it."""
        return self.get("calls")

    def refusals(self) -> list[str]:
        """Return why it refused calls, in order."""
        found = self.calls()["refused"]
        assert isinstance(found, list)
        return [str(one["reason"]) for one in found if isinstance(one, dict)]

    def writes(self) -> list[Document]:
        """Return what was written to it, in order."""
        found = self.get("writes")["writes"]
        assert isinstance(found, list)
        return [one for one in found if isinstance(one, dict)]


@contextmanager
def stand_in(
    system: str, customers: int = CUSTOMERS, invoices: int = INVOICES, seed: int = SEED, **settings: Json
) -> Iterator[StandIn]:
    """Give a stand-in of `zoho-crm`, `zoho-books` or `fxiaoke`; it is gone when the block ends."""
    chosen = {**UNLIMITED[system], **settings}
    words = [f"--customers={customers}", f"--invoices={invoices}", f"--seed={seed}"]
    words += [f"--set={name}={json.dumps(value)}" for name, value in chosen.items()]
    with born("policy_service.sample_crms.__main__", system, *words) as process:
        said = json.loads(process.said())
        yield StandIn(said["origin"], {name: str(value) for name, value in said.items()}, process)


def sample_company(customers: int = CUSTOMERS, invoices: int = INVOICES, seed: int = SEED) -> Company:
    """Return what a stand-in of that size holds."""
    return make_company(SampleCompany(customers, invoices, seed))


@pytest.fixture(scope="session")
def crm_process() -> Iterator[StandIn]:
    """Give the session's Zoho CRM."""
    with stand_in("zoho-crm") as made:
        yield made


@pytest.fixture(scope="session")
def books_process() -> Iterator[StandIn]:
    """Give the session's Zoho Books."""
    with stand_in("zoho-books") as made:
        yield made


@pytest.fixture(scope="session")
def fxiaoke_process() -> Iterator[StandIn]:
    """Give the session's Fxiaoke."""
    with stand_in("fxiaoke") as made:
        yield made


@pytest.fixture
def zoho_crm(crm_process: StandIn) -> StandIn:
    """Give Zoho CRM as new."""
    crm_process.reset()
    return crm_process


@pytest.fixture
def zoho_books(books_process: StandIn) -> StandIn:
    """Give Zoho Books as new."""
    books_process.reset()
    return books_process


@pytest.fixture
def fxiaoke(fxiaoke_process: StandIn) -> StandIn:
    """Give Fxiaoke as new."""
    fxiaoke_process.reset()
    return fxiaoke_process


def _document(answer: httpx.Response) -> Document:
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert isinstance(found, dict)
    return found
