"""Why rows are left out of imports, and what mends each, in the language of the page."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from admin.languages import short_language
from policy_service.ledger.reasons import EXPLANATIONS, Explanation, Reason, Refusal, Remark

_WORDS: Final[Mapping[str, Reason | Remark]] = MappingProxyType({word.value: word for word in (*Reason, *Remark)})
_CODE: Final = re.compile(r"\b(D\d{3})\b")
_NONE: Final = Explanation("", "")

#: The explanations of codes in Chinese.
IN_CHINESE: Final[Mapping[Reason | Remark, Explanation]] = MappingProxyType(
    {
        Reason.RAGGED: Explanation("该行的列数与表头不一致。", "含分隔符的文本请加引号；补齐该行。"),
        Reason.QUOTING: Explanation("引号未闭合，或引号后还有文字。", '请闭合引号；文本中的引号写作 ""。'),
        Reason.EMPTY: Explanation("必填的单元格为空。", "请填写，或删除该行。"),
        Reason.NO_DATE: Explanation("单元格不是有效日期。", "请按年-月-日填写，如 2026-03-01。"),
        Reason.NO_AMOUNT: Explanation("单元格不是金额。", "只写数字和至多一个小数点，不带正负号和千分位，如 1234.50。"),
        Reason.NOT_POSITIVE: Explanation("金额为零。", "请填写大于零的金额；贷项应记为 credit_note 类调整。"),
        Reason.TOO_MANY_DECIMALS: Explanation("金额的小数位多于该币种。", "请按该币种的最小单位填写。"),
        Reason.TOO_LARGE: Explanation("金额超出可记录的范围。", "请更正金额。"),
        Reason.NO_CURRENCY: Explanation("单元格不是币种代码。", "请填写大写的 ISO 4217 代码，如 EUR。"),
        Reason.NO_RATE: Explanation("该日期没有该币种的汇率。", "请在 rates 中补充该日或更早的汇率。"),
        Reason.UNKNOWN_CUSTOMER: Explanation(
            "可引用的客户中没有该编号。", "请补充客户或更正编号；文件中的行只能引用同次上传的客户。"
        ),
        Reason.UNKNOWN_INVOICE: Explanation(
            "可引用的发票中没有该编号。", "请补充发票或更正编号；文件中的行只能引用同次上传的发票。"
        ),
        Reason.UNKNOWN_ORDER: Explanation("可引用的订单中没有该编号。", "请补充订单、更正编号，或将 order_id 留空。"),
        Reason.NAMES_NOBODY: Explanation("该笔回款既未注明发票也未注明客户。", "请填写 invoice_id 或 customer_id。"),
        Reason.UNKNOWN_WORD: Explanation("单元格不是此处可用的词。", "请填写所列词语之一。"),
        Reason.DUE_BEFORE_ISSUE: Explanation("发票到期日早于开票日。", "请更正其中一个日期。"),
        Reason.ORDER_AFTER_ISSUE: Explanation("发票的开票日早于订单日期。", "请更正其中一个日期。"),
        Reason.BEFORE_ISSUE: Explanation("日期早于所属发票的开票日。", "请更正日期或编号。"),
        Reason.CLOSED_BEFORE_OPENED: Explanation("关闭日期早于开立日期。", "请更正其中一个日期。"),
        Reason.PROMISED_BEFORE_MADE: Explanation("承诺付款日早于承诺日期。", "请更正其中一个日期。"),
        Reason.ORDER_AFTER_INVOICE: Explanation("订单日期晚于引用它的发票。", "请更正日期，或发票的 order_id。"),
        Reason.CONFLICTING_ID: Explanation("另有同一编号的行，内容不同或有误。", "请保留正确的一行，或分别编号。"),
        Reason.NO_WHOLE_NUMBER: Explanation("单元格不是整数天数。", "只写数字，如 30。"),
        Reason.INVOICE_QUARANTINED: Explanation("其所属发票未被导入。", "请更正该发票。"),
        Reason.ENTRY_QUARANTINED: Explanation("有错误的行引用了该发票，余额无法确定。", "请更正引用它的那一行。"),
        Reason.ORDER_QUARANTINED: Explanation("其所属订单未被导入。", "请更正订单，发票随之导入。"),
        Reason.ORDER_OF_ANOTHER: Explanation("订单与发票不属于同一客户。", "请更正 order_id 或 customer_id。"),
        Reason.NO_VALUE_OF_FACT: Explanation(
            "单元格不是 facts.yaml 所声明客户指标的取值。", "请按其类型填写、留空，或更正声明。"
        ),
        Reason.TOO_LONG: Explanation("文本超出账簿可保存的长度。", "请在所有引用它的文件中缩短。"),
        Reason.DECIDED_HERE: Explanation(
            "本系统已对该客户作出决策，其评级与额度现由评审产生。", "请删除该行，改为评审该客户或作人工调整。"
        ),
        Reason.STORED_OTHERWISE: Explanation(
            "账簿中同一编号的内容不同，且已据此作出决策。", "请更正该行；如该行正确，请选择“作为更正导入”。"
        ),
        Remark.UNKNOWN_FILE: Explanation("不是账簿文件，未读取。", "请改名，或移出文件夹。"),
        Remark.UNKNOWN_COLUMN: Explanation("该列在此无意义，未读取。", "请改名，或删除该列。"),
        Remark.REPEATED_ROW: Explanation("与前面某行重复，只计一次。", "请删除重复的行。"),
        Remark.EQUAL_CONTENT: Explanation("除编号外与前面某行相同，两行均计入。", "如系重复入账，请删除一行。"),
        Remark.UNKNOWN_PARENT: Explanation("没有该编号的上级客户，按无上级处理。", "请补充上级客户，或更正编号。"),
        Remark.CIRCULAR_PARENT: Explanation("客户直接或间接以自己为上级，按无上级处理。", "请填写真正的上级客户。"),
        Remark.PAID_BY_ANOTHER: Explanation("回款注明的客户与发票的客户不同，按发票计入。", "请核对 customer_id。"),
        Remark.MATURES_BEFORE_RECEIPT: Explanation("票据到期日早于收票日，不计为未到期票据。", "请核对两个日期。"),
        Remark.SEVERAL_VALUES: Explanation(
            "同一客户各行的某项属性不同，以第一个非空值为准。", "请核对该客户，或在映射中去掉该属性。"
        ),
        Remark.UNDATED_FLAG: Explanation("该标记没有日期，已作为客户文件的指标。", "如知道日期，请补充争议记录。"),
        Remark.OTHER_BASE_CURRENCY: Explanation("映射注明的本位币与所要求的不同，以映射为准。", "请使用该币种的政策。"),
        Remark.POSTED_ON_UNREAD: Explanation("posted_on 在此文件中无意义：以该行自身的日期为准。", "请删除该列。"),
        Remark.SHEET_UNREAD: Explanation("多余的工作表未读取。", "每个工作簿请只保留一张工作表。"),
        Remark.WRITE_OFF_DROPPED: Explanation("核销金额大于未清金额，超出部分不计。", "请核对金额及其发票。"),
    }
)
#: Why nothing at all was imported, in Chinese; in English the error speaks for itself.
FAILURES: Final[Mapping[Refusal, str]] = MappingProxyType(
    {
        Refusal.NO_FOLDER: "找不到要导入的文件夹。",
        Refusal.FILE_MISSING: "缺少必需的文件：customers 和 invoices 必须有。",
        Refusal.TABLE_TWICE: "同一张表有两个文件，请只保留一个。",
        Refusal.NO_HEADER: "文件没有表头行。",
        Refusal.COLUMN_MISSING: "缺少必需的列。",
        Refusal.COLUMN_TWICE: "同一列出现两次。",
        Refusal.NOT_UTF8: "文件不是 UTF-8 编码，请另存为 UTF-8。",
        Refusal.NUL_CHARACTER: "文件含有空字符，可能已损坏。",
        Refusal.UNREADABLE_FILE: "文件无法读取，可能已损坏或格式与扩展名不符。",
        Refusal.FAULTY_RATE: "汇率文件有误：汇率有误时不导入任何内容。",
        Refusal.FAULTY_MAPPING: "列映射有误。",
        Refusal.TOO_MUCH_TO_HOLD: "文件过大，内存放不下。请分批导入。",
        Refusal.TOO_MANY_FAULTY: "有误的行过多，未导入任何内容。请先更正文件。",
    }
)


def explained(code: str) -> Explanation:
    """Return what a code means and what mends it; nothing of an unknown one."""
    word = _WORDS.get(code)
    if word is None:
        return _NONE
    return (IN_CHINESE if short_language() == "zh" else EXPLANATIONS)[word]


def failure_said(error: str) -> str:
    """Return what is said above an error of a job, in Chinese alone; nothing where there is no more to say."""
    found = _CODE.search(error)
    if short_language() != "zh" or found is None or found[1] not in frozenset(Refusal):
        return ""
    return FAILURES[Refusal(found[1])]
