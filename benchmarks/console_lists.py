"""Lists of the console over 100,000 customers and a million decisions: how long each page takes to be answered."""

import base64
import hashlib
import statistics
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from flask.testing import FlaskClient
from sqlalchemy import text

from admin.console import console_of
from admin.visitors import TOKEN
from benchmarks.counts import Counts
from benchmarks.large_company import Company, build
from benchmarks.report import Grid, Section, Target
from policy_service.api.paging import cursor_of
from policy_service.domain.acting import Act
from policy_service.services.people import actor_of
from policy_service.services.sign_in.passwords import change_own_password
from policy_service.settings import read_settings
from policy_service.storage.people_store import PeopleStore
from policy_service.storage.sign_in_store import SignInStore

#: Milliseconds that nobody waits longer for, nineteen times in twenty.
MOST_MILLISECONDS: Final = 300
_READER: Final = "manager"
_OWN: Final = "a password of the benchmark"
#: The pages by what they show.
PAGES: Final[Mapping[str, str]] = {
    "home": "/",
    "customers behind a figure": "/portfolio?amount=overdue",
    "reviews due": "/reviews-due",
    "customers": "/customers/",
    "customers by the beginning of an id": "/customers/?search=C001",
    "customers by a part of a name": "/customers/?search=00000039",
    "customers of a grade": "/customers/?grade=B",
    "customers of a grade and sector": "/customers/?grade=AA&industry=food",
    "customers whose credit is stopped": "/customers/?standing=stopped",
    "decisions": "/decisions/",
    "decisions of an outcome": "/decisions/?outcome=decline",
    "decisions of a type and outcome": "/decisions/?type=order&outcome=refer",
    "decisions of a customer": "/decisions/?customer_id=C001000009",
    "decisions by who asked": "/decisions/?asked_by=shop",
    "held orders, oldest first": "/held-orders/",
    "held orders, largest first": "/held-orders/?sort=largest",
    "held orders referred to a role": "/held-orders/?for=finance_head",
    "cases": "/cases/",
    "cases of a role": "/cases/?role=credit_manager",
    "cases of a customer": "/cases/?customer=C001000009",
    "workload": "/cases/workload",
    "standings to agree to": "/standings/",
    "overrides": "/overrides/",
    "audit trail": "/audit/",
    "audit trail of a person": "/audit/?person=shop",
    "credit file": "/customers/file/C001000009",
    "facts": "/customers/facts/C001000009",
}
#: Far down the lists: what the cursor of the page holds, nine tenths into the list.
_DEEP: Final[Mapping[str, tuple[str, str, str]]] = {
    "customers": ("/customers/", "customer_id", "customers ORDER BY customer_id"),
    "decisions": ("/decisions/", "decided_at, decision_id", "decisions ORDER BY decided_at DESC, decision_id DESC"),
    "held orders, oldest first": (
        "/held-orders/",
        "held_since, order_id",
        "orders WHERE state = 'held' ORDER BY held_since, order_id",
    ),
    "cases": (
        "/cases/",
        "deadline, case_id",
        "escalation_cases WHERE state = 'open' AND deadline IS NOT NULL ORDER BY deadline, case_id",
    ),
    "audit trail": ("/audit/", "at, event_id", "audit_events ORDER BY at DESC, event_id DESC"),
}


@dataclass(frozen=True, slots=True)
class Answered:
    """How long a page took in the middle, and nineteen times in twenty, in milliseconds; the first time apart."""

    name: str
    first: float
    median: float
    late: float


def run(counts: Counts) -> Section:
    """Make the company and ask for every page."""
    with tempfile.TemporaryDirectory() as folder:
        settings = replace(read_settings({}), database_url=f"sqlite:///{folder}/policy.db")
        small = (counts.customers, counts.invoices_of_company)
        company = build(settings, Path(folder), small, counts.copies, counts.console_decisions)
        answered = tuple(measured(company, counts.rounds))
        customers, decisions = _counted(company)
        company.house.close()
    rows = tuple((one.name, one.first, one.median, one.late) for one in answered)
    return Section(
        "Lists of the console",
        f"Pages of the console over {customers:,} customers and {decisions:,} decisions on SQLite, as the credit "
        f"manager sees them, asked for {counts.rounds} times each in one process; the first time apart. Deep: nine "
        "tenths into the list.",
        (Grid(("page", "first, ms", "p50, ms", "p95, ms"), rows),),
        ("The company is a small one that has lived three days by the real services, copied row by row.",),
        (Target("the slowest list of the console, p95 in ms", max(one.late for one in answered), MOST_MILLISECONDS),),
    )


def measured(company: Company, rounds: int) -> Iterator[Answered]:
    """Yield how long each page takes."""
    client = _signed_in(company)
    for name, path in {**PAGES, **dict(_deep(company))}.items():
        times = [_milliseconds(client, path) for _ in range(rounds + 1)]
        ranked = sorted(times[1:])
        yield Answered(name, times[0], statistics.median(ranked), ranked[int(len(ranked) * 0.95)])


def _milliseconds(client: FlaskClient, path: str) -> float:
    began = time.perf_counter()
    answer = client.get(path)
    took = (time.perf_counter() - began) * 1_000
    if answer.status_code != 200:
        raise RuntimeError(f"{path} was answered with {answer.status_code}")
    return took


def _signed_in(company: Company) -> FlaskClient:
    token = "of the benchmark"  # noqa: S105 - of a database that is thrown away
    with company.house.database.writing() as session:
        by, act = actor_of(session, _READER), Act(_READER, company.at)
        change_own_password(company.house, session, company.passwords[_READER], _OWN, by, act)
        reader = PeopleStore(session).person(_READER)
        named = hashlib.sha256(token.encode()).hexdigest()
        SignInStore(session).begin(named, reader.user_id, company.at, "127.0.0.1", "benchmark")
    client = console_of(company.house, lambda: company.at).test_client()
    with client.session_transaction() as kept:
        kept[TOKEN] = token
    return client


def _deep(company: Company) -> Iterator[tuple[str, str]]:
    with company.house.database.reading() as session:
        for name, (path, keys, rows) in _DEEP.items():
            listed = rows.partition(" ORDER BY ")[0]
            count = session.scalar(text(f"SELECT count(*) FROM {listed}")) or 0  # noqa: S608 - texts of this file
            if not count:
                continue
            found = session.execute(text(f"SELECT {keys} FROM {rows} LIMIT 1 OFFSET {count * 9 // 10}")).one()  # noqa: S608
            position = tuple(value if isinstance(value, int) else str(value) for value in found)
            cursor = _spaced(position) if path == "/decisions/" else cursor_of(position)
            yield f"{name}, deep", f"{path}?after={cursor}"


def _spaced(position: tuple[int | str, ...]) -> str:
    # As the store of decisions writes its cursors.
    return base64.urlsafe_b64encode(" ".join(map(str, position)).encode()).decode().rstrip("=")


def _counted(company: Company) -> tuple[int, int]:
    with company.house.database.reading() as session:
        counted = [session.scalar(text(f"SELECT count(*) FROM {name}")) or 0 for name in ("customers", "decisions")]  # noqa: S608
    return counted[0], counted[1]
