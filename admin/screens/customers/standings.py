"""Standings that reviews propose: what each would change, agreed to or refused by somebody with authority over it."""

from typing import Any, Final

from flask import request
from flask_admin import expose
from flask_babel import gettext
from werkzeug.wrappers import Response

from admin.doing import done
from admin.screens.screen import Screen
from admin.visitors import seeing, visitor
from policy_service.api.paging import cursor_of, position_of
from policy_service.domain.permissions import Permission, has_authority
from policy_service.language.definitions.standing import STANDING_OUTPUTS
from policy_service.services.standings_in_force.approving import approve, reject
from policy_service.services.standings_in_force.texts import plain_outputs
from policy_service.storage.customer_search import names_of
from policy_service.storage.standing_store import StandingStore, StoredStanding

_SHOWN: Final = 50


class Standings(Screen):
    """The standings that wait, and each of them beside the one in force."""

    permission = Permission.CUSTOMERS_READ

    @expose("/")
    def queue(self) -> Any:
        """List the proposed standings, those that have waited longest first."""
        after: Any = position_of(request.args.get("after", ""), int, str)
        with seeing() as session:
            store = StandingStore(session)
            found = store.page(state="proposed", after=after, limit=_SHOWN + 1, is_oldest_first=True)
            before = store.in_force_of([one.customer_id for one in found])
            names = names_of(session, (one.customer_id for one in found))
        last = found[_SHOWN - 1] if len(found) > _SHOWN else None
        return self.render(
            "console/standings/queue.html",
            rows=[
                (one, plain_outputs(one.outputs), _outputs(before.get(one.customer_id)), _may_settle(one))
                for one in found[:_SHOWN]
            ],
            following=cursor_of((last.proposed_at, last.standing_id)) if last else "",
            names=names,
            kinds=STANDING_OUTPUTS,
        )

    @expose("/standing/<standing_id>")
    def standing(self, standing_id: str) -> Any:
        """Show a standing beside the one in force."""
        with seeing() as session:
            found = StandingStore(session).load(standing_id)
            before = StandingStore(session).in_force(found.customer_id)
        is_other = before is not None and before.standing_id != standing_id
        return self.render(
            "console/standings/standing.html",
            standing=found,
            said=plain_outputs(found.outputs),
            before=_outputs(before) if is_other else {},
            is_other=is_other,
            kinds=STANDING_OUTPUTS,
            may_settle=_may_settle(found),
        )

    @expose("/standing/<standing_id>/approve", methods=["POST"])
    def approve(self, standing_id: str) -> Response:
        """Let a proposed standing count."""
        return self._settled(approve, standing_id, gettext("The standing is in force."))

    @expose("/standing/<standing_id>/reject", methods=["POST"])
    def reject(self, standing_id: str) -> Response:
        """Let a proposed standing never count."""
        return self._settled(reject, standing_id, gettext("The standing is refused; what was in force stays."))

    def _settled(self, verb: Any, standing_id: str, told: str) -> Response:
        back = str(self.get_url(".standing", standing_id=standing_id))
        return done(verb, standing_id, request.form.get("note", ""), success=told, back=back)


def _outputs(standing: StoredStanding | None) -> dict[str, Any]:
    return plain_outputs(standing.outputs) if standing else {}


def _may_settle(standing: StoredStanding) -> bool:
    actor = visitor().actor
    may = Permission.STANDINGS_APPROVE in actor.permissions and has_authority(actor.roles, standing.approval_role)
    return standing.state == "proposed" and may and actor.person != standing.proposed_by
