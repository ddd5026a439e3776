"""The open API of Fxiaoke: always POST, always HTTP 200, and a token in every body."""

import json
import secrets
from collections.abc import Callable
from typing import Final

from policy_service.sample_crms.clock import SECOND, Window
from policy_service.sample_crms.company import Company
from policy_service.sample_crms.faults import Fault
from policy_service.sample_crms.fxiaoke import asking, callback, describing, errors, rows, writing
from policy_service.sample_crms.fxiaoke.errors import bad, refusal
from policy_service.sample_crms.fxiaoke.objects import ADMIN, FIRST_NEW, SELLERS, Object, row_id
from policy_service.sample_crms.fxiaoke.querying import DEEP, Query, found
from policy_service.sample_crms.fxiaoke.showing import shown
from policy_service.sample_crms.speaking import Answer, Asked, Refusal, answer, part, texts, word
from policy_service.sample_crms.system import Notice, StandIn
from policy_service.sample_crms.table import Held, Row, Tables

_STANDARD: Final = "/cgi/crm/v2/data/"
_CUSTOM: Final = "/cgi/crm/custom/v2/data/"
_SIGN_IN: Final = {
    "appId": "FSAID_sample",
    "appSecret": "sample-of-an-app-secret",
    "permanentCode": "sample-of-a-permanent-code",
}
_CORP: Final = "FSCID_SAMPLE"
_MOBILES: Final = {"13800000000": ADMIN, "13800000001": SELLERS[0], "13800000002": SELLERS[1]}
_WRITES: Final[dict[str, Callable[[StandIn, Row, bool], Row]]] = {
    "create": writing.created,
    "update": writing.updated,
    "invalid": writing.invalidated,
    "delete": writing.deleted,
}


class Fxiaoke(StandIn):
    """Fxiaoke at one origin.

    Settings: `per_20_seconds`, `token_lives_s`, `allows_unsure_operators`, `callback_url` (told of every change).
    """

    callback_token = "sample-callback"  # noqa: S105
    aes_key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"

    def __init__(self, company: Company, settings: Row) -> None:
        super().__init__(company, settings)

    def fill(self) -> Tables:
        """Return the rows of every object."""
        return rows.fill(self.company)

    def begin(self) -> None:
        """Forget tokens and what was used of the limit."""
        self._tokens: dict[str, int] = {}
        self._window = Window(20 * SECOND)
        self._new = FIRST_NEW

    def expire_tokens(self) -> None:
        """Let every token expire."""
        self._tokens.clear()

    def credentials(self) -> Row:
        """Return what one needs to sign in, and to check callbacks."""
        return {
            **_SIGN_IN,
            "corpId": _CORP,
            "currentOpenUserId": ADMIN,
            "mobile": next(iter(_MOBILES)),
            "callback_token": self.callback_token,
            "encodingAesKey": self.aes_key,
        }

    def new_id(self, object_name: str) -> str:
        """Return the id of a new row."""
        self._new += 1
        return row_id(object_name, self._new)

    def name_of(self, row: Held) -> str:
        """Return what users call a row."""
        return str(row.body.get("name", ""))

    def invalidate(self, object_name: str, row_id: str) -> None:
        """Make a row invalid."""
        self.tables[object_name].change(row_id, {"life_status": "invalid"}, self.clock.now())
        self.tell(object_name, "update", {row_id: {"life_status": "invalid"}})

    def tell(self, object_name: str, event: str, changed: dict[str, Row]) -> None:
        """Tell the `callback_url` of the settings; what such a message holds is not in the text."""
        url = self.settings.get("callback_url")
        if isinstance(url, str) and url:
            about = {"objectApiName": object_name, "event": event, "ids": list(changed)}
            self._call_back({"url": url, "content": json.dumps(about)})

    def control(self, verb: str, document: Row) -> Row:
        """Send an event: to `url`, of a `type`, with `content`; `forge` replaces members of the body."""
        if verb != "callback":
            raise KeyError(verb)
        return {"body": self._call_back(document)}

    def instead(self, fault: Fault) -> Answer:
        """Return the answer of Fxiaoke to a fault."""
        codes = {"throttled": errors.THROTTLED, "authentication_failure": errors.CORP_TOKEN}
        code = fault.options.get("code", codes.get(fault.kind, errors.BAD_REQUEST))
        return answer(200, errors.body(code if isinstance(code, int) else errors.BAD_REQUEST, fault.kind))

    def answer(self, asked: Asked) -> Answer:
        """Answer a call."""
        try:
            made = self._answered(asked)
        except Refusal as refused:
            raise Refusal(_spoken(refused.answer, asked), refused.reason) from refused
        return _spoken(made, asked)

    def _answered(self, asked: Asked) -> Answer:
        if not self._window.take(self.clock.now(), self.most("per_20_seconds", 100)):
            raise refusal(errors.THROTTLED, "called too often")
        self.journal.credits += 1
        document = asked.document()
        if asked.method != "POST" or document is None or asked.query:
            raise bad("every call is a POST with a JSON object")
        if asked.path == "/cgi/corpAccessToken/get/V2":
            return answer(200, self._token(document))
        self._check_token(document)
        match asked.path:
            case "/cgi/user/getByMobile":
                user = _MOBILES.get(word(document, "mobile"))
                people = [{"openUserId": user, "mobile": document["mobile"]}] if user else []
                return _done({"empList": people})
            case "/cgi/message/send":
                return self._message(document)
        user = word(document, "currentOpenUserId")
        if user not in _MOBILES.values():
            raise refusal(errors.NOT_ALLOWED, "currentOpenUserId is missing or nobody's")
        return self._crm(asked, document, user)

    def _crm(self, asked: Asked, document: Row, user: str) -> Answer:
        match asked.path:
            case "/cgi/crm/v2/object/list":
                return _done({"data": describing.listed()})
            case "/cgi/crm/v2/object/describe":
                return _done({"data": describing.described(document)})
            case "/cgi/crm/data/query":
                return self._queried_as_before(asked, asking.old_query_of(document), user)
        is_custom = asked.path.startswith(_CUSTOM)
        verb = asked.path.removeprefix(_CUSTOM if is_custom else _STANDARD)
        if verb == "query":
            allows = self.is_on("allows_unsure_operators")
            return self._queried(asked, asking.query_of(document, is_custom, allows), user)
        if verb == "get":
            data = part(document, "data")
            of = asking.object_named(word(data, "dataObjectApiName"), is_custom)
            row = writing.existing(self, of, word(data, "objectDataId"))
            return _done({"data": self._shown(row, of, tuple(of.fields), asked)})
        if verb not in _WRITES:
            raise bad(f"there is no {asked.path}")
        return _done(_WRITES[verb](self, document, is_custom))

    def _queried(self, asked: Asked, query: Query, user: str) -> Answer:
        page, total, delay = self._page(asked, query, user)
        data = {"total": total, "offset": query.offset, "limit": query.limit, "dataList": page}
        return _done({"data": data}, delay)

    def _queried_as_before(self, asked: Asked, query: Query, user: str) -> Answer:
        page, total, delay = self._page(asked, query, user)
        return answer(200, {"errorCode": 0, "totalNumber": total, "datas": page}, delay)

    def _page(self, asked: Asked, query: Query, user: str) -> tuple[list[Row], int, float]:
        chosen, total = found(self.tables[query.of.name], query, user)
        slow = asked.shapes.get("slow_deep_offsets")
        delay = 0.0
        if query.offset >= DEEP:
            self.journal.deep_offsets += 1
            each = slow.get("seconds_per_1000", 0.5) if slow is not None else 0
            delay = (float(each) if isinstance(each, int | float) else 0.0) * query.offset / 1000
        return [self._shown(row, query.of, query.fields, asked) for row in chosen], total, delay

    def _shown(self, row: Held, of: Object, fields: tuple[str, ...], asked: Asked) -> Row:
        return shown(self.tables, row, of, fields, asked)

    def _token(self, document: Row) -> Row:
        self.journal.token_requests += 1
        if any(document.get(name) != wanted for name, wanted in _SIGN_IN.items()):
            raise refusal(errors.BAD_SECRET, "appId, appSecret or permanentCode is wrong")
        lives = self.most("token_lives_s", 7200)
        token = secrets.token_hex(16)
        self._tokens[token] = self.clock.now() + lives * SECOND
        given = {"corpAccessToken": token, "corpId": _CORP, "expiresIn": lives}
        return {"errorCode": 0, "errorMessage": "success", **given}

    def _check_token(self, document: Row) -> None:
        until = self._tokens.get(word(document, "corpAccessToken"), 0)
        if until <= self.clock.now():
            raise refusal(errors.CORP_TOKEN, "the corpAccessToken is missing or has expired")
        if document.get("corpId") != _CORP:
            raise refusal(errors.NOT_ALLOWED, "corpId is missing or another's")

    def _message(self, document: Row) -> Answer:
        users = texts(document, "toUser")
        content = word(part(document, "text"), "content")
        if not users or any(one not in _MOBILES.values() for one in users):
            raise bad("toUser is to be an array of users")
        if document.get("msgType") != "text" or not content:
            raise bad("msgType is to be text, with a text.content")
        self.journal.write("message", ",".join(users), "send", {"content": content}, fires_workflows=False)
        return _done({})

    def _call_back(self, document: Row) -> Row:
        now = str(document.get("timeStamp", self.clock.now()))
        nonce = str(document.get("nonce", secrets.token_hex(6)))
        message = callback.message_of(word(document, "type") or "Message", word(document, "content"))
        body = callback.event(message, self.callback_token, self.aes_key, now, nonce, secrets.token_bytes(16))
        body |= part(document, "forge")
        self.outbox.append(Notice(word(document, "url"), json.dumps(body).encode(), {"nonce": nonce}, wants="success"))
        return body


def _done(more: Row, delay: float = 0.0) -> Answer:
    return answer(200, {"errorCode": 0, "errorMessage": "OK", **more}, delay)


def _spoken(made: Answer, asked: Asked) -> Answer:
    if "code_and_msg" not in asked.shapes:
        return made
    found = json.loads(made.body)
    told = {"code": found.pop("errorCode"), "msg": found.pop("errorMessage", "")}
    return answer(200, {**told, **found}, made.delay)
