"""A simulation as it was asked, read into what runs take; the edge has seen to its form.

This is where what simulations stand on is loaded, which takes a second or two: import it where it is needed.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from policy_service.domain.days import day_number, parse_day
from policy_service.domain.errors import Place, PolicyServiceError
from policy_service.domain.values import UNKNOWN, UNLIMITED, Currency
from policy_service.language.feel.value_text import read_value
from policy_service.language.policy import Policy
from policy_service.language.printing.canonical import from_canonical
from simulations.accounting.costs import Costs
from simulations.columnar.program import compiled
from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.replay.options import HeldOrders, Mode, Options, PaymentBehaviour
from simulations.runs.assumptions import Assumed, costs_of, options_of
from simulations.runs.errors import empty_ledger, out_of_range
from simulations.runs.simulation import Baseline, Candidate, check_question
from simulations.search import seeking, sweep
from simulations.search.conditions import Condition, read_conditions
from simulations.search.dials import Dial, dials_of
from simulations.search.errors import unknown_parameter
from simulations.stress.reading import Stress, read_stress

#: A request as JSON holds it: the words of the API.
Request = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be simulated, but for the ledger; a sweep or a search has dials, a search has conditions."""

    kind: str
    candidate: Candidate
    baseline: Baseline
    assumed: Assumed
    costs: Costs
    stress: tuple[Stress, ...]
    dials: tuple[Dial, ...] = ()
    goals: tuple[Condition, ...] = ()
    kept: tuple[Condition, ...] = ()
    judge_from: int | None = None
    most_runs: int = 0

    def options(self, snapshot: Snapshot) -> Options:
        """Return the options over that ledger, whose orders fill in the days of the window that were not named."""
        return options_of(self.assumed, snapshot)


@contextmanager
def fields_named() -> Iterator[None]:
    """Let what is refused meanwhile name the fields of a request, where a run names options of the command line."""
    try:
        yield
    except PolicyServiceError as error:
        raise _without_dashes(error) from error


@fields_named()
def question_of(
    kind: str,
    request: Request,
    candidate_text: str,
    baseline_text: str | None,
    read: Callable[[str], Policy] = from_canonical,
) -> Question:
    """Return what was asked of policies with these texts, which `read` makes policies of.

    RequestError R515 for a value that a parameter may not have, R530 or R531 for a stress, R540 to R544 for the
    parameters and conditions of a search.
    """
    candidate = _side(read(candidate_text), request["candidate"].get("parameters", {}))
    baseline = None
    if baseline_text is not None:
        baseline = _side(read(baseline_text), request["baseline"].get("parameters", {}))
    assumed = _assumed(request)
    costs = costs_of(assumed, candidate.policy.currency)
    capacities = tuple(sorted((str(role), int(steps)) for role, steps in request.get("capacities", {}).items()))
    stress = tuple(read_stress(text) for text in request["stress"])
    question = Question(kind, candidate, baseline, assumed, replace(costs, capacities=capacities), stress)
    return _searching(question, request)


@fields_named()
def refuse(question: Question, currency: Currency, order_days: Callable[[], tuple[dt.date, dt.date] | None]) -> None:
    """Refuse at once what a run over a ledger in that currency, with orders on these days, would refuse.

    The errors of `simulate`.
    """
    days = order_days()
    if days is None:
        raise empty_ledger()
    assumed = question.assumed
    begins = day_number(assumed.begins or days[0])
    ends = day_number(days[1]) + 1 if assumed.ends is None else day_number(assumed.ends)
    check_question(currency, question.baseline, question.candidate, Options(begins, ends), question.costs)
    for side in (question.baseline, question.candidate):
        if side is not None:
            compiled(side.policy, side.parameters)


def _searching(question: Question, request: Request) -> Question:
    policy = question.candidate.policy
    match question.kind:
        case "sweep":
            dials = dials_of(request["parameters"], policy, sweep.MOST_DIALS)
            return replace(question, dials=dials, most_runs=request["runs"])
        case "seek":
            return replace(
                question,
                dials=dials_of(request["parameters"], policy, seeking.MOST_DIALS),
                goals=tuple(read_conditions(request["goals"], policy)),
                kept=tuple(read_conditions(request["keep"], policy)),
                judge_from=None if request["judge_from"] is None else day_number(_day(request["judge_from"])),
                most_runs=request["runs"],
            )
        case _:
            return question


def _side(policy: Policy, written: Mapping[str, str]) -> Candidate:
    return Candidate(policy, {name: _value(policy, name, text) for name, text in written.items()})


def _value(policy: Policy, name: str, text: str) -> int:
    if name not in policy.parameters:
        raise unknown_parameter(name, policy)
    parameter, place = policy.parameters[name], Place(policy.id)
    value = read_value(text, parameter.kind, policy.currency, lambda word: _code(policy, word), place)
    if value in (UNKNOWN, UNLIMITED):
        raise out_of_range(policy.id, name, text[:60], "a value that is known")
    return value


def _code(policy: Policy, word: str) -> int:
    return policy.vocabulary.index(word) if word in policy.vocabulary else UNKNOWN


def _assumed(request: Request) -> Assumed:
    costs = request["costs"]
    return Assumed(
        None if request["from"] is None else _day(request["from"]),
        None if request["to"] is None else _day(request["to"]),
        Mode(request["mode"]),
        HeldOrders(request["held_orders"]),
        request["release_days"],
        PaymentBehaviour(request["payment_behaviour"]),
        Decimal(costs["yearly_rate"]),
        Decimal(costs["margin"]),
        Decimal(costs["loss_given_default"]),
        costs["cost_per_step"],
    )


def _day(text: str) -> dt.date:
    day = parse_day(text)
    if day is None:
        raise AssertionError("the edge lets only days through")
    return day


def _without_dashes(error: PolicyServiceError) -> PolicyServiceError:
    # The command line's options are written so.
    if not error.place.file.startswith("--"):
        return error
    place = Place(error.place.file.replace("--", "").replace("-", "_"))
    return type(error)(error.code, error.message, place=place, remedy=error.remedy)
