"""Notifications of Zoho CRM: who watches which module until when, and what they are told."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from policy_service.sample_crms.clock import HOUR, read, text
from policy_service.sample_crms.crm.errors import body, invalid, missing, refusal
from policy_service.sample_crms.crm.modules import MODULES
from policy_service.sample_crms.speaking import Answer, Asked, answer, part, parts, texts, word
from policy_service.sample_crms.system import Notice, StandIn
from policy_service.sample_crms.table import Row

LONGEST: Final = 7 * 24 * HOUR
MOST_TOKEN: Final = 50
_OPERATIONS: Final = {"create": {"insert"}, "edit": {"update"}, "delete": {"delete"}}
_KNOWN: Final = frozenset(
    {
        "channel_id",
        "events",
        "channel_expiry",
        "token",
        "notify_url",
        "return_affected_field_values",
        "notify_on_related_action",
        "notification_condition",
    }
)


@dataclass(slots=True)
class Watches:
    """The channels by their ids, each as it was asked for."""

    system: StandIn
    channels: dict[str, Row] = field(default_factory=dict)

    def answer(self, asked: Asked) -> Answer:
        """Subscribe, renew, tell of and end channels."""
        match asked.method:
            case "GET":
                return self._listed(asked)
            case "DELETE":
                return self._ended(asked)
            case "POST" | "PUT" | "PATCH":
                document = asked.document()
                wanted = parts(document, "watch") if document is not None else None
                if not wanted:
                    raise invalid("watch is to be an array", api_name="watch", json_path="$.watch")
                told = [self._subscribed(one, asked.method, place) for place, one in enumerate(wanted)]
                return answer(201 if asked.method == "POST" else 202, {"watch": told})
            case _:
                raise refusal(400, "INVALID_REQUEST_METHOD", "The http request method type is not a valid one")

    def notices(self, module: str, event: str, changed: dict[str, Row]) -> Iterable[Notice]:
        """Give a notice for every channel that watches this, with all that were changed at once."""
        now = self.system.clock.now()
        for channel in self.channels.values():
            expiry = read(word(channel, "channel_expiry"))
            if expiry is not None and expiry > now and _watches(channel, module, event):
                chosen = {row_id: values for row_id, values in changed.items() if _is_selected(channel, event, values)}
                if chosen:
                    yield self._notice(channel, module, event, chosen, now)

    def _notice(self, channel: Row, module: str, event: str, changed: dict[str, Row], now: int) -> Notice:
        told: Row = {"server_time": now}
        if channel.get("return_affected_field_values") is True and event == "update":
            told["affected_values"] = [{"record_id": row_id, "values": values} for row_id, values in changed.items()]
        told |= {
            "query_params": {},
            "module": module,
            "resource_uri": f"{self.system.origin}/crm/v8/{module}",
            "ids": list(changed),
            "affected_fields": [{row_id: list(values)} for row_id, values in changed.items()],
            "operation": event,
            "channel_id": channel["channel_id"],
            "token": channel.get("token"),
        }
        about: Row = {"channel_id": channel["channel_id"], "module": module, "operation": event, "ids": list(changed)}
        return Notice(word(channel, "notify_url"), json.dumps(told).encode(), about)

    def _subscribed(self, wanted: Row, method: str, place: int) -> Row:
        channel_id = word(wanted, "channel_id")
        path = f"$.watch[{place}]"
        for name in wanted:
            if name not in _KNOWN:
                raise invalid("unknown key", api_name=name, json_path=f"{path}.{name}")
        if not channel_id.isdigit():
            raise invalid("invalid channel_id", api_name="channel_id", json_path=f"{path}.channel_id")
        if method != "POST" and channel_id not in self.channels:
            raise refusal(400, "NOT_SUBSCRIBED", "the channel is not subscribed", {"channel_id": channel_id})
        # A channel is subscribed and replaced (PUT) whole; PATCH changes what is named.
        before = self.channels[channel_id] if method == "PATCH" else {}
        made = {**before, **wanted}
        for name in ("events", "notify_url"):
            if not made.get(name):
                details: Row = {"api_name": name, "json_path": f"{path}.{name}"}
                raise refusal(400, "MANDATORY_NOT_FOUND", "required field not found", details)
        _check_events(made, path)
        if len(word(made, "token")) > MOST_TOKEN:
            raise invalid("the token is longer than 50", api_name="token", json_path=f"{path}.token")
        made["channel_expiry"] = text(self._expiry(wanted, path))
        self.channels[channel_id] = made
        return self._told(made)

    def _expiry(self, wanted: Row, path: str) -> int:
        now = self.system.clock.now()
        if "channel_expiry" not in wanted:
            return now + HOUR
        expiry = read(word(wanted, "channel_expiry"))
        # A second of grace: the text has no smaller unit.
        if expiry is None or not now < expiry <= now + LONGEST + 1000:
            raise invalid("invalid expiry", api_name="channel_expiry", json_path=f"{path}.channel_expiry")
        return expiry

    def _told(self, channel: Row) -> Row:
        events = [
            {
                "channel_expiry": channel["channel_expiry"],
                "resource_uri": f"{self.system.origin}/crm/v8/{name}",
                "resource_id": f"554023{MODULES[name].number:012d}",
                "resource_name": name,
                "channel_id": channel["channel_id"],
            }
            for name in dict.fromkeys(event.partition(".")[0] for event in texts(channel, "events") or [])
        ]
        message = "Successfully subscribed for actions-watch of the given module"
        return {"code": "SUCCESS", "details": {"events": events}, "message": message, "status": "success"}

    def _listed(self, asked: Asked) -> Answer:
        only = asked.query.get("channel_id")
        chosen = [one for one in self.channels.values() if only in {None, one["channel_id"]}]
        if not chosen:
            return Answer(204)
        entries = [
            {**event, "notify_url": channel["notify_url"], "token": channel.get("token")}
            for channel in chosen
            for event in parts(part(self._told(channel), "details"), "events") or []
        ]
        info = {"per_page": 200, "count": len(entries), "page": 1, "more_records": False}
        return answer(200, {"watch": entries, "info": info})

    def _ended(self, asked: Asked) -> Answer:
        ids = [one for one in asked.query.get("channel_ids", "").split(",") if one]
        if not ids:
            raise missing("channel_ids")
        told = []
        for channel_id in ids:
            if self.channels.pop(channel_id, None) is None:
                told.append(body("NOT_SUBSCRIBED", "the channel is not subscribed", {"channel_id": channel_id}))
            else:
                details = {"channel_id": channel_id}
                message = "Successfully un-subscribed from the channel"
                told.append({"code": "SUCCESS", "details": details, "message": message, "status": "success"})
        if all(one["status"] == "error" for one in told):
            raise refusal(400, "NOT_SUBSCRIBED", "the channel is not subscribed", {"channel_id": ids[0]})
        return answer(200, {"watch": told})


def _check_events(channel: Row, path: str) -> None:
    events = texts(channel, "events") or []
    for event in events:
        module, _, operation = event.partition(".")
        if module not in MODULES or operation not in {*_OPERATIONS, "all"}:
            raise invalid("invalid event", api_name="events", json_path=f"{path}.events", value=event)
    if not events:
        raise invalid("events is to be an array", api_name="events", json_path=f"{path}.events")


def _watches(channel: Row, module: str, event: str) -> bool:
    for watched in texts(channel, "events") or []:
        name, _, operation = watched.partition(".")
        if name == module and (operation == "all" or event in _OPERATIONS[operation]):
            return True
    return False


def _is_selected(channel: Row, event: str, values: Row) -> bool:
    conditions = parts(channel, "notification_condition") or []
    if event != "update" or not conditions:
        return True
    for condition in conditions:
        selection = part(condition, "field_selection")
        names = [word(part(one, "field"), "api_name") for one in parts(selection, "group") or []]
        hits = [name in values for name in names]
        if any(hits) if selection.get("group_operator") == "or" else all(hits):
            return True
    return False
