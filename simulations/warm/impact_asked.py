"""What an edit would change, asked of the worker of the installation: by the API, and by the editor of the console."""

from collections.abc import Mapping
from typing import Any

from policy_service.domain.acting import Act
from policy_service.domain.permissions import Permission
from policy_service.services.actor import Actor, require
from policy_service.services.house import House
from policy_service.storage.simulation_store import PolicyText
from simulations.jobs.asking import baseline_named, text_named
from simulations.warm.asking import FIRST_TOLD, CurveAsked, ImpactAsked
from simulations.warm.client import SECONDS, impact
from simulations.warm.errors import no_worker


def impact_of(
    house: House, request: Mapping[str, Any], actor: Actor, act: Act, told: int = FIRST_TOLD, seconds: float = SECONDS
) -> tuple[PolicyText, Mapping[str, Any]]:
    """Return the candidate's text as it is now, and what the worker answers: see `warm.impact.answer_of`.

    `request` is a validated request for a simulation, without stress. AccessError A403 without the permission to run
    simulations; RequestError R568 where there is to be no worker; NotStored S209 for a policy or version that there is
    not, or that cannot be read; the errors of `client.impact`.
    """
    require(actor, Permission.SIMULATIONS_RUN)
    if not house.settings.simulation_worker_megabytes:
        raise no_worker()
    with house.database.reading() as session:
        candidate = text_named(session, request["candidate"], act.at)
        baseline = baseline_named(session, request["baseline"], act.at)
    draft = f"{candidate.policy_id}/{candidate.number}"
    question = ImpactAsked(act.person, draft, candidate.text, baseline.text if baseline else None, request, told)
    return candidate, impact(house.settings.simulation_dir, question, seconds)


def curve_of(
    house: House, request: Mapping[str, Any], dial: Mapping[str, str], actor: Actor, act: Act, seconds: float = SECONDS
) -> tuple[PolicyText, Mapping[str, Any]]:
    """Return the candidate's text and what there is of the curve over one of its dials: see `warm.curves`.

    `dial` names a `parameter` or a `bound`, and may have the value `at` which it stands; the errors of `impact_of`.
    """
    require(actor, Permission.SIMULATIONS_RUN)
    if not house.settings.simulation_worker_megabytes:
        raise no_worker()
    with house.database.reading() as session:
        candidate = text_named(session, request["candidate"], act.at)
    draft = f"{candidate.policy_id}/{candidate.number}"
    question = CurveAsked(act.person, draft, candidate.text, request, **dial)
    return candidate, impact(house.settings.simulation_dir, question, seconds)
