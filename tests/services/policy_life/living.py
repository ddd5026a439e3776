"""A house with one small policy and its people: what everybody in the tests of a version's life needs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import TypeVar

import pytest

from policy_service.domain.acting import Act
from policy_service.domain.errors import PolicyServiceError
from policy_service.domain.instants import Instant
from policy_service.domain.permissions import Role, permissions_of
from policy_service.services.actor import Actor
from policy_service.services.house import House
from policy_service.services.policy_life import approving, drafts, scheduling, submitting
from policy_service.services.policy_life.files import read_files
from policy_service.services.seeding import seed
from policy_service.settings import Settings
from policy_service.storage.database import Database
from policy_service.storage.policy_store import PolicyStore, PolicyVersion

Result = TypeVar("Result")

ID = "house"
#: The instant at which most tests act; microseconds.
NOW: Instant = 1_767_225_600_000_000
LATER: Instant = NOW + 1_000

POLICY = """
policy: house
title: {en: House policy, zh: 内部政策}
base_currency: CNY
parameters: {most: {value: 1000.00, type: money, title: {en: Largest order, zh: 最大订单}}}
rule_sets: [order_check]
"""
ORDER_CHECK = """
decision_table: order_check
hit_policy: unique
rows:
  - {id: O1, when: {order_amount: "> most"}, then: {outcome: hold}, reason: TOO_LARGE}
  - {id: O2, when: {order_amount: "<= most"}, then: {outcome: approve}}
"""
CASES = """
- name: A large order waits
  as_of: 2026-03-01
  facts: {order_amount: 900000}
  decision: order
  expect: {outcome: hold}
"""
FACTS = "order_amount: {source: request, type: money, required: true}\n"
REASONS = "TOO_LARGE: {en: Too large, zh: 金额过大}\n"


def files(most: int = 1000, **changed: str) -> dict[str, str]:
    """Return the files of the policy with that largest order; `policy="..."` replaces policy.yaml, and so on."""
    texts = {"policy": POLICY.replace("1000.00", f"{most}.00"), "order_check": ORDER_CHECK, "cases": CASES}
    return {f"{name}.yaml": text for name, text in (texts | changed).items()}


def write_rules(folder: Path) -> Path:
    """Return a rules folder with the small policy, and another that waits."""
    (folder / "facts.yaml").write_text(FACTS, "utf-8")
    (folder / "reasons.yaml").write_text(REASONS, "utf-8")
    for policy_id in (ID, "other"):
        (folder / policy_id).mkdir()
        for name, text in files().items():
            (folder / policy_id / name).write_text(text.replace("policy: house", f"policy: {policy_id}"), "utf-8")
    return folder


def open_house(database: Database, rules: Path, ids: str = "id") -> House:
    """Return a house over a database; ids begin with the given letters and count up."""
    numbers = count(1)
    settings = Settings(rules, default_policy=ID, company_time_zone="Asia/Shanghai")
    return House(settings, database, lambda: f"{ids}-{next(numbers):06}", "worker-1")


def seeded(house: House, at: Instant = NOW - 1_000) -> None:
    """Store what ships."""
    with house.database.writing() as session:
        seed(house, session, house.settings.rules_dir, Act("system", at))


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who acts with all that their roles allow."""

    login: str
    roles: frozenset[Role]
    key_id: str | None = None

    @property
    def actor(self) -> Actor:
        """The person as services know them."""
        return Actor(self.login, f"user-{self.login}", self.roles, permissions_of(self.roles), self.key_id)

    def act(self, at: Instant = NOW) -> Act:
        """What they do at an instant."""
        return Act(self.login, at, "request-1", self.key_id)

    def with_key(self, key_id: str, *roles: Role) -> "Person":
        """The same person, with another key and further roles."""
        return replace(self, key_id=key_id, roles=self.roles | set(roles))


def person(login: str, *roles: Role) -> Person:
    """Return somebody with these roles."""
    return Person(login, frozenset(roles))


ANA = person("ana", Role.ANALYST)
MAX = person("max", Role.CREDIT_MANAGER)
EVA = person("eva", Role.APPROVER)
UWE = person("uwe", Role.APPROVER)
EMY = person("emy", Role.EMERGENCY)


def do(house: House, by: Person, verb: Callable[..., Result], *what: object, at: Instant = NOW) -> Result:
    """Return what a person's doing gives, in a transaction of its own."""
    with house.database.writing() as session:
        return verb(house, session, *what, by.actor, by.act(at))


def from_files(
    house: House, by: Person, given: Mapping[str, str], policy_id: str = ID, at: Instant = NOW
) -> PolicyVersion:
    """Return a draft of these files."""
    read = read_files(policy_id, given, house.settings.rules_dir)
    return do(house, by, drafts.draft_from_files, read, at=at)


def from_version(house: House, by: Person, number: int, policy_id: str = ID, at: Instant = NOW) -> PolicyVersion:
    """Return a draft of the version."""
    with house.database.reading() as session:
        given = PolicyStore(session).files(policy_id, number)
    read = read_files(policy_id, given, house.settings.rules_dir)
    return do(house, by, drafts.draft_from_version, read, number, at=at)


def save(
    house: House,
    by: Person,
    number: int,
    revision: int,
    given: Mapping[str, str],
    policy_id: str = ID,
    at: Instant = NOW,
) -> PolicyVersion:
    """Return the draft with these files instead of its own."""
    read = read_files(policy_id, given, house.settings.rules_dir)
    return do(house, by, drafts.save_files, read, number, revision, at=at)


def drafted(house: House, most: int = 2000, by: Person = ANA, at: Instant = NOW) -> PolicyVersion:
    """Return a new draft that allows orders up to that amount."""
    return from_files(house, by, files(most), at=at)


def submit(
    house: House, by: Person, number: int, revision: int, why: str, policy_id: str = ID, at: Instant = NOW
) -> PolicyVersion:
    """Return the version examined and handed in."""
    with house.database.reading() as session:
        examined = submitting.examine(house, session, policy_id, number, revision)
    return do(house, by, submitting.submit, examined, why, at=at)


def handed_in(house: House, version: PolicyVersion, by: Person = MAX, at: Instant = NOW) -> PolicyVersion:
    """Return the draft handed in."""
    return submit(house, by, version.number, version.revision, "ready", at=at)


def approved(house: House, version: PolicyVersion, by: Person = EVA, at: Instant = NOW) -> PolicyVersion:
    """Return the version with one more approval."""
    return do(house, by, approving.approve, ID, version.number, version.sha256, "seen", at=at)


def ready(house: House, most: int = 2000, at: Instant = NOW) -> PolicyVersion:
    """Return an approved version that Ana wrote, Max handed in and Eva approved."""
    return approved(house, handed_in(house, drafted(house, most, at=at), at=at), at=at)


def scheduled(house: House, version: PolicyVersion, begins: Instant | None = None, at: Instant = NOW) -> PolicyVersion:
    """Return the version with its period."""
    return do(house, MAX, scheduling.schedule, ID, version.number, begins, "", at=at)


def in_force(house: House, at: Instant) -> int | None:
    """Return the number of the version that counts at the instant."""
    with house.database.reading() as session:
        version = PolicyStore(session).effective(ID, at)
    return version.number if version else None


def now_of(house: House, number: int) -> PolicyVersion:
    """Return a version as it is stored."""
    with house.database.reading() as session:
        return PolicyStore(session).version(ID, number)


def steps_of(house: House, number: int) -> list[tuple[str, str]]:
    """Return the steps of a version, with who took them."""
    with house.database.reading() as session:
        return [(step.step, step.person) for step in PolicyStore(session).steps(ID, number)]


def code_of(attempt: Callable[..., object], *arguments: object, **named: object) -> str:
    """Return the code with which an attempt is refused."""
    with pytest.raises(PolicyServiceError) as refused:
        attempt(*arguments, **named)
    return refused.value.code


def texts_of(house: House, number: int) -> Mapping[str, str]:
    """Return the files of a version."""
    with house.database.reading() as session:
        return PolicyStore(session).files(ID, number)
