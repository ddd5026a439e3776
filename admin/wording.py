"""What a person reads of an error, a word of the system or a place of the policy, in their language."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from flask_babel import LazyString, lazy_gettext

from admin.languages import short_language
from policy_service.domain.errors import PolicyServiceError

#: Errors that people meet when they sign in; in English the error speaks for itself.
_IN_CHINESE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "A411": "用户名与密码不符。请重试，或联系管理员。",
        "A412": "该密码目前不能使用：一次性密码已过期，或尚需另一位管理员确认。请联系管理员。",
        "A413": "连续输错密码次数过多。请十五分钟后再试，或联系管理员。",
        "A429": "一分钟内尝试次数过多。请稍后再试。",
        "A403": "您无权执行此操作。如需要，请联系管理员授予相应角色。",
        "A405": "任何人不得决定自己的角色，须由另一位有权管理人员的人办理。",
        "A406": "任何人不得确认自己提出的事项，须由另一人确认。",
        "A407": "密钥的权限不得超出您本人的权限。请去掉超出的权限。",
        "A408": "他人的密钥只能由其本人操作；管理员只可吊销。",
        "A415": "任何人不得给自己发放或确认密码，须由另一人办理。",
        "R411": "该角色目前不处于可如此处理的状态。请重新打开页面查看。",
        "R412": "该人员已停用。请先重新启用。",
        "R416": "用户名不符合要求：只用小写字母和数字，中间可有单个点、短横线或下划线，例如 a.chen。",
        "R419": "如此一来，有权管理人员的人将不足两位。请先让第三人具备该权限。",
        "R420": "该角色与此人已有的角色不相容：写入账簿与放行订单不得由同一人兼任。",
        "R489": "目前没有待第二人确认的密码。",
        "S208": "在您查看之后，他人已作修改。页面已更新，请核对后重试。",
        "S209": "找不到该内容，可能已被删除。",
        "R417": "该设置不能取此值。请按所示格式填写。",
        "S226": "该设置已有一项待确认的修改。请先同意或撤回。",
        "S227": "该提请已处理，或提请人已无权修改设置。请重新提请。",
        "R471": "该地址不能接收事件。请填写 https 地址，端口 443、8443、80 或 1024 以上。",
        "R472": "找不到该主机名的地址。请更正或稍后再试。",
        "R473": "该主机不是公网地址。请改用公网地址，或由运维人员在 WEBHOOK_ALLOWED_NETWORKS 中列出其网段。",
        "R474": "该推送已关闭。请先开启再测试。",
        "R475": "该事件仍在等待发送。",
        "A451": "该任务由他人发起，须由发起人或有权执行日终处理的人取消。",
        "R407": "没有该列映射。请从列表中选择。",
        "R484": "尚无法确定账簿币种。请先使一项政策生效，再导入。",
        "R487": "不是账簿文件，或同一张表重复。请以表名命名，如 customers.csv；格式为 .csv、.xlsx 或 .parquet。",
        "R418": "该密钥的有效期已过。请选择今后的日期，或不填。",
        "S221": "该密钥已轮换过，请轮换接替它的密钥。",
        "S225": "该密钥已失效，请新建一个。",
        "S220": "该用户名已被占用，请换一个。",
        "S224": "该角色已授予或已在提请中。",
        "R488": "新密码不符合要求：须为 12 至 200 个字符，不含用户名，不与旧密码相同，两次输入一致。",
    }
)

#: Roles as people call them.
ROLES: Final[Mapping[str, LazyString]] = MappingProxyType(
    {
        "viewer": lazy_gettext("viewer"),
        "system": lazy_gettext("system"),
        "sales": lazy_gettext("sales"),
        "collector": lazy_gettext("collector"),
        "analyst": lazy_gettext("analyst"),
        "credit_manager": lazy_gettext("credit manager"),
        "finance_head": lazy_gettext("head of finance"),
        "approver": lazy_gettext("approver"),
        "emergency": lazy_gettext("emergency"),
        "admin": lazy_gettext("administrator"),
        "auditor": lazy_gettext("auditor"),
    }
)

#: Words that the service stores and people read: states, causes, outcomes, kinds.
WORDS: Final[Mapping[str, LazyString]] = MappingProxyType(
    {
        "approve": lazy_gettext("approved"),
        "hold": lazy_gettext("on hold"),
        "prepay": lazy_gettext("paid in advance"),
        "refer": lazy_gettext("referred"),
        "decline": lazy_gettext("declined"),
        "open": lazy_gettext("open"),
        "held": lazy_gettext("held"),
        "released": lazy_gettext("released"),
        "cancelled": lazy_gettext("cancelled"),
        "invoiced": lazy_gettext("invoiced"),
        "amended": lazy_gettext("amended"),
        "decision": lazy_gettext("by the decision"),
        "declined": lazy_gettext("declined by the rules"),
        "released_by_person": lazy_gettext("released by a person"),
        "released_by_recheck": lazy_gettext("released when checked again"),
        "referred": lazy_gettext("referred to a person"),
        "booked": lazy_gettext("in the ledger"),
        "draft": lazy_gettext("draft"),
        "seeded": lazy_gettext("shipped with the service"),
        "edited": lazy_gettext("edited"),
        "submitted": lazy_gettext("handed in"),
        "approval": lazy_gettext("approved by one"),
        "approved": lazy_gettext("approved"),
        "changes_wanted": lazy_gettext("changes wanted"),
        "rejected": lazy_gettext("rejected"),
        "comment": lazy_gettext("comment"),
        "scheduled": lazy_gettext("on the schedule"),
        "rescheduled": lazy_gettext("scheduled anew"),
        "unscheduled": lazy_gettext("off the schedule"),
        "active": lazy_gettext("in force"),
        "retired": lazy_gettext("no longer in force"),
        "retirement": lazy_gettext("to end"),
        "retirement_withdrawn": lazy_gettext("not to end"),
        "rolled_back": lazy_gettext("rolled back"),
        "error": lazy_gettext("error"),
        "warning": lazy_gettext("warning"),
        "note": lazy_gettext("note"),
        "age_not_due": lazy_gettext("not due yet"),
        "age_1_30": lazy_gettext("1 to 30"),
        "age_31_60": lazy_gettext("31 to 60"),
        "age_61_90": lazy_gettext("61 to 90"),
        "age_over_90": lazy_gettext("over 90"),
        "owed_exposure": lazy_gettext("Exposure"),
        "owed_open_balance": lazy_gettext("Open invoices"),
        "owed_overdue": lazy_gettext("Overdue beyond grace"),
        "owed_disputed": lazy_gettext("Disputed"),
        "owed_unapplied_cash": lazy_gettext("Cash not applied"),
        "owed_open_orders": lazy_gettext("Open orders"),
        "owed_unmatured_bills": lazy_gettext("Bills not yet due"),
        "owed_not_due": lazy_gettext("Not due yet"),
        "owed_days_1_30": lazy_gettext("1 to 30 days past due"),
        "owed_days_31_60": lazy_gettext("31 to 60 days past due"),
        "owed_days_61_90": lazy_gettext("61 to 90 days past due"),
        "owed_days_over_90": lazy_gettext("More than 90 days past due"),
        "due_review": lazy_gettext("the day of the next review has come"),
        "due_limit": lazy_gettext("the limit has run out"),
        "due_referred": lazy_gettext("the latest review was referred to a person"),
        "due_never_reviewed": lazy_gettext("recorded elsewhere, never reviewed here"),
        "step_fired": lazy_gettext("fired"),
        "step_proposed": lazy_gettext("waits for a word"),
        "step_refused": lazy_gettext("refused"),
        "step_passed_over": lazy_gettext("passed over"),
        "step_lapsed": lazy_gettext("paid before anybody decided"),
        "by_phone": lazy_gettext("telephone"),
        "by_email": lazy_gettext("e-mail"),
        "by_letter": lazy_gettext("letter"),
        "by_visit": lazy_gettext("visit"),
        "by_sms": lazy_gettext("text message"),
        "by_other": lazy_gettext("another way"),
        "noted_note": lazy_gettext("note"),
        "noted_contact": lazy_gettext("contact"),
        "noted_promise": lazy_gettext("promise"),
        "noted_dispute": lazy_gettext("dispute"),
        "noted_assignment": lazy_gettext("assignment"),
        "noted_deadline": lazy_gettext("deadline"),
        "closed": lazy_gettext("closed"),
        "unique": lazy_gettext("unique"),
        "any": lazy_gettext("any"),
        "priority": lazy_gettext("priority"),
        "first": lazy_gettext("first"),
        "rule_order": lazy_gettext("rule order"),
        "output_order": lazy_gettext("output order"),
        "collect": lazy_gettext("collect"),
        "money": lazy_gettext("money"),
        "number": lazy_gettext("number"),
        "integer": lazy_gettext("whole number"),
        "days": lazy_gettext("days"),
        "date": lazy_gettext("date"),
        "boolean": lazy_gettext("yes or no"),
        "category": lazy_gettext("word"),
        "order": lazy_gettext("order"),
        "review": lazy_gettext("review"),
        "escalation": lazy_gettext("escalation"),
        "proposed": lazy_gettext("proposed"),
        "granted": lazy_gettext("granted"),
        "withdrawn": lazy_gettext("withdrawn"),
        "agreed": lazy_gettext("agreed"),
        "running": lazy_gettext("under way"),
        "done": lazy_gettext("done"),
        "failed": lazy_gettext("failed"),
        "run_day": lazy_gettext("run of a day"),
        "recheck_orders": lazy_gettext("check of held orders"),
        "import_ledger": lazy_gettext("import into the ledger"),
        "simulation": lazy_gettext("simulation"),
        "sweep": lazy_gettext("sweep of parameters"),
        "seek": lazy_gettext("search for parameters"),
        "waiting": lazy_gettext("waiting"),
        "set_aside": lazy_gettext("waiting out of turn"),
        "delivered": lazy_gettext("delivered"),
        "dead": lazy_gettext("given up"),
        "decisions": lazy_gettext("decisions"),
        "audit": lazy_gettext("audit trail"),
        "counts": lazy_gettext("counts"),
        "expired": lazy_gettext("expired"),
        "revoked": lazy_gettext("revoked"),
        "no_password": lazy_gettext("none: this person cannot sign in"),
        "own_password": lazy_gettext("chosen by this person"),
        "given_password": lazy_gettext("a one-time password that has not been used"),
        "password_waits": lazy_gettext("a one-time password that waits for a second person"),
        "password_over": lazy_gettext("a one-time password that is used or has expired"),
        "in_force": lazy_gettext("in force"),
        "ended": lazy_gettext("ended"),
        "net": lazy_gettext("net"),
        "end_of_month": lazy_gettext("end of month"),
        "prepayment": lazy_gettext("prepayment"),
        "live": lazy_gettext("counted"),
        "dry_run": lazy_gettext("tried out"),
        "shadow": lazy_gettext("beside the live one"),
        "ledger": lazy_gettext("ledger"),
        "built_in": lazy_gettext("worked out"),
        "customer": lazy_gettext("customer file"),
        "request": lazy_gettext("request"),
        "standing": lazy_gettext("standing"),
        "open_balance": lazy_gettext("open invoices"),
        "open_orders": lazy_gettext("open orders"),
        "unmatured_bills": lazy_gettext("bills not yet due"),
        "unapplied_cash": lazy_gettext("cash not applied"),
        "insured": lazy_gettext("insured part"),
        "invoices": lazy_gettext("invoice"),
        "orders": lazy_gettext("order"),
        "payments": lazy_gettext("payment"),
        "adjustments": lazy_gettext("credit note or write-off"),
        "disputes": lazy_gettext("dispute"),
        "promises": lazy_gettext("promise"),
        "events": lazy_gettext("event"),
        "decision_table": lazy_gettext("decision table"),
        "scorecard": lazy_gettext("scorecard"),
        "formula": lazy_gettext("formulas"),
        "ladder": lazy_gettext("ladder"),
        "rows": lazy_gettext("Rows"),
        "knock_outs": lazy_gettext("Knock-outs"),
        "bands": lazy_gettext("Bands"),
        "triggers": lazy_gettext("Triggers"),
        "stands_for": lazy_gettext("For whom it stands"),
        "otherwise": lazy_gettext("otherwise"),
        "override": lazy_gettext("A person's word over the rules"),
        "missing_fact": lazy_gettext("A fact is missing"),
        "no_rule_matched": lazy_gettext("No rule fits"),
        "engine_fault": lazy_gettext("The engine failed"),
        "altered": lazy_gettext("altered"),
        "unreadable": lazy_gettext("unreadable"),
        "missing": lazy_gettext("taken out"),
        "misplaced": lazy_gettext("moved"),
        "truncated": lazy_gettext("taken off the end"),
        "other_head": lazy_gettext("another end"),
        "seal_forged": lazy_gettext("seal forged"),
        "seal_taken_out": lazy_gettext("seal taken out"),
        "seal_contradicted": lazy_gettext("written anew after it was sealed"),
    }
)


def said(error: PolicyServiceError) -> str:
    """Return what a person is told of an error: what was found, where, and what to do."""
    if short_language() == "zh" and error.code in _IN_CHINESE:
        return _IN_CHINESE[error.code]
    place = f"{error.place}: " if str(error.place) else ""
    return f"{place}{error.message} {error.remedy}".strip()


def role_said(role: str) -> str:
    """Return a role as people call it; one that only a policy names is called as it is there."""
    return str(ROLES.get(role, role.replace("_", " ")))


def word_said(word: str) -> str:
    """Return a word of the service as people read it; one without a wording stands as it is stored."""
    return str(WORDS.get(word, word.replace("_", " ")))


def titled(reason: Mapping[str, Any]) -> str:
    """Return the title of a recorded reason in the language of the page, with what it says of this case."""
    title = (reason.get("title") or {}).get(short_language()) or word_said(str(reason.get("code", "")))
    detail = reason.get("detail")
    return f"{title} ({detail})" if detail else title
