"""Overrides: a person's word over the rules', proposed, confirmed or refused by a second person, and ended."""

from typing import Any, Final

from flask import flash, redirect, request
from flask_admin import expose
from flask_babel import gettext
from werkzeug.wrappers import Response

from admin.doing import done, refused, shown
from admin.screens.screen import Screen
from admin.visitors import seeing, the_act, the_day, the_house
from policy_service.api.paging import cursor_of, position_of
from policy_service.domain.days import parse_day
from policy_service.domain.errors import RequestError
from policy_service.domain.outcomes import DecisionType
from policy_service.domain.permissions import Permission
from policy_service.services.company_settings import company_settings
from policy_service.services.credit_file import credit_file
from policy_service.services.given_overrides import LONGEST, confirm, end, give, reject
from policy_service.services.override_choices import override_choices
from policy_service.services.override_limits import Wanted
from policy_service.storage.customer_search import names_of
from policy_service.storage.models.standings import OVERRIDE_STATES
from policy_service.storage.override_store import OverrideStore, StoredOverride

_SHOWN: Final = 50


class Overrides(Screen):
    """The overrides, each with what can be done about it."""

    permission = Permission.CUSTOMERS_READ

    @expose("/")
    def queue(self) -> Any:
        """List overrides, the latest given first; those that wait for a second person unless asked otherwise."""
        state = request.args.get("state", "proposed")
        customer_id = request.args.get("customer", "").strip()[:200]
        after: Any = position_of(request.args.get("after", ""), int, str)
        with seeing() as session:
            found = OverrideStore(session).page(
                customer_id=customer_id,
                state=state if state in OVERRIDE_STATES else "",
                after=after,
                limit=_SHOWN + 1,
            )
            policy = the_house().policies.effective(session, the_house().settings.default_policy, the_act().at).policy
            names = names_of(session, (one.customer_id for one in found))
        last = found[_SHOWN - 1] if len(found) > _SHOWN else None
        return self.render(
            "console/overrides/queue.html",
            overrides=found[:_SHOWN],
            names=names,
            following=cursor_of((last.given_at, last.override_id)) if last else "",
            state=state,
            states=OVERRIDE_STATES,
            customer=customer_id,
            kinds=policy.outputs,
            today=the_day(),
        )

    @expose("/override/<override_id>")
    def override(self, override_id: str) -> Any:
        """Show one override."""
        with seeing() as session:
            found = OverrideStore(session).load(override_id)
            policy = the_house().policies.effective(session, the_house().settings.default_policy, the_act().at).policy
        return self.render("console/overrides/override.html", override=found, kinds=policy.outputs, today=the_day())

    @expose("/new/<path:customer_id>")
    def new(self, customer_id: str) -> Any:
        """Ask what is to be overridden, and then to what."""
        house, act, what = the_house(), the_act(), request.args.get("what", "")
        with seeing() as session:
            file = credit_file(house, session, customer_id, act)
            policy = house.policies.effective(session, house.settings.default_policy, act.at).policy
            threshold = company_settings(session).override_second_person_above
        choices = {choice.key: choice for choice in override_choices(policy)}
        return self.render(
            "console/overrides/new.html",
            file=file,
            customer_id=customer_id,
            choices=choices,
            choice=choices.get(what),
            order_id=request.args.get("order_id", "")[:200],
            threshold=str(threshold),
            today=the_day(),
            latest=the_day() + LONGEST,
        )

    @expose("/new/<path:customer_id>", methods=["POST"])
    def give(self, customer_id: str) -> Response:
        """Give an override, or propose it where a second person has to confirm it."""
        form, what = request.form, request.form.get("what", "")
        order_id = form.get("order_id", "").strip()
        back = str(self.get_url(".new", customer_id=customer_id, what=what, order_id=order_id))
        decision_type, _, output = what.partition(":")
        if decision_type not in frozenset(DecisionType):
            raise RequestError("R444", f"{what[:40]!r} cannot be overridden.", remedy="Choose one of the list.")
        expires_on = parse_day(form.get("expires_on", ""))
        if expires_on is None:
            error = RequestError("R445", "The override names no last day.", remedy="Write it as YYYY-MM-DD.")
            return refused(error, back)
        wanted = Wanted(
            customer_id=customer_id,
            decision_type=DecisionType(decision_type),
            outputs={output: form.get("value", "").strip()},
            reason=form.get("reason", ""),
            expires_on=expires_on,
            order_id=order_id if decision_type == DecisionType.ORDER else "",
        )

        def told(given: StoredOverride) -> Response:
            flash(
                gettext("The override is given. It counts at once, or as soon as a second person has confirmed it."),
                "success",
            )
            return redirect(self._page_of(given.override_id))

        answer: Response = shown(give, wanted, show=told, back=back)
        return answer

    @expose("/override/<override_id>/confirm", methods=["POST"])
    def confirm(self, override_id: str) -> Response:
        """Let a proposed override count."""
        return done(confirm, override_id, success=gettext("The override counts now."), back=self._page_of(override_id))

    @expose("/override/<override_id>/reject", methods=["POST"])
    def reject(self, override_id: str) -> Response:
        """Let a proposed override never count."""
        told, why = gettext("The override is refused."), request.form.get("reason", "")
        return done(reject, override_id, why, success=told, back=self._page_of(override_id))

    @expose("/override/<override_id>/end", methods=["POST"])
    def end(self, override_id: str) -> Response:
        """End an override before its day, or take one back that waits."""
        told, why = gettext("The override has ended."), request.form.get("reason", "")
        return done(end, override_id, why, success=told, back=self._page_of(override_id))

    def _page_of(self, override_id: str) -> str:
        return str(self.get_url(".override", override_id=override_id))
