"""Reviews that say what a test wants them to say, and persons who settle what they propose."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

from msgspec import structs

from policy_service.domain.decisions import Reason, RuleSetResult
from policy_service.domain.outcomes import DecisionType, Outcome
from policy_service.domain.permissions import Role, permissions_of
from policy_service.language.definitions.standing import STANDING_OUTPUTS
from policy_service.services.actor import Actor
from policy_service.services.code_book import CodeBook
from policy_service.services.decisions.deciding import Asked, Given, decide
from policy_service.services.house import House
from policy_service.services.standings import Standing
from policy_service.services.standings_in_force.applying import StandingNow, apply_review
from policy_service.services.standings_in_force.approving import approve, reject
from policy_service.services.standings_in_force.effects import StepEffects, apply_effects, end_effects
from policy_service.services.standings_in_force.reading import standing_now
from policy_service.services.standings_in_force.texts import texts_of, value_of
from policy_service.storage.audit_store import AuditStore
from policy_service.storage.standing_store import StandingStore, StoredStanding
from tests.services.decisions.live import TODAY, act, at

REVIEW = DecisionType.REVIEW
#: Whom small limits need nobody else for, and who approves larger ones.
SMALL = {"grade": "B", "credit_limit": "800.00", "payment_term_days": "15", "next_review_days": "90"}
LARGE = {"grade": "A", "credit_limit": "500000.00", "payment_term_days": "60", "next_review_days": "180"}
BY_MANAGER = {"approval_role": "credit_manager"}


def actor(person: str = "bob", *roles: Role) -> Actor:
    """Return a person with these roles, a credit manager unless others are named."""
    held = frozenset(roles or (Role.CREDIT_MANAGER,))
    return Actor(person, f"u-{person}", held, permissions_of(held))


def review(
    house: House,
    outputs: Mapping[str, str],
    customer: str = "C1",
    *,
    on: dt.date = TODAY,
    by: str = "ada",
    authority: Role | None = Role.ANALYST,
) -> StandingNow:
    """Apply a review that says these outputs, as texts by name, run by a person of that authority."""
    return _applied(house, {"outputs": outputs}, customer, on, by, authority)


def referred_review(house: House, customer: str = "C1", *, on: dt.date = TODAY) -> StandingNow:
    """Apply a review that ends in refer because a fact is missing."""
    return _applied(house, {"outputs": {"grade": "B"}, "outcome": Outcome.REFER}, customer, on, "ada", Role.ANALYST)


def _applied(
    house: House, said: Mapping[str, object], customer: str, on: dt.date, by: str, authority: Role | None
) -> StandingNow:
    with house.database.writing() as session:
        given = decide(house, session, Asked(REVIEW, customer), act(on, by))
        return apply_review(house, session, saying(given, **said), authority, act(on, by))  # type: ignore[arg-type]


def saying(given: Given, outputs: Mapping[str, str], outcome: Outcome | None = None) -> Given:
    """Return the decision as if its rules had said this."""
    values = {name: value_of(name, text, given.codes) for name, text in outputs.items()}
    reasons = (Reason("missing_fact", "standing", outcome=outcome),) if outcome else ()
    result = RuleSetResult("standing", outcome, values, reasons=reasons)
    chain = replace(given.decision.chain, rule_sets=(result,), outputs=values, outcome=outcome, reasons=reasons)
    return structs.replace(given, decision=structs.replace(given.decision, chain=chain))


def approved(house: House, standing_id: str, by: Actor | None = None, on: dt.date = TODAY) -> StoredStanding:
    """Approve a proposed standing, as a credit manager unless somebody else is named."""
    person = by or actor()
    with house.database.writing() as session:
        return approve(house, session, standing_id, "Balance sheet seen", person, act(on, person.person))


def rejected(house: House, standing_id: str, by: Actor | None = None) -> StoredStanding:
    """Reject a proposed standing, as a credit manager unless somebody else is named."""
    person = by or actor()
    with house.database.writing() as session:
        return reject(house, session, standing_id, "Too much for now", person, act(person=person.person))


def begin(house: House, level: str, outputs: Mapping[str, str], customer: str = "C1", on: dt.date = TODAY) -> int:
    """Put the effects of a level of the ladder into force, and return how many were not before."""
    with house.database.writing() as session:
        given = decide(house, session, Asked(DecisionType.ESCALATION, customer), act(on, "ladder"))
        values = {name: value_of(name, text, given.codes) for name, text in outputs.items()}
        step = StepEffects("collection", level, values)
        return len(apply_effects(house, session, customer, [step], given, act(on, "ladder")))


def release(house: House, level: str, customer: str = "C1", on: dt.date = TODAY) -> int:
    """End the effects of a level of the ladder, and return how many were in force."""
    with house.database.writing() as session:
        return len(end_effects(house, session, customer, [("collection", level)], act(on, "ladder")))


def now(house: House, customer: str = "C1", on: dt.date = TODAY) -> dict[str, str]:
    """Return the standing that decisions of the day read, as texts by name; `stop_credit` only if it is set."""
    with house.database.reading() as session:
        policy = house.policies.effective(session, "house", at(on)).policy
        codes = CodeBook(policy)
        history = house.customers.at(session).history(customer)
        said = texts_of(standing_now(session, customer, history, on, policy, codes).values, codes)
    return {name: text for name, text in said.items() if (name, text) != ("stop_credit", "false")}


def standing(house: House, outputs: Mapping[str, str]) -> tuple[Standing, CodeBook]:
    """Return a standing of these texts, with the codes it is written in."""
    with house.database.reading() as session:
        codes = CodeBook(house.policies.effective(session, "house", at()).policy)
    known = {name: value_of(name, outputs.get(name, ""), codes) for name in STANDING_OUTPUTS}
    return Standing({**Standing().values, **{name: value for name, value in known.items() if name in outputs}}), codes


def proposal(house: House, customer: str = "C1") -> StoredStanding | None:
    """Return the customer's standing that waits."""
    with house.database.reading() as session:
        return StandingStore(session).proposed(customer)


def done(house: House, kind: str, subject: str) -> list[str]:
    """Return what the audit trail says was done to it, in order."""
    with house.database.reading() as session:
        return [event.act for event in AuditStore(session).about(kind, subject)]
