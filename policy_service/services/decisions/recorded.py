"""A stored decision read back: what it was decided on, as values under a policy's words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec
from msgspec.structs import replace

from policy_service.domain.decisions import Override, SetAside
from policy_service.domain.outcomes import DecisionType
from policy_service.domain.values import Kind
from policy_service.language.definitions.dictionary import FactSource
from policy_service.services.chain_decision import Decision, Reading, judged, referred
from policy_service.services.code_book import CodeBook
from policy_service.services.compiled_policy import CompiledPolicy
from policy_service.services.record import About, FactRead
from policy_service.storage.decision_store import StoredDecision


@dataclass(frozen=True, slots=True)
class Recorded:
    """A stored decision with its result as plain data: the border to what JSON holds."""

    stored: StoredDecision
    result: Mapping[str, Any]

    @property
    def decision_type(self) -> DecisionType:
        """What was asked."""
        return DecisionType(self.stored.decision_type)

    @property
    def fault(self) -> str:
        """Why nothing could be decided; empty where something was."""
        return str(self.result.get("fault", ""))

    @property
    def includes_day(self) -> bool:
        """Whether entries of the day itself were known: it says an instant, else a day."""
        return bool(self.result["known_until"] != self.result["as_of"])


def recorded(stored: StoredDecision) -> Recorded:
    """Return the stored decision with its result read."""
    return Recorded(stored, msgspec.json.decode(stored.result))


def decided_again(found: Recorded, version: CompiledPolicy) -> tuple[Decision, CodeBook]:
    """Return what both engines say of the recorded facts under the version, with the book that writes its values."""
    codes = CodeBook(version.policy)
    facts = tuple(facts_read(found, codes))
    reading = Reading({fact.name: fact.value for fact in facts}, facts)
    about, overrides = about_again(found, version), tuple(overrides_applied(found))
    if found.fault:
        about = replace(about, fault=found.fault, missing=tuple(found.result.get("missing", ())))
        return referred(version, about, reading, overrides, codes), codes
    return judged(version, about, reading, overrides, codes), codes


def about_again(found: Recorded, version: CompiledPolicy) -> About:
    """Return what the decision was about, now under this version."""
    result = found.result
    return About(
        decision_type=found.decision_type,
        customer_id=found.stored.customer_id,
        as_of=found.stored.as_of,
        policy=version.policy,
        policy_hash=version.hash,
        version=version.number,
        order_id=result.get("order_id", ""),
        known_until=result["known_until"] if found.includes_day else "",
        ledger_head=result["ledger_head"],
        request=result.get("request", {}),
        currency=result.get("currency", ""),
        standing=result.get("standing", {}),
        substituted=result.get("substituted", {}),
        set_aside=tuple(words_set_aside(found)),
    )


def facts_read(found: Recorded, codes: CodeBook) -> Iterator[FactRead]:
    """Yield the recorded facts, without the entries behind them."""
    for name, said in found.result["facts"].items():
        kind = Kind(said["type"])
        yield FactRead(name, kind, codes.value(said["value"], kind), FactSource(said["source"]))


def overrides_applied(found: Recorded) -> Iterator[Override]:
    """Yield the overrides that were applied, in their order."""
    for said in found.result.get("overrides", ()):
        yield _override(found, said, found.decision_type)


def words_set_aside(found: Recorded) -> Iterator[SetAside]:
    """Yield what persons said that did not count, in the same order."""
    for said in found.result.get("set_aside", ()):
        yield SetAside(_override(found, said, DecisionType(said["type"])), said["why"])


def _override(found: Recorded, said: Mapping[str, Any], decision_type: DecisionType) -> Override:
    return Override(
        customer_id=found.stored.customer_id,
        person=said["person"],
        reason=said["reason"],
        expires_on=date.fromisoformat(said["expires_on"]),
        outputs=said["outputs"],
        decision_type=decision_type,
        override_id=said.get("id", ""),
    )
