"""A form for a simulation, a sweep or a search, read into the request that the API takes; what is wrong, by field."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from flask_babel import LazyString, lazy_gettext
from marshmallow import Schema, ValidationError

from policy_service.domain.amounts import decimal_text, parse_decimal
from policy_service.domain.errors import PolicyServiceError, PolicyTextError
from policy_service.domain.whole_numbers import parse_whole_number
from simulations.api.request_bodies import SeekRequest, SimulationRequest, SweepRequest

#: What stands in the fields of a form.
Form: TypeAlias = Mapping[str, str]
#: So many candidates can be asked for at once, and compared.
MOST_CANDIDATES: Final = 4
#: So many stresses have fields of their own; more are written out.
STRESSES: Final = 2
RECORDED: Final = "recorded"
#: The field beside which nothing else is at fault.
WHOLE: Final = ""

_SCHEMAS: Final[Mapping[str, type[Schema]]] = MappingProxyType(
    {"simulation": SimulationRequest, "sweep": SweepRequest, "seek": SeekRequest}
)
_SHARES: Final = ("yearly_rate", "margin", "loss_given_default")
_HINTS: Final[Mapping[str, LazyString]] = MappingProxyType(
    {
        "from": lazy_gettext("Give a day such as 2026-01-01, or none."),
        "to": lazy_gettext("Give a day such as 2026-01-01, or none."),
        "judge_from": lazy_gettext("Give a day such as 2026-01-01, or none."),
        "release_days": lazy_gettext("Give a whole number of days from 0 to 400."),
        "yearly_rate": lazy_gettext("Give per cent from 0 to 1,000, such as 8 or 7.5."),
        "margin": lazy_gettext("Give per cent from 0 to 100, such as 20."),
        "loss_given_default": lazy_gettext("Give per cent from 0 to 100, such as 60."),
        "cost_per_step": lazy_gettext("Give an amount such as 12.50."),
        "capacities": lazy_gettext("Write a role and a whole number a line: sales = 20."),
        "stress": lazy_gettext("Write at most 20 stresses, one a line, each of at most 200 characters."),
        "candidate": lazy_gettext("Choose a version."),
        "baseline": lazy_gettext("Choose recorded practice, which has no parameters, or a version."),
        "parameters": lazy_gettext("Write each value as name = value, several with commas."),
        "parameter-1": lazy_gettext("Choose a parameter, and write its range as two numbers, or leave it empty."),
        "runs": lazy_gettext("Give a whole number of runs from 3 to 10,000."),
        "goals": lazy_gettext("Write at least one goal, one a line, such as bad_debt_ratio <= 0.004."),
        "keep": lazy_gettext("Write what is to be kept, one a line, such as sales >= +0."),
    }
)
#: Beside which field stands what a run would refuse.
_FIELDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        **dict.fromkeys(("R510", "R514"), "to"),
        "R516": "capacities",
        **dict.fromkeys(("R530", "R531", "R532", "R533"), "stress"),
        **dict.fromkeys(("R540", "R541", "R542"), "parameter-1"),
        **dict.fromkeys(("R543", "R544"), "goals"),
        "R545": "judge_from",
        **dict.fromkeys(("R405", "R512", "S209", "E020"), "candidate"),
        **dict.fromkeys(("R515", "E003", "L231", "L232", "L209"), "parameters"),
    }
)


class Wrong(Exception):
    """What was filled in cannot be read: by field what to write instead."""

    def __init__(self, by_field: Mapping[str, LazyString]) -> None:
        super().__init__()
        self.by_field = by_field


def requests_of(kind: str, form: Form) -> Mapping[str, Mapping[str, Any]]:
    """Return the requests that the form makes, each by the field of its candidate; Wrong names what cannot be read."""
    shared = _shared(form)
    if kind != "simulation":
        return {"candidate-1": _loaded(kind, shared | _searched(kind, form), "1")}
    shared |= {"baseline": _side(form, "baseline", "baseline-parameters"), "capacities": _capacities(form)}
    numbers = [str(number) for number in range(1, MOST_CANDIDATES + 1)]
    chosen = [number for number in numbers if number == "1" or form.get(f"candidate-{number}")]
    found = {}
    for number in chosen:
        candidate = _side(form, f"candidate-{number}", f"parameters-{number}")
        found[f"candidate-{number}"] = _loaded(kind, shared | {"candidate": candidate}, number)
    return found


def field_of(error: PolicyServiceError, kind: str, candidate: str, form: Form) -> str:
    """Return beside which field an error stands that a run would make of a request; empty: above the whole form."""
    field = _FIELDS.get(error.code, WHOLE)
    number = candidate.partition("-")[2]
    if field == "candidate":
        return candidate
    if field == "parameters" or (error.code == "R540" and kind == "simulation"):
        return f"parameters-{number}" if kind == "simulation" else "parameter-1"
    if field == "goals" and any(line in error.message for line in _lines(form, "keep")):
        return "keep"
    return field


def _loaded(kind: str, body: Mapping[str, Any], number: str) -> Mapping[str, Any]:
    try:
        read: Mapping[str, Any] = _SCHEMAS[kind]().load(body)
    except ValidationError as error:
        fields = dict(_faults(error.messages_dict, number, kind))
        raise Wrong(fields) from error
    return read


def _faults(messages: Mapping[Any, Any], number: str, kind: str) -> Iterator[tuple[str, LazyString]]:
    for name, said in messages.items():
        match name:
            case "costs":
                yield from ((rate, _HINTS[rate]) for rate in said)
            case "candidate" if isinstance(said, dict) and "parameters" in said:
                yield f"parameters-{number}", _HINTS["parameters"]
            case "candidate":
                yield f"candidate-{number}", _HINTS["candidate"]
            case "parameters" if kind != "simulation":
                yield "parameter-1", _HINTS["parameter-1"]
            case "baseline" | "_schema":
                yield "baseline", _HINTS["baseline"]
            case _:
                yield str(name), _HINTS.get(str(name), _HINTS["parameters"])


def _shared(form: Form) -> dict[str, Any]:
    body: dict[str, Any] = {name: form.get(name) or None for name in ("from", "to")}
    body |= {name: form[name] for name in ("mode", "held_orders", "payment_behaviour") if form.get(name)}
    if form.get("release_days"):
        body["release_days"] = _whole(form["release_days"])
    costs = {name: _share(form[name]) for name in _SHARES if form.get(name)}
    if form.get("cost_per_step"):
        costs["cost_per_step"] = form["cost_per_step"].strip()
    body["costs"] = costs
    body["stress"] = [*_stresses(form), *_lines(form, "stress")]
    return body


def _searched(kind: str, form: Form) -> dict[str, Any]:
    body: dict[str, Any] = {"candidate": _version(form.get("candidate-1", "")), "parameters": list(_dials(form))}
    if form.get("runs"):
        body["runs"] = _whole(form["runs"])
    if kind == "seek":
        body |= {"goals": _lines(form, "goals"), "keep": _lines(form, "keep")}
        body["judge_from"] = form.get("judge_from") or None
    return body


def _dials(form: Form) -> Iterator[str]:
    for number in range(1, MOST_CANDIDATES + 1):
        name = form.get(f"parameter-{number}", "")
        low, high, step = (form.get(f"{end}-{number}", "").strip() for end in ("low", "high", "step"))
        if name:
            ends = f"={low}..{high}" if low or high else ""
            yield f"{name}{ends}{f'/{step}' if step and ends else ''}"


def _stresses(form: Form) -> Iterator[str]:
    for number in range(1, STRESSES + 1):
        attribute, value, late, share, begins = (
            form.get(f"stress-{name}-{number}", "").strip()
            for name in ("attribute", "value", "days_late", "default_share", "from")
        )
        parts = [
            f"{attribute}={value}" if attribute and value else "",
            f"days_late+{late}" if late else "",
            f"default_share={share}%" if share else "",
            f"from={begins}" if begins else "",
        ]
        if any(parts):
            yield ",".join(part for part in parts if part)


def _side(form: Form, version: str, parameters: str) -> dict[str, Any]:
    if form.get(version) == RECORDED:
        turned = _pairs(form.get(parameters, ""))
        return {"policy": RECORDED} | ({"parameters": turned} if turned else {})
    return _version(form.get(version, "")) | {"parameters": _pairs(form.get(parameters, ""))}


def _version(chosen: str) -> dict[str, Any]:
    policy, _, number = chosen.partition("/")
    return {"policy": policy, "version": _whole(number) if number else None}


def _pairs(text: str) -> dict[str, str]:
    pairs = [part.partition("=") for part in text.replace("\n", ",").split(",") if part.strip()]
    return {name.strip(): value.strip() for name, _, value in pairs}


def _capacities(form: Form) -> dict[str, Any]:
    return {role: _whole(steps) for role, steps in _pairs(form.get("capacities", "")).items()}


def _whole(text: str) -> int | str:
    text = text.strip()
    # What is no number is for the schema to refuse.
    number = parse_whole_number(text)
    return text if number is None else number


def _share(text: str) -> str:
    try:
        share = parse_decimal(text.strip().removesuffix("%").strip())
    except PolicyTextError:
        return text
    return decimal_text(share / Decimal(100))


def _lines(form: Form, name: str) -> list[str]:
    return [line.strip() for line in form.get(name, "").splitlines() if line.strip()]
