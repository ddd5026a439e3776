"""What objects and fields of other systems are called that hold what the ledger needs, in English and Chinese."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from policy_service.ledger.columns import Table
from policy_service.ledger.headings import plain_heading

_OBJECTS: Final[Mapping[Table, str]] = {
    Table.CUSTOMERS: "accounts|account|customers|customer|clients|debtors|客户|客户档案|客户管理|往来单位",
    Table.ORDERS: "sales orders|sales order|orders|order|销售订单|订单",
    Table.INVOICES: "invoices|invoice|receivables|accounts receivable note|payment plan|sales invoices|bills|"
    "应收单|应收|应收款|发票|销售发票|开票|回款计划|收款计划",
    Table.PAYMENTS: "payments|customer payments|receipts|receipt|payment|order payment|"
    "回款明细|回款|收款单|收款|到款|收款记录",
}
#: By what other rows name a customer: a code says more than a name.
_CUSTOMER: Final = (
    "account id|customer id|customer number|customer no|customer code|account number|客户编号|客户编码|客户代码|客户号|"
    "account name|customer|account|客户|客户名称"
)
_FIELDS: Final[Mapping[Table, Mapping[str, str]]] = {
    Table.CUSTOMERS: {
        "customer_id": "id|customer id|account id|customer number|customer no|customer code|account number|客户编号|"
        "客户编码|客户代码|客户号",
        "name": "name|account name|customer name|company name|客户名称|公司名称|名称",
        "segment": "account type|segment|customer group|account level|客户级别|客户分类|客户类别|客户等级",
        "industry": "industry|sector|industry level1|行业|所属行业|一级行业",
        "country": "billing country|country|国家|国家地区|开票国家",
        "since": "customer since|since|合作日期|建档日期|首次合作日期",
        "parent_id": "parent account|parent|parent customer|上级客户|母公司|集团客户",
        "currency": "currency|currency code|币种|货币",
        "valid_from": "valid from|effective from|effective date|生效日期|有效期起",
    },
    Table.ORDERS: {
        "order_id": "id|order id|order number|order no|订单编号|订单号|销售订单编号",
        "customer_id": _CUSTOMER,
        "date": "order time|order date|date|下单日期|下单时间|订单日期",
        "amount": "order amount|grand total|total|amount|销售订单金额|订单金额|金额",
        "currency": "currency|currency code|币种",
    },
    Table.INVOICES: {
        "invoice_id": "id|invoice id|invoice number|invoice no|document number|发票号码|发票号|发票编号|应收单号|"
        "应收单编号|单据编号",
        "customer_id": _CUSTOMER,
        "issue_date": "invoice date|issue date|document date|posting date|date|开票日期|发票日期|单据日期|应收日期|"
        "业务日期",
        "due_date": "due date|plan payment time|payment due date|到期日|到期日期|应收到期日|计划回款日期|应付款日",
        "amount": "grand total|total|invoice amount|plan payment amount|amount|价税合计|发票金额|应收金额|"
        "计划回款金额|金额",
        "order_id": "order id|sales order|order number|order no|订单|销售订单|订单编号|订单号",
        "order_date": "order date|order time|下单日期|订单日期",
        "currency": "currency|currency code|币种",
    },
    Table.PAYMENTS: {
        "payment_id": "id|payment id|payment number|payment no|receipt number|receipt no|收款单号|收款单编号|"
        "回款编号|收款编号",
        "date": "payment date|payment time|receipt date|date|paid on|回款日期|收款日期|到账日期|到款日期",
        "amount": "payment amount|amount|receipt amount|本次回款金额|回款金额|收款金额|到账金额|金额",
        "invoice_id": "invoice id|invoice|payment plan id|payment plan|invoice number|invoice no|发票|应收单|回款计划|"
        "发票号|发票号码|发票编号|应收单号",
        "customer_id": _CUSTOMER,
        "instrument": "payment mode|payment term|payment method|回款方式|收款方式|结算方式",
    },
}


def _plain(said: str) -> tuple[str, ...]:
    return tuple(plain_heading(way) for way in said.split("|"))


#: What an object is called that feeds a table, the likeliest first.
OBJECT_NAMES: Final[Mapping[Table, tuple[str, ...]]] = MappingProxyType(
    {table: _plain(said) for table, said in _OBJECTS.items()}
)
#: What a heading of a file of customers is called that fills a fact which many policies declare.
FACT_NAMES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "credit_limit": _plain("credit limit|信用额度|授信额度"),
        "net_worth": _plain("net worth|净资产"),
        "annual_revenue": _plain("annual revenue|年营业额|年收入"),
        "employees": _plain("employees|员工人数|员工数"),
        "registered_capital": _plain("registered capital|注册资本"),
    }
)
#: What a field is called that fills a column, the likeliest first.
FIELD_NAMES: Final[Mapping[Table, Mapping[str, tuple[str, ...]]]] = MappingProxyType(
    {table: {column: _plain(said) for column, said in columns.items()} for table, columns in _FIELDS.items()}
)
