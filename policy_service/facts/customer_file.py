"""Facts of the customer file: the attribute of the version in force, read by the fact's declared type."""

from policy_service.domain.entries import Customer
from policy_service.domain.errors import FactError, Place, PolicyTextError
from policy_service.domain.values import Currency, Kind
from policy_service.language.feel.value_text import read_attribute_text


def attribute_text(customer: Customer, name: str) -> str:
    """Return what the customer file says in that column; empty where it says nothing."""
    match name:
        case "name" | "segment" | "industry" | "country" | "parent_id" | "currency":
            return str(getattr(customer, name))
        case "since":
            return customer.since.isoformat() if customer.since else ""
        case _:
            return customer.attributes.get(name, "").strip()


def read_attribute(customer: Customer, name: str, kind: Kind, currency: Currency) -> int:
    """Return the attribute as a value of `kind`: unknown where the file says nothing, and for every category.

    A category is a text whose code only a policy knows. FactError F102 names customer and column for a text
    that is no value of the kind.
    """
    text = attribute_text(customer, name)
    place = Place("customers", row=customer.customer_id, cell=name)
    try:
        return read_attribute_text(text, kind, currency, place)
    except PolicyTextError as error:
        raise FactError(
            "F102",
            f"“{text[:40]}” is no value of the customer fact {name}, which is of the type {kind}.",
            place=place,
            remedy=error.remedy,
        ) from error
