"""The sentences of the demo in English and Chinese; what is named in braces is filled in."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

#: By English. Lines that are too long for one are in parts.
_CHINESE: Final[Mapping[str, str]] = MappingProxyType(
    {
        # What it is, and where.
        "Three CRMs pulled, decided upon and written back to. They are stand-ins: nothing leaves this machine.": (
            "三个 CRM 系统：拉取、决策、回写。它们都是本机上的替身，数据不会离开本机。"
        ),
        "Three systems begin, each a process of its own": "启动三个系统，各为独立进程",
        "process {process}": "进程 {process}",
        "{first} and {second} hold the books of one company, {third} those of another.": (
            "{first} 与 {second} 是同一家公司的账，{third} 是另一家公司的账。"
        ),
        "Each knows {customers:,} customers and {invoices:,} invoices of the three years until {day}.": (
            "各有 {customers:,} 个客户，截至 {day} 三年内各有 {invoices:,} 张发票。"
        ),
        # Connected and pulled.
        "Connected": "建立连接",
        "The mapping that ships for {title}, with the fields of this company:": (
            "{title} 的映射：随产品提供的版本，改用该公司的字段："
        ),
        "The mappings are in {folder}.": "映射文件保存在 {folder}。",
        "Pulled": "拉取数据",
        "Pulling {title}": "正在拉取 {title}",
        "system": "系统",
        "calls": "调用次数",
        "rows": "行数",
        "added": "新增",
        "replaced": "替换",
        "withdrawn": "撤回",
        "left out": "剔除",
        "not used": "未使用",
        "{title} left out {count:,} rows, such as {row}: {found} [{code}]": (
            "{title} 剔除 {count:,} 行，例如 {row}：{found} [{code}]"
        ),
        "Their ids came with another system's rows, which count: both speak of the same customers.": (
            "这些编号已由另一系统带入，以其数据为准：两个系统说的是同一批客户。"
        ),
        "{title}: {count:,} rows of {object} are not used. {why}": "{title}：{object} 中有 {count:,} 行未使用。{why}",
        # Decided.
        "Decided by the policy in force: {policy}": "按现行政策决策：{policy}",
        "Reviewing the customers": "正在评审客户",
        "As the review proposes.": "按评审建议批准。",
        "{person} reviewed {count:,} customers; for {at_once:,} of them it counts at once.": (
            "{person} 评审了 {count:,} 个客户，其中 {at_once:,} 个立即生效。"
        ),
        "{count:,} grant more than an analyst may, and waited for: {roles}.": (
            "{count:,} 个超出专员权限，等待以下角色批准：{roles}。"
        ),
        "Approved by {people}; nobody approves what they proposed.": (
            "批准人：{people}；任何人不得批准自己提出的评审。"
        ),
        "Running the day": "正在执行当日处理",
        "The day was run. Escalation cases opened: {opened:,}{levels}.": (
            "已执行当日处理，新开催收案件 {opened:,} 个{levels}。"
        ),
        "Past due for long, and nobody answers.": "长期逾期，且无人回应。",
        "{person} stops the credit of {customer} of {title}: {amount} past due, up to {days:,} days.": (
            "{person} 停止 {title} 客户 {customer} 的赊销：逾期 {amount}，最长 {days:,} 天。"
        ),
        "grade": "等级",
        "customers": "客户数",
        "limits": "额度合计",
        # Written back.
        "Written back, once a second person has looked": "回写：先由第二人查看",
        "Planning {title}": "正在预演 {title}",
        "A dry run by {one} writes nothing. It would write:": "{one} 预演一次，不写入任何内容。将会写入：",
        "{title}: {planned:,} of {rows:,} rows; tasks: {tasks:,}. For example:": (
            "{title}：{rows:,} 行中的 {planned:,} 行，任务 {tasks:,} 个。例如："
        ),
        "{two} looks at it, is content, and switches the write-back on.": "{two} 查看后认可，并开启回写。",
        "Writing to {title}": "正在回写 {title}",
        "{title}: rows written: {written:,}, refused: {refused:,}; tasks handed over: {tasks:,}.": (
            "{title}：写入 {written:,} 行，被拒 {refused:,} 行，移交任务 {tasks:,} 个。"
        ),
        # What changed.
        "What changed in each, as each says itself": "各系统的变化（由各系统自身读出）",
        "customer": "客户",
        "credit limit": "信用额度",
        "term": "账期（天）",
        "stop credit": "停止赊销",
        "next review": "下次评审",
        "yes": "是",
        "no": "否",
        "{title}: {changed:,} of {count:,} customers changed: {fields}.": (
            "{title}：{count:,} 个客户中有 {changed:,} 个发生变化：{fields}。"
        ),
        "The first {count}:": "前 {count} 个：",
        "{title}: tasks made there: {count:,}, such as: {example}": "{title}：已建 {count:,} 个任务，如：{example}",
        "{title}: messages sent there: {count:,}, such as: {example}": "{title}：已发 {count:,} 条消息，如：{example}",
        "{title} now holds what was decided, in every field of {count:,} customers.": (
            "{title} 现有内容与决策一致：{count:,} 个客户的全部字段均相符。"
        ),
        "{title} holds something else in {count:,} fields (there / decided):": (
            "{title} 有 {count:,} 个字段与决策不符（系统中 / 决策）："
        ),
        "Pulled again: nothing is new": "再次拉取：没有新数据",
        "What was just written comes back once, and changes nothing.": "刚写入的内容会返回一次，不引起任何变化。",
        "calls at first": "首次调用",
        "calls now": "本次调用",
        "rows at first": "首次行数",
        "rows now": "本次行数",
        "changes in the ledger": "账本变化",
        # A payment.
        "A customer pays, in {title}": "客户在 {title} 中付款",
        "Nobody owes anything past due there, so nobody pays.": "没有客户逾期，因此无人付款。",
        "{customer} owes {amount} {currency} past due, up to {days:,} days, and orders for {ordered}: {outcome}": (
            "{customer} 逾期 {amount} {currency}，最长 {days:,} 天，新下订单 {ordered}：{outcome}"
        ),
        "In {title} a receipt of {amount} is entered and applied to what is past due (instalments: {count:,}).": (
            "在 {title} 录入一笔回款 {amount}，核销 {count:,} 期。"
        ),
        "It is pulled: {calls:,} calls, {rows:,} rows, {changes:,} changes in the ledger.": (
            "拉取：调用 {calls:,} 次，{rows:,} 行，账本变化 {changes:,} 条。"
        ),
        "The order is decided again by itself: {outcome}": "订单自动重新决策：{outcome}",
        "Reviewed again: {before} becomes {after}.": "重新评审：由{before} 变为{after}。",
        "Reviewed again: it stays {before}.": "重新评审：仍为{before}。",
        "grade {grade}, limit {limit}, {term} days": "等级 {grade}，额度 {limit}，账期 {term} 天",
        "no limit": "无额度",
        "Written back: {written:,} of {rows:,} rows.": "回写：{rows:,} 行中写入 {written:,} 行。",
        # What next.
        "What next": "接下来",
        "The company is in {file}. To look at it, under Data > Connections:": (
            "公司数据保存在 {file}。在“数据 > 连接”中查看："
        ),
        "The stand-ins go on until Ctrl-C: pull them from the console, too.": (
            "替身将一直运行，直到按 Ctrl-C：也可在控制台中拉取。"
        ),
        "Sign in at {address}. Each password is for one sign-in within a day, and is written here only:": (
            "在 {address} 登录。每个密码仅供一天内登录一次，且仅在此显示："
        ),
        "login": "登录名",
        "role": "角色",
        "one-time password": "一次性密码",
        "Connect the real ones: {pages}": "连接真实系统：{pages}",
    }
)


def said(language: str, english: str, /, **values: object) -> str:
    """Return a sentence in a language ("en" or "zh") with its values; KeyError for one without its Chinese."""
    return (_CHINESE[english] if language == "zh" else english).format(**values)
