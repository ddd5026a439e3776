"""Whatever persons do in whatever order with whatever roles and keys, no text goes live that others did not approve.

The machine keeps its own account of who touched and approved what, from what succeeded, and holds the stored
versions to it after every step.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from policy_service.domain.acting import Act
from policy_service.domain.errors import PolicyServiceError
from policy_service.domain.permissions import Role
from policy_service.language.printing.canonical import policy_hash
from policy_service.services.house import House
from policy_service.services.policy_life import approving, rollback, scheduling
from policy_service.services.policy_life.files import read_files
from policy_service.services.policy_life.settling import settle_states
from policy_service.storage.policy_period_store import PolicyPeriodStore
from policy_service.storage.policy_store import PolicyVersion
from tests.services.policy_life.living import (
    ID,
    NOW,
    Person,
    code_of,
    do,
    files,
    from_files,
    from_version,
    person,
    save,
    submit,
)
from tests.services.policy_life.test_submitting import settle

LOGINS = ("ana", "bo", "cy", "dee")
ROLES: tuple[tuple[Role, ...], ...] = (
    (Role.CREDIT_MANAGER, Role.APPROVER, Role.EMERGENCY),
    (Role.CREDIT_MANAGER, Role.APPROVER, Role.EMERGENCY),
    (Role.FINANCE_HEAD,),
    (Role.APPROVER,),
    (Role.EMERGENCY, Role.ANALYST),
)
REFUSALS = {"A403", "R461", "R463", "R464", "R465", "R466", "R467", "R469", "S208", "S209", "S219"}

PEOPLE = st.builds(
    lambda login, roles, key: person(login, *roles).with_key(f"key-{key}"),
    st.sampled_from(LOGINS),
    st.sampled_from(ROLES),
    st.integers(1, 3),
)
#: Which version is meant, counted from the newest.
WHICH = st.integers(0, 3)
TEXTS = st.integers(1, 3)
#: How much later than now something begins, or what is past already.
DELAYS = st.sampled_from([None, 0, 1, 5, 20, -3])


@dataclass
class Account:
    """What the machine knows of one version."""

    text: int
    hands: set[str]
    needed: int = 0
    approvers: set[str] = field(default_factory=set)
    is_good: bool = False

    def void(self) -> None:
        """Forget what was approved."""
        self.approvers, self.needed, self.is_good = set(), 0, False


class LifeOfVersions(RuleBasedStateMachine):
    """One policy, and everything that people may try with it."""

    def __init__(self, house: House, policy_id: str) -> None:
        super().__init__()
        self.house, self.policy_id, self.at = house, policy_id, NOW
        self.touched: dict[int, set[str]] = {}
        self.approvers_needed = 1
        settle(house, "approvers_needed", "1")
        self.hashes = {most: self.hash_of(most) for most in range(4)}
        self.accounts = {1: Account(0, set(), is_good=True)}
        with house.database.writing() as session:
            store, act = PolicyPeriodStore(session), Act("system", self.at)
            store.lock(policy_id, act)
            reading = read_files(policy_id, self.files(0), house.settings.rules_dir)
            assert reading.policy
            store.add_seed(policy_id, act, reading.policy, self.files(0))
        self.at += 1

    def files(self, text: int) -> dict[str, str]:
        made = files(1000 + text)
        return made | {"policy.yaml": made["policy.yaml"].replace(f"policy: {ID}", f"policy: {self.policy_id}")}

    def hash_of(self, text: int) -> str:
        policy = read_files(self.policy_id, self.files(text), self.house.settings.rules_dir).policy
        assert policy
        return policy_hash(policy)

    def number(self, which: int) -> int:
        return max(1, len(self.accounts) - which)

    def stored(self, number: int) -> PolicyVersion:
        with self.house.database.reading() as session:
            return PolicyPeriodStore(session).version(self.policy_id, number)

    def attempt(self, by: Person, verb: Callable[..., PolicyVersion], *what: object) -> PolicyVersion | None:
        return self.tried(lambda: do(self.house, by, verb, self.policy_id, *what, at=self.at))

    def tried(self, attempt: Callable[[], PolicyVersion]) -> PolicyVersion | None:
        try:
            return attempt()
        except PolicyServiceError as refused:
            if refused.code not in REFUSALS:
                raise
            return None

    def touch(self, by: Person, text: int) -> None:
        self.touched.setdefault(text, set()).add(by.login)

    @rule(by=PEOPLE, text=TEXTS)
    def draft(self, by: Person, text: int) -> None:
        made = self.tried(lambda: from_files(self.house, by, self.files(text), self.policy_id, self.at))
        if made:
            self.accounts[made.number] = Account(text, {by.login})
            self.touch(by, text)

    @rule(by=PEOPLE, which=WHICH)
    def draft_from(self, by: Person, which: int) -> None:
        base = self.accounts[self.number(which)]
        made = self.tried(lambda: from_version(self.house, by, self.number(which), self.policy_id, self.at))
        if made:
            passed_on = set() if base.is_good else base.hands
            self.accounts[made.number] = Account(base.text, {by.login} | passed_on)
            self.touch(by, base.text)

    @rule(by=PEOPLE, which=WHICH, text=TEXTS, behind=st.sampled_from([0, 0, 0, 1]))
    def edit(self, by: Person, which: int, text: int, behind: int) -> None:
        number = self.number(which)
        revision = self.stored(number).revision - behind
        given = self.files(text)
        if self.tried(lambda: save(self.house, by, number, revision, given, self.policy_id, self.at)):
            account = self.accounts[number]
            assert not behind
            assert not account.is_good
            account.void()
            account.text = text
            account.hands.add(by.login)
            self.touch(by, text)

    @rule(by=PEOPLE, which=WHICH)
    def submit(self, by: Person, which: int) -> None:
        number = self.number(which)
        revision = self.stored(number).revision
        if self.tried(lambda: submit(self.house, by, number, revision, "ready", self.policy_id, self.at)):
            account = self.accounts[number]
            account.void()
            account.needed = self.approvers_needed
            account.hands.add(by.login)
            self.touch(by, account.text)

    @rule(by=PEOPLE, which=WHICH, text=st.sampled_from([None, None, None, 1, 2, 3]))
    def approve(self, by: Person, which: int, text: int | None) -> None:
        account = self.accounts[self.number(which)]
        named = account.text if text is None else text
        if self.attempt(by, approving.approve, self.number(which), self.hashes[named], "seen"):
            self.approved(account, by, named)
            account.approvers.add(by.login)
            account.is_good = len(account.approvers) >= account.needed

    @rule(by=PEOPLE, which=WHICH)
    def bypass(self, by: Person, which: int) -> None:
        account = self.accounts[self.number(which)]
        if self.attempt(by, approving.bypass, self.number(which), self.hashes[account.text], "urgent"):
            self.approved(account, by, account.text)
            assert Role.EMERGENCY in by.roles
            account.is_good = True

    def approved(self, account: Account, by: Person, named: int) -> None:
        assert named == account.text
        assert account.needed
        assert by.login not in account.hands | account.approvers | self.touched.get(account.text, set())

    @rule(by=PEOPLE, which=WHICH, verb=st.sampled_from([approving.reject, approving.ask_for_changes]))
    def give_back(self, by: Person, which: int, verb: Callable[..., PolicyVersion]) -> None:
        if self.attempt(by, verb, self.number(which), "not so"):
            assert not self.accounts[self.number(which)].is_good
            self.accounts[self.number(which)].void()

    @rule(by=PEOPLE, which=WHICH, delay=DELAYS)
    def schedule(self, by: Person, which: int, delay: int | None) -> None:
        begins = None if delay is None else self.at + delay
        if self.attempt(by, scheduling.schedule, self.number(which), begins, ""):
            assert delay is None or delay >= 0
            assert self.accounts[self.number(which)].is_good

    @rule(by=PEOPLE, which=WHICH)
    def unschedule(self, by: Person, which: int) -> None:
        self.attempt(by, scheduling.unschedule, self.number(which), "")

    @rule(by=PEOPLE, which=WHICH, delay=DELAYS)
    def retire(self, by: Person, which: int, delay: int | None) -> None:
        ends = None if delay is None else self.at + delay
        self.attempt(by, scheduling.retire, self.number(which), ends, "over", True)

    @rule(by=PEOPLE, which=WHICH, delay=DELAYS)
    def roll_back(self, by: Person, which: int, delay: int | None) -> None:
        begins = None if delay is None else self.at + delay
        source = self.accounts[self.number(which)]
        made = self.attempt(by, rollback.roll_back, self.number(which), begins, "back")
        if made:
            assert source.is_good
            self.accounts[made.number] = Account(source.text, set(source.hands), is_good=True)

    @rule(
        team=st.permutations(LOGINS),
        text=TEXTS,
        delay=DELAYS,
        skips=st.sets(st.integers(0, 7), max_size=2),
    )
    def go_the_usual_way(self, team: list[str], text: int, delay: int | None, skips: set[int]) -> None:
        """Let a team do what it takes, perhaps upon a draft of one who approves, but perhaps for one step."""
        first, second, third, fourth = (person(login, *ROLES[0]) for login in team)
        steps: list[Callable[[], None]] = [
            lambda: self.draft(fourth, 1 + text % 3),
            lambda: self.draft_from(first, 0),
            lambda: self.edit(first, 0, text, 0),
            lambda: self.submit(second, 0),
            lambda: self.approve(third, 0, None),
            lambda: self.approve(fourth, 0, None),
            lambda: self.schedule(first, 0, delay),
        ]
        for number, step in enumerate(steps):
            if number not in skips:
                step()

    @rule(number=st.integers(1, 3))
    def settle_approvers(self, number: int) -> None:
        settle(self.house, "approvers_needed", str(number))
        self.approvers_needed = number

    @rule(later=st.integers(1, 8))
    def time_passes(self, later: int) -> None:
        self.at += later

    @rule(earlier=st.integers(1, 8))
    def somebody_sets_the_clock_back(self, earlier: int) -> None:
        self.at -= earlier

    @rule()
    def words_follow(self) -> None:
        with self.house.database.writing() as session:
            settle_states(self.house, session, Act("clock", self.at))

    @invariant()
    def what_is_or_will_be_live_is_good_and_says_what_was_approved(self) -> None:
        with self.house.database.reading() as session:
            store = PolicyPeriodStore(session)
            for version in store.periods(self.policy_id):
                account = self.accounts[version.number]
                assert account.is_good
                assert self.hashes[account.text] == version.sha256
            for instant in (self.at, self.at + 1, self.at + 1_000):
                live = store.effective(self.policy_id, instant)
                if live:
                    assert store.text(self.policy_id, live.number)


def no_sequence_goes_wrong(house: House, examples: int, steps: int) -> None:
    made: list[LifeOfVersions] = []

    def machine() -> LifeOfVersions:
        made.append(LifeOfVersions(house, f"policy_{len(made)}"))
        return made[-1]

    many = settings(max_examples=examples, stateful_step_count=steps, deadline=None, database=None)
    run_state_machine_as_test(machine, settings=many)


def test_no_sequence_of_steps_brings_a_text_live_that_others_have_not_approved(house: House) -> None:
    no_sequence_goes_wrong(house, 8, 25)


@pytest.mark.long
def test_no_sequence_of_very_many_does_either(house: House) -> None:
    no_sequence_goes_wrong(house, 100, 50)


def test_the_machine_itself_can_bring_a_text_live(house: House) -> None:
    """Say that the property above is not kept by refusing everything."""
    machine = LifeOfVersions(house, "policy_x")
    everything: Mapping[str, Person] = {login: person(login, *ROLES[0]) for login in LOGINS}
    machine.settle_approvers(2)
    machine.draft(everything["ana"], 1)
    machine.submit(everything["bo"], 0)
    machine.approve(everything["cy"], 0, None)
    machine.schedule(everything["ana"], 0, None)
    assert machine.stored(2).effective_from is None
    machine.approve(everything["dee"], 0, None)
    machine.schedule(everything["ana"], 0, None)
    assert "active" == machine.stored(2).state
    machine.time_passes(3)
    machine.roll_back(everything["ana"], 1, None)
    assert "active" == machine.stored(3).state
    machine.what_is_or_will_be_live_is_good_and_says_what_was_approved()
    assert code_of(machine.stored, 9) == "S209"
