"""What a draft would change, beside its text: asked of the simulation worker at every edit; and its simulation."""

import json
from collections.abc import Mapping
from functools import partial
from typing import Any, Final
from urllib.parse import quote

from flask import abort, request, url_for
from flask_admin import expose
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from admin.doing import done, refused
from admin.languages import short_language
from admin.screens.policies.asking_again import AGAIN, question
from admin.screens.policies.curves import PolicyCurves
from admin.visitors import may, seeing, the_act, the_house, visitor
from admin.wording import said
from policy_service.domain.acting import Act
from policy_service.domain.errors import PolicyServiceError
from policy_service.domain.permissions import Permission
from policy_service.language.policy import Policy
from policy_service.language.printing.canonical import from_canonical
from policy_service.services.actor import Actor
from policy_service.services.house import House
from policy_service.storage.customer_search import names_of
from policy_service.storage.policy_store import PolicyStore
from simulations.jobs.asking import RECORDED, Examined, ask, examine
from simulations.report.page.brief import Brief, brief_of
from simulations.search.bounds import path_of
from simulations.warm.impact_asked import impact_of

_VERSION: Final = "/<policy_id>/<int:number>"


class PolicyImpact(PolicyCurves):
    """The change of a version: what it would have done to the ledger's history; for whoever may run simulations."""

    @expose(f"{_VERSION}/impact")
    def impact(self, policy_id: str, number: int) -> Any:
        """Show it on a page of its own."""
        return self.render("console/policies/editor/impact_page.html", **self._change_told(policy_id, number))

    @expose(f"{_VERSION}/impact/panel")
    def impact_panel(self, policy_id: str, number: int) -> Any:
        """Show it as the part of a page that a script puts beside the text."""
        return self.render("console/policies/editor/impact_told.html", **self._change_told(policy_id, number))

    @expose(f"{_VERSION}/simulate", methods=["POST"])
    def simulate(self, policy_id: str, number: int) -> Response:
        """Have exactly this text simulated."""
        back = f"{self.get_url('policies.version', policy_id=policy_id, number=number)}#simulation"
        try:
            with seeing() as session:
                baseline = _baseline(session, policy_id, number)
                examined = examine(session, "simulation", question(policy_id, number, baseline), the_act().at)
        except PolicyServiceError as error:
            return refused(error, back)
        told = gettext("It is being simulated. Its figures will stand here.")
        return done(partial(_asked, examined), success=told, back=back)

    def _change_told(self, policy_id: str, number: int) -> Mapping[str, Any]:
        if not may(Permission.SIMULATIONS_RUN):
            abort(403)
        with seeing() as session:
            version = PolicyStore(session).version(policy_id, number)
            active = PolicyStore(session).effective(policy_id, the_act().at)
            baseline = _baseline(session, policy_id, number)
        chosen = request.args.get("baseline", "")
        if chosen == RECORDED or active is None:
            baseline = {"policy": RECORDED}
        elif chosen == "active":
            baseline = {"policy": policy_id, "version": active.number}
        told = {"version": version, "active": active, "baseline": baseline, "brief": None, "made": None}
        if version.sha256 is None:
            return {**told, "state": "unreadable", "why": "", "again": 0}
        try:
            text, answer = impact_of(the_house(), question(policy_id, number, baseline), visitor().actor, the_act())
        except PolicyServiceError as error:
            return {**told, "state": error.code, "why": said(error), "again": AGAIN.get(error.code, 0)}
        policy = from_canonical(text.text)
        brief = brief_of(answer, policy, short_language())
        with seeing() as session:
            names = names_of(session, (one.customer_id for one in brief.changed))
        shown = {"brief": brief, "names": names, "made": answer["made"], "cells": _cells(brief, policy, number)}
        return {**told, **shown, "state": "told", "why": "", "again": 0}


def _cells(brief: Brief, policy: Policy, number: int) -> Mapping[str, str]:
    # In the editor a cell leads to itself, elsewhere to its row on the page of the version.
    here: dict[str, Any] = {"policy_id": policy.id, "number": number}
    if "editor" not in request.args:
        page = url_for("policies.version", **here)
        return {one.customer_id: f"{page}#{one.rule_set}.{one.row}" for one in brief.changed}
    found = {}
    for one in brief.changed:
        part = url_for("policies.edit", part=one.rule_set, **here)
        path = path_of(policy, one.rule_set, one.row, one.cell.partition(": ")[0])
        found[one.customer_id] = f"{part}#{quote(json.dumps(path))}" if path else part
    return found


def _baseline(session: Session, policy_id: str, number: int) -> Mapping[str, Any]:
    active = PolicyStore(session).effective(policy_id, the_act().at)
    if active is None or active.number == number:
        return {"policy": RECORDED}
    return {"policy": policy_id, "version": active.number}


def _asked(examined: Examined, house: House, session: Session, actor: Actor, act: Act) -> None:
    ask(house, session, examined, actor, act)
