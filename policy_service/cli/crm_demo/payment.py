"""The last step of the walk: a customer pays over there, and what that changes here and there."""

from policy_service.cli.crm_demo import paying, writing
from policy_service.cli.crm_demo.company import Company
from policy_service.cli.crm_demo.connecting import pull
from policy_service.cli.crm_demo.debtors import text_of
from policy_service.cli.crm_demo.deciding import approve_waiting, review, standing_of
from policy_service.cli.crm_demo.over_there import otherwise, rows_there
from policy_service.cli.crm_demo.stand_ins import StandIn
from policy_service.cli.crm_demo.telling import Telling, counted
from policy_service.cli.wording import money, word
from policy_service.domain.outcomes import Outcome
from policy_service.services.orders.wording import reasons_of
from policy_service.storage.order_store import StoredOrder
from policy_service.storage.standing_store import StoredStanding


def pays(telling: Telling, company: Company, fxiaoke: StandIn) -> bool:
    """Let a customer pay what is past due, and tell what becomes of it; return whether all is as decided in the end."""
    title = telling.title(fxiaoke.system)
    telling.step("A customer pays, in {title}", title=title)
    rows = rows_there(company, fxiaoke)
    debtor = paying.who_pays(company, [row.customer_id for row in rows])
    if debtor is None:
        telling.line("Nobody owes anything past due there, so nobody pays.")
        return True
    before = paying.order(company, debtor)
    telling.line(
        "{customer} owes {amount} {currency} past due, up to {days:,} days, and orders for {ordered}: {outcome}",
        customer=debtor.name,
        amount=money(text_of(debtor.amount, company)),
        currency=before.currency,
        days=debtor.days,
        ordered=money(paying.ORDERED),
        outcome=_outcome(telling, before),
    )
    _tell_reasons(telling, before)
    amount = paying.pay(company, fxiaoke, debtor)
    pulled = pull(company, fxiaoke, telling.say("Pulling {title}", title=title))
    entered = {"title": title, "amount": money(amount), "count": len(debtor.items)}
    telling.line(
        "In {title} a receipt of {amount} is entered and applied to what is past due (instalments: {count:,}).",
        **entered,
    )
    came = {"calls": pulled.calls, "rows": pulled.run.rows, "changes": pulled.changes}
    telling.line("It is pulled: {calls:,} calls, {rows:,} rows, {changes:,} changes in the ledger.", **came)
    after = paying.order_now(company)
    telling.line("The order is decided again by itself: {outcome}", outcome=_outcome(telling, after))
    _tell_reasons(telling, after)
    review(company, debtor.customer_id)
    approved = approve_waiting(company, telling.say("As the review proposes."))
    if approved:
        telling.line("Approved by {people}; nobody approves what they proposed.", people=counted(approved))
    _tell_review(telling, debtor.standing, standing_of(company, debtor.customer_id))
    run = writing.write(company, fxiaoke, telling.say("Writing to {title}", title=title))
    telling.line("Written back: {written:,} of {rows:,} rows.", written=run.written, rows=run.rows)
    return telling.whether_all_is_as_decided(fxiaoke, otherwise(company, fxiaoke), len(rows))


def _outcome(telling: Telling, order: StoredOrder) -> str:
    return word(Outcome(order.outcome), telling.language)


def _tell_reasons(telling: Telling, order: StoredOrder) -> None:
    for reason in reasons_of(order):
        titles = reason.get("title")
        title = titles.get(telling.language) if isinstance(titles, dict) else ""
        telling.text(f"- {title or reason['code']} [{reason.get('rule_set', '')} {reason.get('row', '')}]")


def _tell_review(telling: Telling, before: StoredStanding, after: StoredStanding) -> None:
    was, now = _standing(telling, before), _standing(telling, after)
    if was == now:
        telling.line("Reviewed again: it stays {before}.", before=was)
    else:
        telling.line("Reviewed again: {before} becomes {after}.", before=was, after=now)


def _standing(telling: Telling, standing: StoredStanding) -> str:
    outputs = standing.outputs
    limit = outputs.get("credit_limit")
    return telling.say(
        "grade {grade}, limit {limit}, {term} days",
        grade=outputs.get("grade", "–"),
        limit=money(limit) if limit else telling.say("no limit"),
        term=outputs.get("payment_term_days", "–"),
    )
