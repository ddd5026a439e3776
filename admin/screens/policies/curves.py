"""Curves over the dials of a draft: what each figure comes to as a parameter or a bound is turned through its range."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from flask import abort, jsonify, request, send_file
from flask_admin import expose
from flask_babel import gettext
from werkzeug.wrappers import Response

from admin.languages import short_language
from admin.screens.policies.asking_again import AGAIN, question
from admin.screens.screen import Screen
from admin.visitors import may, seeing, the_act, the_house, visitor
from admin.wording import said
from policy_service.domain.errors import PolicyServiceError
from policy_service.domain.permissions import Permission
from policy_service.domain.values import Kind, scale
from policy_service.language.feel.value_text import write_value
from policy_service.language.policy import Parameter, Policy
from policy_service.language.printing.canonical import from_canonical
from policy_service.storage.policy_store import PolicyStore
from simulations.report.page.brief import FIRST
from simulations.report.page.figures import GROUPS, Shown
from simulations.report.page.numbers import Numbers, Unit
from simulations.report.page.wording import Wording
from simulations.report.page.writing import ECHARTS
from simulations.search.bounds import Bound, bound_named, bounds_of
from simulations.warm.impact_asked import curve_of

_VERSION: Final = "/<policy_id>/<int:number>"
#: Bounds of one rule set that are offered in a list.
_MOST_BOUNDS: Final = 300
_SHOWN: Final[Mapping[str, Shown]] = {shown.name: shown for group in GROUPS.values() for shown in group}


@dataclass(frozen=True, slots=True)
class DialOffered:
    """A dial that a curve can be asked for: a parameter or a bound, what it is called, and its value now."""

    parameter: str
    bound: str
    label: str
    value: str


class PolicyCurves(Screen):
    """What a curve is asked by, and what draws it; for whoever may run simulations."""

    @expose(f"{_VERSION}/impact/curve")
    def curve(self, policy_id: str, number: int) -> Response:
        """Give what there is of the curve over a `parameter` or a `bound`, the value `at` first."""
        if not may(Permission.SIMULATIONS_RUN):
            abort(403)
        asked = {name: request.args.get(name, "")[:300] for name in ("parameter", "bound", "at")}
        try:
            whole = question(policy_id, number, {"policy": "recorded"})
            text, found = curve_of(the_house(), whole, asked, visitor().actor, the_act())
        except PolicyServiceError as error:
            return jsonify(state=error.code, said=_why(error), again=AGAIN.get(error.code, 0))
        policy = from_canonical(text.text)
        bound = bound_named(policy, asked["bound"]) if asked["bound"] else None
        return jsonify(state="told", **_told(policy, bound, found))

    @expose(f"{_VERSION}/impact/dials")
    def dials(self, policy_id: str, number: int) -> Any:
        """Offer the dials of a text, of its bounds those of the rule set `part`."""
        if not may(Permission.SIMULATIONS_RUN):
            abort(403)
        with seeing() as session:
            version = PolicyStore(session).version(policy_id, number)
            policy = PolicyStore(session).policy(policy_id, number) if version.sha256 else None
        offered = dials_offered(policy, request.args.get("part", "")) if policy else ()
        return self.render("console/policies/editor/dials.html", offered=offered)

    @expose("/echarts.js")
    def echarts(self) -> Response:
        """Give what draws curves: the very file that reports have in them."""
        return send_file(ECHARTS, "text/javascript")


def dials_offered(policy: Policy, rule_set: str = "") -> Sequence[tuple[str, Sequence[DialOffered]]]:
    """Return the dials of a policy by what they are: its parameters, and the bounds of its rule sets, or of one."""
    language = short_language()
    parameters = [
        DialOffered(name, "", one.title.in_language(language) or name, _written(one.value, one.kind, policy))
        for name, one in policy.parameters.items()
        if _has_range(one)
    ]
    offered: list[tuple[str, Sequence[DialOffered]]] = [(gettext("Parameters"), parameters)] if parameters else []
    for each in policy.rule_sets:
        if rule_set not in ("", each.name) and rule_set in {one.name for one in policy.rule_sets}:
            continue
        bounds = [
            DialOffered("", one.name, f"{one.row} · {one.column}: {one.text}", _written(one.value, one.kind, policy))
            for one in islice(bounds_of(each), _MOST_BOUNDS)
        ]
        if bounds:
            offered.append((gettext("Bounds of %(name)s", name=each.name), bounds))
    return offered


def _has_range(parameter: Parameter) -> bool:
    is_ordered = parameter.kind.is_ordered and parameter.kind is not Kind.DATE
    return is_ordered and parameter.minimum is not None and parameter.maximum is not None


def _why(error: PolicyServiceError) -> str:
    match error.code:
        case "R560" | "R561":
            return str(gettext("The simulation worker is getting ready. The curve follows."))
        case "R563":
            return ""
        case "S209":
            return str(gettext("This text cannot be read yet, or there is no ledger: there is nothing to turn."))
        case _:
            return said(error)


def _told(policy: Policy, bound: Bound | None, found: Mapping[str, Any]) -> Mapping[str, Any]:
    words, numbers = Wording(short_language()), Numbers(policy.currency, short_language())
    kind = Kind(found["kind"])
    per_unit = scale(kind, policy.currency)
    figures = [_SHOWN[name] for name in FIRST]
    return {
        "figures": [{"name": one.name, "label": words.figures[one.name][0]} for one in figures],
        "range": {name: value / per_unit for name, value in found["values"].items()},
        "points": [
            {
                "value": point["value"] / per_unit,
                "text": _written(point["value"], kind, policy),
                "figures": [_figure(one, point["figures"][one.name], policy, numbers) for one in figures],
            }
            for point in found["points"]
        ],
        "path": bound.path if bound else ("parameters", request.args.get("parameter", ""), "value"),
        "rule_set": bound.rule_set if bound else "",
        "cell": dict(zip(("before", "after"), bound.around, strict=True)) if bound else {},
        "flat": [
            {
                "from": one["from"] / per_unit,
                "to": one["to"] / per_unit,
                "said": gettext(
                    "Between %(low)s and %(high)s nothing changes, as far as was run: %(run)s of %(steps)s steps.",
                    low=_written(one["from"], kind, policy),
                    high=_written(one["to"], kind, policy),
                    run=one["run"],
                    steps=one["steps"],
                ),
            }
            for one in found["flat"]
        ],
        "is_done": found["is_done"],
        "took": gettext(
            "%(points)s points in %(seconds)s s; for %(whole)s of them all customers were run.",
            points=len(found["points"]),
            seconds=f"{found['seconds']:.1f}",
            whole=found["whole_runs"],
        ),
    }


def _figure(shown: Shown, value: Any, policy: Policy, numbers: Numbers) -> Mapping[str, Any]:
    if value is None:
        return {"x": None, "text": "–"}
    drawn = value / scale(Kind.MONEY, policy.currency) if shown.unit is Unit.MONEY else value
    return {"x": 100 * drawn if shown.unit is Unit.SHARE else drawn, "text": numbers.figure(shown.unit, value)}


def _written(value: int, kind: Kind, policy: Policy) -> str:
    return write_value(value, kind, policy.currency, policy.vocabulary)
