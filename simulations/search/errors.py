"""What keeps a sweep or a search from being run."""

from collections.abc import Sequence

from policy_service.domain.errors import Place, RequestError
from policy_service.language.policy import Policy

_SHOWN = 60


def unknown_parameter(name: str, policy: Policy) -> RequestError:
    """Return the refusal R540 of a parameter that the policy does not have."""
    return RequestError(
        "R540",
        f"The policy {policy.id} has no parameter “{name[:_SHOWN]}”.",
        place=Place(policy.id),
        remedy=f"It has: {', '.join(policy.parameters) or 'none'}.",
    )


def not_a_range(text: str, found: str, remedy: str) -> RequestError:
    """Return the refusal R541 of values that a parameter cannot be turned through."""
    return RequestError("R541", f"“{text[:_SHOWN]}” {found}.", place=Place("--parameter"), remedy=remedy)


def not_so_many(found: str, remedy: str) -> RequestError:
    """Return the refusal R542 of too many parameters, too many steps, or a name that stands twice."""
    return RequestError("R542", found, place=Place("--parameter"), remedy=remedy)


def no_condition(text: str, found: str, remedy: str = "") -> RequestError:
    """Return the refusal R543 of a goal that means nothing."""
    return RequestError(
        "R543",
        f"“{text[:_SHOWN]}” {found}.",
        place=Place("--goal, --keep"),
        remedy=remedy
        or 'Write it like "bad_debt_ratio <= 0.4%" or "held_amount <= +1%", '
        "names of figures with _ and without spaces.",
    )


def unknown_figure(name: str, known: Sequence[str], within: str) -> RequestError:
    """Return the refusal R544 of a figure that no report has, or that is no number.

    `within` is an example of those that have several names: all of them would fill a page.
    """
    return RequestError(
        "R544",
        f"There is no figure “{name[:_SHOWN]}” that is one number.",
        place=Place("figure"),
        remedy=f"Write one of these names, or one such as {within}: {', '.join(known)}.",
    )


def no_later_period(begins: str, judged_from: str, ends: str) -> RequestError:
    """Return the refusal R545 of a window that cannot be divided into a period to search and one to judge."""
    return RequestError(
        "R545",
        f"{judged_from} does not divide the window from {begins} to {ends} into two periods.",
        place=Place("--judge-from"),
        remedy="Name a day after the first and before the last.",
    )


def no_orders(begins: str, ends: str) -> RequestError:
    """Return the refusal R547 of a search with a period in which nothing is decided."""
    return RequestError(
        "R547",
        f"No order is dated from {begins} until before {ends}: nothing can be searched for, or judged, by that period.",
        place=Place("--from, --to, --judge-from"),
        remedy="Choose periods that have orders.",
    )


def unknown_bound(name: str, policy_id: str) -> RequestError:
    """Return the refusal R546 of a number in a cell that the policy does not have, or that cannot be turned."""
    return RequestError(
        "R546",
        f"The policy {policy_id} has no bound “{name[:_SHOWN]}” that can be turned.",
        place=Place(policy_id),
        remedy="Name a number that stands by itself in a cell of a table or a scorecard.",
    )
