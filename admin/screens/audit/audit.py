"""The audit trail: who did what upon which subject and when, and the check of the chains it stands in."""

import datetime as dt
import json
from collections.abc import Callable
from typing import Any, Final
from zoneinfo import ZoneInfo

from flask import request
from flask_admin import expose

from admin.inputs import day_in
from admin.screens.audit.acts import ACTS, BREAKS, SUBJECTS, act_said
from admin.screens.screen import Screen
from admin.visitors import seeing, the_house
from policy_service.api.paging import cursor_of, position_of
from policy_service.domain.instants import Instant, end_of_day, start_of_day
from policy_service.domain.permissions import Permission
from policy_service.services.verification import verify
from policy_service.storage.audit_store import AuditEvent, AuditStore

_SHOWN: Final = 50
_EQUAL: Final = ("person", "act", "subject_kind", "subject_id")
_LONGEST: Final = 200
#: What is said of an act in its own place, not among the rest.
_SAID_APART: Final = frozenset({"note", "is_bypass"})


class Audit(Screen):
    """The trail and its check."""

    permission = Permission.AUDIT_READ

    @expose("/")
    def trail(self) -> Any:
        """List what people and systems did, the latest first."""
        asked = {name: request.args.get(name, "").strip()[:_LONGEST] for name in (*_EQUAL, "since", "until")}
        after: Any = position_of(request.args.get("after", ""), int, str)
        with seeing() as session:
            found = AuditStore(session).page(
                **{name: asked[name] for name in _EQUAL},
                since=_instant(asked["since"], start_of_day),
                before=_instant(asked["until"], end_of_day),
                behind=after,
                limit=_SHOWN + 1,
            )
        last = found[_SHOWN - 1] if len(found) > _SHOWN else None
        return self.render(
            "console/audit/trail.html",
            events=[(event, *_details(event)) for event in found[:_SHOWN]],
            following=cursor_of((last.at, last.event_id)) if last else "",
            asked=asked,
            acts=ACTS,
            subjects=SUBJECTS,
            act_said=act_said,
        )

    @expose("/check", methods=["POST"])
    def check(self) -> Any:
        """Read every record of the chains again, and show what is not as it was written."""
        with seeing() as session:
            found = verify(session, the_house().settings)
        return self.render("console/audit/check.html", found=found, meanings=BREAKS)


def _instant(day: str, of_day: Callable[[dt.date, ZoneInfo], Instant]) -> Instant | None:
    return of_day(day_in(day), the_house().settings.zone) if day else None


def _details(event: AuditEvent) -> tuple[dict[str, object], str]:
    said: dict[str, object] = json.loads(event.detail)
    rest = {name: value for name, value in said.items() if name not in _SAID_APART}
    return said, json.dumps(rest, ensure_ascii=False, indent=1, sort_keys=True) if rest else ""
