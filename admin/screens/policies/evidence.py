"""What speaks for a version and what became of it: the simulation of its text, its prediction and what happened."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask import url_for
from flask_babel import LazyString, lazy_gettext
from sqlalchemy.orm import Session

from admin.languages import short_language
from admin.visitors import may
from policy_service.domain.instants import Instant
from policy_service.domain.permissions import Permission
from policy_service.language.policy import Policy
from policy_service.services.company_settings import company_settings
from policy_service.services.policy_life.reading import VersionNow
from policy_service.storage.customer_search import names_of
from policy_service.storage.prediction_store import PredictionStore
from simulations.predictions.comparing import NOT_COMPARED, Doubt, How, Judged, NotCompared, Said, compared
from simulations.report.page.brief import brief_of
from simulations.report.page.numbers import Numbers, Unit
from simulations.report.page.wording import Wording
from simulations.stored.attached import attached

#: What keeps a reader from taking a difference for the policy's doing.
DOUBTS: Final[Mapping[Doubt, LazyString]] = {
    Doubt.TOO_SHORT: lazy_gettext("It has been in force for less than four weeks: too short to judge anything by."),
    Doubt.OLD_PAYMENTS: lazy_gettext(
        "In the first three months most payments are those of invoices from before: how they come says little of this "
        "version yet."
    ),
    Doubt.OLD_CREDIT: lazy_gettext(
        "In the first year most write-offs are those of credit given before: a low bad debt ratio is no merit of this "
        "version yet."
    ),
    Doubt.HELD_ARE_LOST: lazy_gettext(
        "The prediction takes every held order for lost. People release some: then more is sold and owed than "
        "predicted."
    ),
    Doubt.OPEN_LOOP: lazy_gettext(
        "The prediction let no decision change what comes after it: sales and balances are those recorded."
    ),
    Doubt.ASKED_ELSEWHERE: lazy_gettext(
        "The ledger has more orders than were asked about here: the shares of decisions are of those asked about."
    ),
    Doubt.NO_RATE: lazy_gettext("Some orders are in a currency without a rate: their amounts are not in the shares."),
}
#: Why a figure is not compared.
WHY_NOT: Final[Mapping[NotCompared, LazyString]] = {
    NotCompared.LENGTH: lazy_gettext("they are others over a longer time, whatever happens"),
    NotCompared.RATES: lazy_gettext("they are made of assumed rates, which nothing that happens can bear out"),
    NotCompared.STEPS: lazy_gettext("steps of cases are counted among the escalations"),
}
HOW: Final[Mapping[How, LazyString]] = {
    How.BY_DAYS: lazy_gettext("by the days of the period"),
    How.AS_IT_IS: lazy_gettext("as simulated"),
    How.OF_ORDERS: lazy_gettext("share of the amount asked for"),
    How.BALANCE: lazy_gettext("mean of the ends of months"),
}
SAID: Final[Mapping[Said, LazyString]] = {
    Said.WITHIN: lazy_gettext("within the months simulated"),
    Said.ABOVE: lazy_gettext("above all months simulated"),
    Said.BELOW: lazy_gettext("below all months simulated"),
}


@dataclass(frozen=True, slots=True)
class Cell:
    """A period's figure: as predicted, as it happened, by how much it differs, and how it lies to the simulation."""

    predicted: str
    happened: str
    difference: str
    said: str
    is_beyond: bool
    is_thin: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A figure of the prediction, period by period; `bounds` are those of the months simulated, if they are known."""

    label: str
    how: str
    bounds: str
    cells: Sequence[Cell]


def evidence_of(session: Session, now: VersionNow, policy: Policy | None, at: Instant) -> Mapping[str, Any]:
    """Return what the page of a version shows of simulations and of its prediction, for whoever is signed in."""
    if not may(Permission.SIMULATIONS_READ):
        return {"simulation": None, "brief": None, "prediction": None}
    version = now.version
    days = now.submission.simulation_days if now.submission else company_settings(session).simulation_days
    found = attached(session, version.sha256, days, at) if version.sha256 else None
    brief = brief_of(found.summary, policy, short_language()) if found and found.summary and policy else None
    names = names_of(session, (one.customer_id for one in brief.changed)) if brief else {}
    store = PredictionStore(session)
    kept = store.of_version(version.policy_id, version.number)
    judged = compared(kept.summary, store.months(version.policy_id, version.number)) if kept else None
    return {
        "simulation": found,
        "report_at": url_for("simulations.run", job_id=found.found.job_id) if found and found.found else "",
        "simulation_days": days,
        "brief": brief,
        "names": names,
        "cells": {one.customer_id: f"#{one.rule_set}.{one.row}" for one in brief.changed} if brief else {},
        "prediction": kept,
        "judged": judged,
        "lines": tuple(_lines(judged, policy)) if judged and policy else (),
        "doubts": [DOUBTS[one] for one in judged.doubts] if judged else (),
        "not_compared": [(_labels(names), WHY_NOT[why]) for why, names in NOT_COMPARED.items()],
    }


def _labels(names: Sequence[str]) -> Sequence[str]:
    words = Wording(short_language())
    return [words.figures[name][0] for name in names]


def _lines(judged: Judged, policy: Policy) -> Iterator[Line]:
    words, numbers = Wording(short_language()), Numbers(policy.currency, short_language())
    for line in judged.lines:
        unit = line.compared.unit
        write = _writer(unit, numbers)
        bounds = "" if line.low is None or line.high is None else f"{write(line.low)} – {write(line.high)}"
        cells = [
            Cell(
                write(pair.predicted),
                write(pair.happened),
                _difference(unit, pair.predicted, pair.happened, numbers),
                str(SAID.get(pair.said, "")),
                pair.said in (Said.ABOVE, Said.BELOW),
                pair.is_thin,
            )
            for pair in line.pairs
        ]
        yield Line(words.figures[line.compared.name][0], str(HOW[line.compared.how]), bounds, cells)


def _writer(unit: Unit, numbers: Numbers) -> Callable[[Any], str]:
    return lambda value: "–" if value is None else numbers.figure(unit, value)


def _difference(unit: Unit, predicted: Any, happened: Any, numbers: Numbers) -> str:
    return "" if predicted is None or happened is None else numbers.difference(unit, happened - predicted)
