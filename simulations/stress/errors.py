"""What keeps a stress from being applied."""

from collections.abc import Sequence

from policy_service.domain.errors import Place, RequestError

_SHOWN = 12
_PLACE = Place("--stress")


def unreadable(part: str, found: str, remedy: str = "") -> RequestError:
    """Return the refusal R530 of a part of a stress that means nothing."""
    return RequestError(
        "R530",
        f"“{part[:60]}” {found}.",
        place=_PLACE,
        remedy=remedy or "Write it like sector=construction,days_late+20,default_share=5%.",
    )


def out_of_range(part: str, low: str, high: str) -> RequestError:
    """Return the refusal R531 of a number that no stress has."""
    return RequestError(
        "R531", f"“{part[:60]}” is not from {low} to {high}.", place=_PLACE, remedy="Write a number in that range."
    )


def unknown_attribute(name: str, known: Sequence[str]) -> RequestError:
    """Return the refusal R532 of customers chosen by what the ledger does not say of them."""
    return RequestError(
        "R532",
        f"The ledger says no {name} of its customers.",
        place=_PLACE,
        remedy=f"Choose by one of: {', '.join(known)}.",
    )


def unknown_value(name: str, value: str, known: Sequence[str]) -> RequestError:
    """Return the refusal R533 of a value that no customer has on the day the stress begins."""
    shown = ", ".join(known[:_SHOWN]) + (", ..." if len(known) > _SHOWN else "")
    return RequestError(
        "R533",
        f"No customer has the {name} “{value[:60]}” on the day the stress begins.",
        place=_PLACE,
        remedy=f"There are: {shown or 'none'}.",
    )
