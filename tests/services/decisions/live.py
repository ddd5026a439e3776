"""A house to decide in: the small policy in force, its customers and invoices in the database."""

import datetime as dt
from collections.abc import Iterable, Mapping
from itertools import count
from pathlib import Path

from policy_service.domain.acting import Act
from policy_service.domain.instants import Instant, start_of_day
from policy_service.domain.outcomes import DecisionType
from policy_service.domain.permissions import Role, permissions_of
from policy_service.language.policy import Policy
from policy_service.services.actor import Actor
from policy_service.services.decisions.answering import Answered, answer
from policy_service.services.decisions.deciding import Asked, Given, decide
from policy_service.services.decisions.replaying import Replay, replay
from policy_service.services.decisions.trying import Trial, try_out
from policy_service.services.house import House
from policy_service.settings import Settings
from policy_service.storage.database import Database
from policy_service.storage.decision_store import DecisionStore, StoredDecision
from policy_service.storage.ledger_store import LedgerStore
from policy_service.storage.override_store import OverrideStore, StoredOverride
from policy_service.storage.policy_store import PolicyStore
from tests.services.house import INVOICES, LEDGER, house_policy, ledger_of, policy_with
from tests.storage.books import Origin, imported

SETTINGS = Settings(Path(__file__).parents[3] / "rules", default_policy="house")
HOUR = 3_600_000_000
#: A policy that looks at the whole group, and a ledger in which C1 and C2 are one.
OF_GROUPS = policy_with("order_check", "exposure + order_amount", "group.exposure + order_amount - group.headroom")
GROUPED = {
    **LEDGER,
    "customers": "customer_id,net_worth,industry,parent_id\nC1,250000,food,\nC2,9000,steel,C1\nC3,,paper,\n",
}
GROUP_STANDINGS = {"standings": "customer_id,from,credit_limit\nC1,2025-01-01,5000.00\nC2,2025-01-01,1000.00\n"}
#: The day on which live decisions are given, unless a test says another.
TODAY = dt.date(2025, 1, 20)


def open_house(database: Database) -> House:
    """Return a house over the database; ids count up."""
    numbers = count(1)
    return House(SETTINGS, database, lambda: f"id-{next(numbers):06}", "worker-1")


def furnish(house: House, policy: Policy | None = None, files: Mapping[str, str] | None = None) -> None:
    """Store the ledger of these files, and the policy as version 1, in force from ever."""
    post(house, files)
    enforce(house, policy or house_policy())


def post(house: House, files: Mapping[str, str] | None = None, at: Instant = 1) -> None:
    """Import a ledger of these files."""
    with house.database.writing() as session:
        LedgerStore(session).store(imported(ledger_of(files)), Origin(house.new_id(), at))


def enforce(house: House, policy: Policy, since: Instant = 0, files: Mapping[str, str] | None = None) -> int:
    """Store a version of the policy that counts from that instant, and return its number."""
    by = Act("ada", max(since, 1))
    with house.database.writing() as session:
        store = PolicyStore(session)
        version = store.add_draft(policy.id, by, policy, files or {})
        before = store.effective(policy.id, since)
        if before:
            before = store.change_state(
                policy.id, before.number, before.revision, "active", by, before.effective_from, since
            )
        for state in ("submitted", "approved"):
            version = store.change_state(policy.id, version.number, version.revision, state, by)
        store.change_state(policy.id, version.number, version.revision, "active", by, since)
    return version.number


def at(day: dt.date = TODAY, hour: int = 9) -> Instant:
    """Return an instant of a business day."""
    return start_of_day(day, SETTINGS.zone) + hour * HOUR


def act(day: dt.date = TODAY, person: str = "shop", hour: int = 9) -> Act:
    """Return the doing of a person at an instant of a business day."""
    return Act(person, at(day, hour), "request-1")


def asked(customer: str = "C1", order: str | None = "100", order_id: str = "", **more: object) -> Asked:
    """Return a question about an order; without an amount about a review."""
    kind = DecisionType.REVIEW if order is None else DecisionType.ORDER
    request = {} if order is None else {"order_amount": order}
    return Asked(kind, customer, request, order_id or ("O1" if order else ""), **more)  # type: ignore[arg-type]


def ask(house: House, question: Asked, by: Act | None = None) -> Given:
    """Return the decision upon a question, stored in a transaction of its own."""
    with house.database.writing() as session:
        return decide(house, session, question, by or act())


def codes(given: Given) -> list[str]:
    """Return the codes of the reasons, in their rank."""
    return [reason.code for reason in given.decision.chain.reasons]


def ids(given: Iterable[Given]) -> list[str]:
    """Return the ids of decisions."""
    return [one.decision_id for one in given]


def person(login: str = "ana", *roles: Role) -> Actor:
    """Return a person who holds these roles, an analyst unless said otherwise, with everything they may do."""
    held = frozenset(roles or (Role.ANALYST,))
    return Actor(login, f"user-{login}", held, permissions_of(held))


def answered(house: House, question: Asked, by: Actor | None = None, day: dt.date = TODAY, hour: int = 9) -> Answered:
    """Return the answer to a question that counts, given in a transaction of its own."""
    actor = by or person()
    with house.database.writing() as session:
        return answer(house, session, question, actor, act(day, actor.person, hour))


def tried(house: House, question: Asked, day: dt.date = TODAY, **trial: object) -> Given:
    """Return a dry run, given in a transaction of its own."""
    actor = person()
    with house.database.writing() as session:
        return try_out(house, session, question, Trial(**trial), actor, act(day, actor.person))  # type: ignore[arg-type]


def replayed(house: House, given: Given, version: int | None = None, day: dt.date = TODAY) -> Replay:
    """Return a decision decided again."""
    with house.database.reading() as session:
        return replay(house, session, given.decision_id, act(day), version=version)


def stored(house: House, given: Given) -> StoredDecision:
    """Return a decision as it is stored."""
    with house.database.reading() as session:
        return DecisionStore(session).load(given.decision_id)


def keep_override(house: House, outputs: Mapping[str, str], kind: DecisionType = DecisionType.ORDER) -> None:
    """Store a person's word upon C1, in force from ever until the end of June."""
    word = StoredOverride(
        "ov-1", "C1", "", kind.value, outputs, "Fraud", "in_force", "m.li", 1, dt.date(2025, 6, 30), in_force_at=1
    )
    with house.database.writing() as session:
        OverrideStore(session).add(word)


def spoil(house: House) -> None:
    """Let the ledger hold invoices of C1 whose sum is outside the range of values."""
    rows = "".join(f"I{n},C1,2025-01-02,2025-02-02,90000000000000000.00\n" for n in (11, 12))
    post(house, {**LEDGER, "invoices": INVOICES + rows}, at=2)
