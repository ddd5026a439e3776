"""Decisions: searched, explained with the row that was hit in its table, decided again, and proved."""

from typing import Any, Final

import msgspec
from flask import abort, request
from flask_admin import expose
from sqlalchemy.orm import Session

from admin.inputs import day_in
from admin.screens.screen import Screen
from admin.visitors import may, seeing, the_act, the_house, visitor
from admin.wording import said
from policy_service.domain.errors import RequestError
from policy_service.domain.instants import end_of_day, start_of_day
from policy_service.domain.outcomes import DecisionType, Outcome
from policy_service.domain.permissions import Permission
from policy_service.domain.values import Kind
from policy_service.domain.whole_numbers import parse_whole_number
from policy_service.services.actor import require
from policy_service.services.decisions.chain_check import chain_check
from policy_service.services.decisions.replaying import Replay, replay
from policy_service.services.decisions.told_decision import titles_of, told
from policy_service.services.policy_editing.kept_decisions import open_drafts
from policy_service.services.turning_points.lifting import in_order_of_good
from policy_service.services.turning_points.telling import turning_points
from policy_service.services.verification import verify
from policy_service.storage.customer_search import names_of
from policy_service.storage.decision_store import DecisionStore
from policy_service.storage.models.decisions import PURPOSES
from policy_service.storage.policy_store import PolicyStore

_SHOWN: Final = 50
_WORDS: Final = ("customer", "order", "type", "outcome", "purpose", "policy", "version", "day", "person")


class Decisions(Screen):
    """The decisions, and each of them."""

    permission = Permission.DECISIONS_READ

    @expose("/")
    def search(self) -> Any:
        """List decisions, the newest first: those that are searched for."""
        asked = {name: request.args.get(name, "").strip()[:200] for name in _WORDS}
        since, before = _span(asked["day"])
        with seeing() as session:
            page = DecisionStore(session).page(
                customer_id=asked["customer"],
                order_id=asked["order"],
                decision_type=asked["type"],
                purpose=asked["purpose"],
                outcome=asked["outcome"],
                policy_id=asked["policy"],
                policy_version=parse_whole_number(asked["version"]),
                asked_by=asked["person"],
                since=since,
                before=before,
                cursor=request.args.get("after", ""),
                limit=_SHOWN,
            )
            names = names_of(session, (one.customer_id for one in page.decisions))
            policies = PolicyStore(session).policy_ids()
        return self.render(
            "console/decisions/search.html",
            rows=[(one, msgspec.json.decode(one.result)) for one in page.decisions],
            names=names,
            following=page.next_cursor,
            asked=asked,
            types=list(DecisionType),
            outcomes=list(Outcome),
            purposes=PURPOSES,
            policies=policies,
        )

    @expose("/decision/<decision_id>")
    def decision(self, decision_id: str) -> Any:
        """Show a decision: its reasons, its facts, and the tables of its policy with what was hit."""
        with seeing() as session:
            stored = DecisionStore(session).load(decision_id)
            decision = told(the_house(), session, stored)
            checked = chain_check(session, stored)
            drafts = open_drafts(session, stored.policy_id) if may(Permission.POLICIES_EDIT) else ()
        return self.render(
            "console/decisions/decision.html", decision=decision, stored=stored, checked=checked, drafts=drafts
        )

    @expose("/lift/<decision_id>")
    def lift(self, decision_id: str) -> Any:
        """Show the smallest change of each fact that would change a decision."""
        with seeing() as session:
            stored = DecisionStore(session).load(decision_id)
            points = turning_points(the_house(), session, stored, request.args.get("of", ""))
            decision = told(the_house(), session, stored)
            policy = the_house().policies.version(session, stored.policy_id, stored.policy_version).policy
        return self.render(
            "console/decisions/lift.html",
            stored=stored,
            points=points,
            sorted=in_order_of_good(points, policy),
            decision=decision,
        )

    @expose("/replay/<decision_id>")
    def replay(self, decision_id: str) -> Any:
        """Decide a decision again: under its own version to prove it, under another to see the difference."""
        house, named = the_house(), request.args.get("under", "")
        policy_id, _, number = named.rpartition(":")
        if named:
            require(visitor().actor, Permission.DECISIONS_TRY)
        with seeing() as session:
            stored = DecisionStore(session).load(decision_id)
            again, why_not = _replayed(session, decision_id, policy_id, parse_whole_number(number))
            titles, kinds = dict(told(house, session, stored).titles), dict[str, Kind]()
            if again:
                under = again.result["policy"]
                policy = house.policies.version(session, under["id"], under["version"]).policy
                titles, kinds = {**titles, **titles_of(policy)}, dict(policy.outputs)
            store = PolicyStore(session)
            versions = [version for one in store.policy_ids() for version in store.versions(one)]
        return self.render(
            "console/decisions/replay.html",
            stored=stored,
            again=again,
            why_not=why_not,
            titles=titles,
            kinds=kinds,
            versions=versions,
            under=named,
        )

    @expose("/chain/<decision_id>")
    def chain(self, decision_id: str) -> Any:
        """Read the whole chain that a decision stands in, and say what is broken in it."""
        if not may(Permission.AUDIT_READ):
            abort(403)
        with seeing() as session:
            stored = DecisionStore(session).load(decision_id)
            found = verify(session, the_house().settings, stored.link.writer)
        return self.render("console/decisions/chain.html", stored=stored, found=found)


def _replayed(session: Session, decision_id: str, policy_id: str, number: int | None) -> tuple[Replay | None, str]:
    try:
        return replay(the_house(), session, decision_id, the_act(), policy_id, number), ""
    except RequestError as error:
        return None, said(error)


def _span(text: str) -> tuple[int | None, int | None]:
    if not text:
        return None, None
    day, zone = day_in(text), the_house().settings.zone
    return start_of_day(day, zone), end_of_day(day, zone)
