"""Overrides as data: a person's word over the rules', with reason and expiry."""

from functools import partial
from pathlib import Path
from typing import Final

from policy_service.domain.decisions import Override
from policy_service.domain.errors import PolicyTextError
from policy_service.domain.outcomes import DecisionType, Outcome
from policy_service.domain.values import Kind
from policy_service.language.definitions.standing import PAYMENT_TERM_KINDS, STANDING_OUTPUTS
from policy_service.language.yaml_text import yaml_reader as read
from policy_service.language.yaml_text.problems import Problems
from policy_service.language.yaml_text.strict_yaml import YamlNode, YamlScalar, read_yaml_file

#: What an override of an order may set; one of a review may set every output of the standing.
_OF_AN_ORDER: Final = ("outcome", "prepay_percent")


def load_overrides(path: Path) -> tuple[Override, ...]:
    """Return the overrides of the file in its order.

    Raise PolicyNotReadable with every mistake found: the codes of `read_yaml_file`, of the typed accessors, L370 for
    an output that the decision does not set, L371 for an override that sets nothing, L372 for two overrides of one
    output of one customer.
    """
    problems = Problems()
    overrides = list[Override]()
    with problems.collecting():
        owners = dict[tuple[str, DecisionType, str], int]()
        for node in read.items(read_yaml_file(path), path.name):
            override = problems.attempt(partial(read_override, node))
            if override is None:
                continue
            for output in override.outputs:
                key = (override.customer_id, override.decision_type, output)
                if first := owners.get(key):
                    message = f"{output} of customer {override.customer_id} is overridden twice; first in line {first}."
                    problems.report("L372", message, node.place, "Delete one of the two.")
                owners.setdefault(key, node.place.line)
            overrides.append(override)
    problems.raise_if_any()
    return tuple(overrides)


def read_override(node: YamlNode) -> Override:
    """Return the override that `node` describes; the codes of `load_overrides` otherwise."""
    written = read.fields(node, "an override", ("customer_id", "person", "reason", "expires_on", "decision", "set"))
    decision_type = read.choice(written["decision"], "decision", DecisionType)
    if decision_type is DecisionType.ESCALATION:
        raise PolicyTextError(
            "L370",
            "an override names the decision escalation.",
            place=written["decision"].place,
            remedy="Override the review that sets the standing, or the order.",
        )
    outputs = {key.text: _value(key, value, decision_type) for key, value in read.entries(written["set"], "set")}
    if not outputs:
        raise PolicyTextError(
            "L371",
            "an override sets nothing.",
            place=written["set"].place,
            remedy="Add what it sets: {credit_limit: 5000}.",
        )
    return Override(
        customer_id=read.text(written["customer_id"], "customer_id"),
        person=read.text(written["person"], "person"),
        reason=read.text(written["reason"], "reason"),
        expires_on=read.day(written["expires_on"], "expires_on"),
        outputs=outputs,
        decision_type=decision_type,
    )


def _value(key: YamlScalar, node: YamlNode, decision_type: DecisionType) -> str:
    known = _OF_AN_ORDER if decision_type is DecisionType.ORDER else tuple(STANDING_OUTPUTS)
    if key.text not in known:
        raise PolicyTextError(
            "L370",
            f"an override of the decision {decision_type.value} sets {key.text}.",
            place=key.place,
            remedy=read.remedy_for_unknown(key.text, known),
        )
    if key.text == "outcome":
        return read.choice(node, "outcome", Outcome).value
    return "null" if read.is_null(node) else _text_of_kind(key.text, node)


def _text_of_kind(output: str, node: YamlNode) -> str:
    kind = STANDING_OUTPUTS[output]
    match kind:
        case Kind.MONEY if read.scalar(node, output).text == "unlimited":
            return "unlimited"
        case Kind.MONEY | Kind.NUMBER:
            return str(read.decimal(node, output))
        case Kind.INTEGER | Kind.DAYS:
            return str(read.whole(node, output))
        case Kind.DATE:
            return read.day(node, output).isoformat()
        case Kind.BOOLEAN:
            return "true" if read.boolean(node, output) else "false"
        case Kind.CATEGORY:
            return _category(output, node)


def _category(output: str, node: YamlNode) -> str:
    text = read.text(node, output)
    if output == "payment_term_kind" and text not in PAYMENT_TERM_KINDS:
        raise PolicyTextError(
            "L052",
            f'payment_term_kind is "{text}".',
            place=node.place,
            remedy=read.remedy_for_unknown(text, PAYMENT_TERM_KINDS),
        )
    return text
