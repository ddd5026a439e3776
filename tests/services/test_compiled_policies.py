"""A policy text is compiled once, kept as long as it is used, and refers where it cannot be compiled."""

import gc
import weakref
from collections.abc import Iterator
from threading import Barrier, Thread

import pytest

from policy_service.domain.errors import EngineFault, RequestError
from policy_service.domain.outcomes import DecisionType, Outcome
from policy_service.engines.durable.engine import DurableEngine
from policy_service.language.policy import Policy
from policy_service.services.compiled_policies import TRIED_AGAIN_AFTER, CompiledPolicies
from policy_service.services.compiled_policy import CompiledPolicy
from policy_service.services.engine_pair import EnginePair
from policy_service.services.house import House
from policy_service.storage.database import Database
from policy_service.storage.errors import NotStored
from policy_service.storage.policy_store import PolicyStore
from tests.services.decisions.live import act, at, enforce, open_house
from tests.services.house import policy_with

ORDER = {"order_amount": 100, "stop_credit": 0}


def variant(number: int) -> Policy:
    return policy_with("order_check", "> credit_limit", f"> credit_limit * {number}")


@pytest.fixture
def house(sqlite_url: str) -> Iterator[House]:
    made = open_house(Database(sqlite_url))
    yield made
    made.close()


def effective(house: House, policies: CompiledPolicies, instant: int = 10) -> CompiledPolicy:
    with house.database.reading() as session:
        return policies.effective(session, "house", instant)


def version(house: House, policies: CompiledPolicies, number: int) -> CompiledPolicy:
    with house.database.reading() as session:
        return policies.version(session, "house", number)


@pytest.fixture
def compiles(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Count how often a policy is compiled."""
    made: list[str] = []
    before = EnginePair.__init__

    def counted(self: EnginePair, policy: Policy) -> None:
        made.append(policy.id)
        before(self, policy)

    monkeypatch.setattr(EnginePair, "__init__", counted)
    return made


def test_equal_texts_are_compiled_once_whatever_their_numbers(house: House, compiles: list[str]) -> None:
    enforce(house, variant(1))
    enforce(house, variant(2), 100)
    enforce(house, variant(1), 200)
    found = [effective(house, house.policies, instant) for instant in (1, 100, 200, 1)]
    assert [1, 2, 3, 1] == [one.number for one in found]
    assert (found[0].engines, 2) == (found[2].engines, len(compiles))


def test_threads_that_want_one_text_wait_for_one_compilation(house: House, compiles: list[str]) -> None:
    enforce(house, variant(1))
    together, found = Barrier(4), list[CompiledPolicy]()

    def want() -> None:
        together.wait()
        found.append(effective(house, house.policies))

    threads = [Thread(target=want) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (4, 1) == (len(found), len(compiles))


def test_the_least_used_text_goes_once_nobody_decides_by_it(house: House) -> None:
    policies = CompiledPolicies(capacity=2)
    for number in (1, 2, 3):
        enforce(house, variant(number), number * 100)
    held = version(house, policies, 1)
    engines = weakref.ref(held.engines.durable)  # type: ignore[attr-defined]
    version(house, policies, 2)
    version(house, policies, 3)

    assert Outcome.APPROVE is held.engines.decide(DecisionType.ORDER, ORDER).outcome
    del held
    gc.collect()
    assert engines() is None
    policies.close()


def test_a_closed_house_refers(house: House) -> None:
    enforce(house, variant(1))
    found = effective(house, house.policies)
    house.policies.close()
    assert Outcome.REFER is found.engines.decide(DecisionType.ORDER, ORDER).outcome


def test_a_text_that_cannot_be_compiled_refers_and_is_tried_again_later(
    house: House, monkeypatch: pytest.MonkeyPatch, compiles: list[str]
) -> None:
    enforce(house, variant(1))

    def refuse(self: DurableEngine) -> None:
        raise EngineFault("E011", "The rule engine refused it.")

    with monkeypatch.context() as broken:
        broken.setattr(DurableEngine, "_open", refuse)
        found = [effective(house, house.policies, instant) for instant in (10, 11)]
    answer = found[1].engines.decide(DecisionType.ORDER, ORDER)

    assert ("The rule engine refused it. [E011]", 1) == (found[0].fault, len(compiles))
    assert (Outcome.REFER, "engine_fault") == (answer.outcome, answer.reasons[0].code)
    assert effective(house, house.policies, 9 + TRIED_AGAIN_AFTER).fault
    assert "" == effective(house, house.policies, 10 + TRIED_AGAIN_AFTER).fault


def test_whoever_names_a_version_has_it_tried_at_once(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    enforce(house, variant(1))
    with monkeypatch.context() as broken:
        broken.setattr(DurableEngine, "_open", lambda _: EnginePair(None))  # type: ignore[arg-type]
        with pytest.raises(AttributeError):
            version(house, house.policies, 1)
    assert "" == version(house, house.policies, 1).fault


def test_another_text_answers_while_one_is_compiled(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    enforce(house, variant(1))
    enforce(house, variant(2), 100)
    effective(house, house.policies, 1)
    arrived, answered = Barrier(2), Barrier(2)
    before = EnginePair.__init__

    def slow(self: EnginePair, policy: Policy) -> None:
        arrived.wait()
        answered.wait()
        before(self, policy)

    monkeypatch.setattr(EnginePair, "__init__", slow)
    thread = Thread(target=effective, args=[house, house.policies, 100])
    thread.start()
    arrived.wait()
    assert 1 == effective(house, house.policies, 1).number
    answered.wait()
    thread.join()


def test_a_version_that_was_warmed_needs_no_compilation(house: House, compiles: list[str]) -> None:
    enforce(house, variant(1))
    other = CompiledPolicies()
    other.warm(effective(house, house.policies))
    effective(house, other)
    assert 1 == len(compiles)


def test_a_draft_that_cannot_be_read_yet_decides_nothing(house: House) -> None:
    with house.database.writing() as session:
        number = PolicyStore(session).add_draft("house", act(), None).number
    with pytest.raises(NotStored):
        version(house, house.policies, number)


def test_before_a_version_counts_there_is_none(house: House) -> None:
    enforce(house, variant(1), at())
    with pytest.raises(RequestError) as refused:
        effective(house, house.policies, at() - 1)
    assert "R421" == refused.value.code
