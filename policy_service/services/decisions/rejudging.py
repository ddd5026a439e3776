"""A stored decision under another version: what the record says is taken from it, the rest is measured as of then."""

from collections.abc import Iterator, Mapping
from typing import Final

from msgspec.structs import replace
from sqlalchemy.orm import Session

from policy_service.domain.errors import FactError, RequestError
from policy_service.facts.knowledge import Knowledge
from policy_service.language.definitions.built_in_facts import LADDER_INPUT, declared_name
from policy_service.language.definitions.dictionary import FactDefinition, FactSource
from policy_service.language.definitions.standing import STANDING_OUTPUTS
from policy_service.language.policy import Policy
from policy_service.services.base_currency import other_currency
from policy_service.services.chain_decision import Decision, Grounds, Reading, judged, read, referred, unmeasured
from policy_service.services.code_book import CodeBook
from policy_service.services.compiled_policy import CompiledPolicy
from policy_service.services.decisions.in_force import group_of, in_force, kept_of
from policy_service.services.decisions.order_amounts import read_asked
from policy_service.services.decisions.recorded import Recorded, about_again, facts_read, overrides_applied
from policy_service.services.decisions.substitutes import read_substitutes
from policy_service.services.decisions.weighing import Subject
from policy_service.services.house import House
from policy_service.services.record import FactRead
from policy_service.services.standings import Standing, overridden_standing

#: What a policy's own components of the exposure make of the ledger.
_OF_THE_EXPOSURE: Final = frozenset({"exposure", "headroom", "utilisation"})


def decided_under(house: House, session: Session, found: Recorded, version: CompiledPolicy) -> Decision:
    """Return what the version makes of a stored question; RequestError R405 for a policy in another currency."""
    before = house.policies.version(session, found.stored.policy_id, found.stored.policy_version).policy
    if before.currency != version.policy.currency:
        raise other_currency(before.currency, version.policy)
    codes, about = CodeBook(version.policy), about_again(found, version)
    kept = _kept(found, before, version, codes)
    overrides = tuple(overrides_applied(found))
    reading = _reading(kept)
    try:
        if any(definition.name not in kept for definition in version.reads[found.decision_type]):
            reading = _completed(session, house, found, version, codes, kept)
        return judged(version, about, reading, overrides, codes)
    except FactError as error:
        return referred(version, unmeasured(about, error), reading, overrides, codes)
    except RequestError as error:
        return referred(version, replace(about, fault=str(error)), reading, (), codes)


def _kept(found: Recorded, before: Policy, version: CompiledPolicy, codes: CodeBook) -> Mapping[str, FactRead]:
    read_now = {definition.name for definition in version.reads[found.decision_type]} | {LADDER_INPUT}
    after, put_in = version.policy, found.result.get("substituted", {})
    return {
        fact.name: fact
        for fact in facts_read(found, codes)
        if fact.name in read_now and (fact.name in put_in or _means_the_same(fact.name, before, after))
    }


def _means_the_same(name: str, before: Policy, after: Policy) -> bool:
    old, new = before.facts.get(name), after.facts.get(name)
    if old != new:
        return False
    if declared_name(name) in _OF_THE_EXPOSURE:
        return (before.exposure, before.exposure_of_group) == (after.exposure, after.exposure_of_group)
    dials = _dials_of(new) if new else ()
    return all(before.parameters[one].value == after.parameters[one].value for one in dials)


def _dials_of(definition: FactDefinition) -> Iterator[str]:
    measure = definition.measure
    conditions = (*measure.where, *measure.measure.share_of) if measure else ()
    return (condition.parameter for condition in conditions if condition.parameter)


def _reading(kept: Mapping[str, FactRead]) -> Reading:
    return Reading({name: fact.value for name, fact in kept.items()}, tuple(kept.values()))


def _completed(
    session: Session,
    house: House,
    found: Recorded,
    version: CompiledPolicy,
    codes: CodeBook,
    kept: Mapping[str, FactRead],
) -> Reading:
    measured = read(version, found.decision_type, _grounds(session, house, found, version, codes), codes)
    facts = tuple(kept.get(fact.name, fact) for fact in measured.facts)
    return Reading({**measured.values, **{fact.name: fact.value for fact in facts}}, facts)


def _grounds(session: Session, house: House, found: Recorded, version: CompiledPolicy, codes: CodeBook) -> Grounds:
    stored, result, policy = found.stored, found.result, version.policy
    ledger = house.customers.as_known(session, stored.ledger_head)
    knowledge = Knowledge(stored.as_of, found.includes_day)
    subject = Subject(found.decision_type, stored.customer_id, stored.order_id)
    members = group_of(version, ledger, stored.customer_id, knowledge)
    # What began at the very instant came of the decision itself.
    kept = kept_of(session, members, stored.as_of, stored.ledger_head, stored.decided_at - 1)
    counts = in_force(session, kept, version, ledger, knowledge, subject, codes)
    request = _facts_of_requests(result.get("request", {}), policy)
    currency = result.get("currency", "") if request else ""
    asked = read_asked(session, request, currency, policy, codes, stored.as_of, stored.ledger_head)
    if asked.fault:
        raise asked.fault
    put_in = {name: text for name, text in result.get("substituted", {}).items() if name in policy.facts}
    substituted = read_substitutes(put_in, policy, codes)
    standing = overridden_standing(_standing(result.get("standing", {}), codes), substituted)
    return Grounds(
        stored.customer_id, ledger, knowledge, standing, counts.terms, asked.values, counts.orders, substituted
    )


def _facts_of_requests(request: Mapping[str, str], policy: Policy) -> Mapping[str, str]:
    known = {fact.name for fact in policy.facts.values() if fact.source is FactSource.REQUEST}
    return {name: text for name, text in request.items() if name in known}


def _standing(said: Mapping[str, str | int | bool | None], codes: CodeBook) -> Standing:
    values = {name: codes.value(plain, STANDING_OUTPUTS[name]) for name, plain in said.items()}
    return overridden_standing(Standing(), values)
