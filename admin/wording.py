"""What a person reads of an error, a word of the system or a place of the policy, in their language."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from flask_babel import LazyString, lazy_gettext

from admin.languages import short_language
from policy_service.chinese.wording import in_chinese, place_in_chinese
from policy_service.domain.errors import Place, PolicyServiceError

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
        # Those that only the shipped policies name.
        "accounts_receivable": lazy_gettext("accounts receivable"),
        "bookkeeper": lazy_gettext("bookkeeper"),
        "key_account_manager": lazy_gettext("key account manager"),
        "owner": lazy_gettext("owner of the company"),
        "owner_manager": lazy_gettext("managing owner"),
        "sales_head": lazy_gettext("head of sales"),
        "general_manager": lazy_gettext("general manager"),
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
        "remind": lazy_gettext("remind"),
        "call": lazy_gettext("call"),
        "visit": lazy_gettext("visit"),
        "demand": lazy_gettext("demand payment"),
        "propose_legal": lazy_gettext("propose legal action"),
        "hand_over_to_agency": lazy_gettext("hand over to an agency"),
        "first_letter": lazy_gettext("first letter"),
        "second_letter": lazy_gettext("second letter"),
        "last_letter": lazy_gettext("last letter"),
        "final_demand": lazy_gettext("final demand"),
        "management_meeting": lazy_gettext("meeting of the managements"),
        "first_notice": lazy_gettext("first notice"),
        "contact_customer": lazy_gettext("contact the customer"),
        "block_orders": lazy_gettext("block orders"),
        "settle_dispute": lazy_gettext("settle the dispute"),
        "notify_insurer": lazy_gettext("notify the insurer"),
        "management_call": lazy_gettext("call by the management"),
        "claim_from_insurer": lazy_gettext("claim from the insurer"),
        "letter": lazy_gettext("letter"),
        "phone": lazy_gettext("telephone"),
        "email": lazy_gettext("e-mail"),
        "agency": lazy_gettext("agency"),
        "sms": lazy_gettext("text message"),
        "portal": lazy_gettext("portal"),
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
        "pull_connection": lazy_gettext("pull from another system"),
        "push_connection": lazy_gettext("write-back into another system"),
        "intended": lazy_gettext("about to be sent"),
        "refused": lazy_gettext("refused"),
        "uncertain": lazy_gettext("uncertain"),
        "stopped": lazy_gettext("stopped"),
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
        "customers": lazy_gettext("customer"),
        "rates": lazy_gettext("exchange rate"),
        "standings": lazy_gettext("standing"),
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
    place = _place_said(error.place)
    if short_language() == "zh":
        return (f"{place}：" if place else "") + in_chinese(error.message) + in_chinese(error.remedy)
    return (f"{place}: " if place else "") + f"{error.message} {error.remedy}".strip()


def _place_said(place: Place) -> str:
    # A folder of the server is nobody's business.
    shown = replace(place, file=Path(place.file).name) if place.file else place
    return place_in_chinese(shown) if short_language() == "zh" else str(shown)


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
    if not detail:
        return title
    return f"{title}（{in_chinese(detail)}）" if short_language() == "zh" else f"{title} ({detail})"
