"""Which column of a company's own file is which of the ledger's, as far as headings tell; in English and Chinese."""

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final, TypeAlias

from policy_service.ledger.columns import Table
from policy_service.ledger.mapped_columns import DATE_FORMATS, ISO_FORMAT

#: A column of the ledger that a mapped file may fill.
Target: TypeAlias = tuple[Table, str]

_SAID: Final[Mapping[Target, str]] = MappingProxyType(
    {
        (Table.INVOICES, "invoice_id"): "invoice id|invoice no|invoice number|invoice|inv no|document no|"
        "document number|doc no|voucher no|bill no|发票号|发票号码|发票编号|单据号|单据编号|凭证号|应收单号",
        (Table.INVOICES, "customer_id"): "customer id|customer no|customer number|customer code|cust id|cust no|"
        "account|account no|client id|debtor|客户编号|客户编码|客户代码|客户号|购方编号",
        (Table.INVOICES, "issue_date"): "issue date|invoice date|document date|doc date|posting date|issued|issued on|"
        "date|开票日期|发票日期|单据日期|记账日期|业务日期",
        (Table.INVOICES, "due_date"): "due date|due|due on|payment due|payment due date|net due date|maturity|"
        "到期日|到期日期|应收到期日|应付款日|付款到期日",
        (Table.INVOICES, "amount"): "amount|invoice amount|gross amount|gross|total|total amount|open amount|"
        "金额|发票金额|价税合计|应收金额|含税金额|本币金额",
        (Table.INVOICES, "currency"): "currency|ccy|currency code|invoice currency|币种|货币|币别",
        (Table.INVOICES, "order_id"): "order id|order no|order number|sales order|so no|订单号|订单编号|销售订单号",
        (Table.INVOICES, "order_date"): "order date|ordered on|订单日期|下单日期",
        (Table.PAYMENTS, "date"): "payment date|paid on|clear date|clearing date|settled date|settlement date|"
        "cleared on|date paid|回款日期|收款日期|到账日期|核销日期|付款日期",
        (
            Table.PAYMENTS,
            "amount",
        ): "paid amount|payment amount|amount paid|cleared amount|回款金额|收款金额|实收金额|核销金额",
        (
            Table.CUSTOMERS,
            "name",
        ): "customer name|name|name customer|account name|client name|company|客户名称|客户|购方名称|公司名称",
        (
            Table.CUSTOMERS,
            "segment",
        ): "segment|business code|customer group|sales area|客户分类|客户类别|客户细分|客户组",
        (Table.CUSTOMERS, "industry"): "industry|sector|branch|行业|所属行业",
        (Table.CUSTOMERS, "country"): "country|country code|国家|国别|国家地区",
        (Table.CUSTOMERS, "since"): "customer since|since|合作日期|建档日期|开户日期",
        (Table.CUSTOMERS, "parent_id"): "parent id|parent|group id|parent customer|上级客户|母公司编号|集团编号",
    }
)
#: Every column that a mapped file may fill, in the order in which people are asked for them.
TARGETS: Final[tuple[Target, ...]] = tuple(_SAID)
#: Without these there is no invoice.
NEEDED: Final = frozenset(
    (Table.INVOICES, name) for name in ("invoice_id", "customer_id", "issue_date", "due_date", "amount")
)
_SIGNS: Final = re.compile(r"[\s_\-./()（）#:：]+")
_WORD: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def proposed(header: Sequence[str]) -> Mapping[Target, str]:
    """Return the heading that each column of the ledger most likely stands under, none where no heading says so.

    Signs, blanks and capitals make no difference; a heading is proposed once.
    """
    plain: dict[str, str] = {}
    for heading in header:
        plain.setdefault(plain_heading(heading), heading)
    found: dict[Target, str] = {}
    for target, said in _SAID.items():
        ways = (plain_heading(way) for way in said.split("|"))
        free = [plain[way] for way in ways if way in plain and plain[way] not in found.values()]
        if free:
            found[target] = free[0]
    return found


def date_format_of(cells: Sequence[str]) -> str:
    """Return the first form of dates that all filled cells have; that of the ledger where none fits."""
    filled = [cell for cell in cells if cell]
    fitting = (name for name, form in DATE_FORMATS.items() if filled and all(form.fullmatch(cell) for cell in filled))
    return next(fitting, ISO_FORMAT)


def plain_heading(heading: str) -> str:
    """Return a heading without the signs, blanks and capitals that make no difference."""
    return _SIGNS.sub("", _WORD.sub(" ", heading.strip())).casefold()
