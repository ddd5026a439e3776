"""What keeps a simulation from being run, or from being believed."""

from collections.abc import Sequence

from policy_service.domain.errors import EngineFault, Place, RequestError
from policy_service.language.policy import Policy
from simulations.runs.disagreement import Disagreement

_SHOWN = 3


def empty_window(begins: str, ends: str) -> RequestError:
    """Return the refusal R510 of a window without a day."""
    return RequestError(
        "R510",
        f"The window from {begins} to {ends} has no day.",
        place=Place("--from, --to"),
        remedy="Let it end after it begins; the day it ends on does not belong to it.",
    )


def empty_ledger() -> RequestError:
    """Return the refusal R511 of a ledger in which nothing was ever ordered."""
    return RequestError(
        "R511",
        "The ledger has no orders and no invoices: there is nothing to replay.",
        place=Place("ledger"),
        remedy="Name a folder with invoices.",
    )


def currencies_differ(baseline: Policy, candidate: Policy) -> RequestError:
    """Return the refusal R512 of two policies whose amounts cannot be compared."""
    return RequestError(
        "R512",
        f"The policy {baseline.id} is in {baseline.currency.code}, {candidate.id} in {candidate.currency.code}.",
        place=Place(candidate.id),
        remedy="Compare policies of one base currency.",
    )


def long_window(begins: str, ends: str, most: int) -> RequestError:
    """Return the refusal R514 of a window of more than `most` days."""
    return RequestError(
        "R514",
        f"The window from {begins} to {ends} is longer than {most:,} days.",
        place=Place("--from, --to"),
        remedy="Name both its days; where none is named they are those of the earliest and the latest order.",
    )


def out_of_range(policy: str, parameter: str, value: str, bounds: str) -> RequestError:
    """Return the refusal R515 of a value that a parameter of a policy may not have."""
    return RequestError(
        "R515",
        f"The parameter {parameter} of {policy} cannot be {value}: its range is {bounds}.",
        place=Place(policy),
        remedy="Give it a value of its range, or widen the range in the policy.",
    )


def no_such_role(role: str, roles: Sequence[str]) -> RequestError:
    """Return the refusal R516 of a capacity stated for a role that owns no step."""
    owners = f"their steps are owned by {', '.join(roles)}" if roles else "they have no ladder"
    return RequestError(
        "R516",
        f"No ladder of the policies gives a step to the role {role}: {owners}.",
        place=Place("--capacity"),
        remedy="Name a role as the ladders write it.",
    )


def not_written(file: str, found: str) -> RequestError:
    """Return the refusal R513 of a file that a result cannot be written to."""
    return RequestError(
        "R513",
        f"The result cannot be written ({found}); nothing of it is left.",
        place=Place(file),
        remedy="Name a file in a folder that is there and may be written to, with room on its disk.",
    )


def mapped_already(folder: str) -> RequestError:
    """Return the refusal R517 of a mapping for a snapshot."""
    return RequestError(
        "R517",
        "A mapping says how columns of ledger files are read, and this is a snapshot.",
        place=Place(folder),
        remedy="Leave --mapping out: it was applied when the snapshot was made.",
    )


def other_snapshot(folder: str, found: str, asked: str) -> RequestError:
    """Return the refusal R523 of a folder that does not hold the ledger that the run is about."""
    return RequestError(
        "R523",
        f"The snapshot has the hash {found[:12]}, and the run is about {asked[:12]}.",
        place=Place(folder),
        remedy="Leave a snapshot as it is while a run reads it; every worker must find the same one by this name.",
    )


def other_version(asked: str, found: str) -> EngineFault:
    """Return the refusal R524 of a worker that runs another version of the program."""
    return EngineFault(
        "R524",
        f"The run is of engine version {asked}, and this worker has {found}.",
        place=Place("worker"),
        remedy="Install the same version of this package wherever workers run.",
    )


def checkpoint_not_written(folder: str, found: str) -> RequestError:
    """Return the refusal R525 of a folder in which finished chunks cannot be kept."""
    return RequestError(
        "R525",
        f"A finished part of the run cannot be kept ({found}).",
        place=Place(folder),
        remedy="Make room on its disk, or name a folder that may be written to; what was kept before stays.",
    )


def not_confirmed(orders: int, disagreements: Sequence[Disagreement]) -> EngineFault:
    """Return the fault E014 of a run that the live engines decide otherwise."""
    shown = "; ".join(str(one) for one in disagreements[:_SHOWN])
    return EngineFault(
        "E014",
        f"The live engines decide {len(disagreements)} of {orders} sampled orders otherwise: {shown}.",
        place=Place("sample"),
        remedy="Do not use the figures of this run. Report it with the run's key: it is a fault of the program.",
    )
