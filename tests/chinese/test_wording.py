"""What a person reads in Chinese of an error, a finding or a report that was made in English."""

from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_service.chinese.catalogue import pair, values_of
from policy_service.chinese.wording import in_chinese, place_in_chinese
from policy_service.domain.errors import Place
from policy_service.language.load import load_policy
from policy_service.linter.lint import lint

SHIPPED: Final = sorted(path.parent for path in (Path(__file__).parents[2] / "rules").glob("*/policy.yaml"))


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("The ledger has no customer 'C9'.", "账簿中没有客户 'C9'。"),
        ("Check the customer id.", "请核对客户编号。"),
        ("A connection cannot have a schedule of 3 minutes.", "连接不能有间隔为 3 分钟的拉取计划。"),
        ("A connection cannot have 41 values.", "连接不能有 41 项内容。"),
        ("A connection cannot have a value of 5000 characters.", "连接不能有长度为 5000 个字符的内容。"),
        (
            "Order O1 is released (declined): it cannot be amended.",
            "订单 O1 处于“放行”状态（规则拒绝），不能再作“修改”处理。",
        ),
        ("the row, id is a list, where a text is expected.", "规则行的 id 写成了列表，此处应为文本。"),
        ('the row lacks the key "when".', "规则行缺少键“when”。"),
        (
            "rows L10 and L20 both match years_trading [3..5) and grade = A or B and answer differently.",
            "L10、L20 各行在 years_trading [3..5) 且 grade = A 或 B 时同时适用，而结论不同。",
        ),
        (
            "Did you mean grade? Declare it in facts.yaml, or take it out.",
            "是否指 grade？请在 facts.yaml 中声明，或去掉。",
        ),
    ],
)
def test_a_sentence_is_said_with_its_values(english: str, chinese: str) -> None:
    assert chinese == in_chinese(english)


def test_names_of_facts_are_called_what_the_policy_calls_them() -> None:
    found = "fact years_trading is not used: no rule set reads it."
    assert "事实“经营年限”没有使用：没有规则集读取它。" == in_chinese(found, {"years_trading": "经营年限"})


def test_a_place_is_said_as_one_reads_a_file() -> None:
    assert "limit.yaml 第 7 行第 3 列 规则行 L20" == place_in_chinese(Place("limit.yaml", 7, 3, "L20"))


def test_what_nobody_has_translated_stays_as_it_is() -> None:
    assert "Nobody ever says this." == in_chinese("Nobody ever says this.")


@given(st.lists(st.text("ab {}", max_size=4), min_size=2, max_size=2))
def test_the_values_of_a_sentence_are_found_again(values: list[str]) -> None:
    one = pair("Order {order} is of customer {customer}.", "")
    assert tuple(values) == values_of(one, "Order {} is of customer {}.".format(*values))


@pytest.mark.parametrize("folder", SHIPPED, ids=lambda folder: folder.name)
def test_every_finding_of_the_shipped_policies_is_said_in_chinese(folder: Path) -> None:
    for finding in lint(load_policy(folder)):
        for text in (finding.message, finding.remedy):
            assert not text or in_chinese(text) != text, text


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        (
            "Take it out, or join the parts by an operator. A cell tests its own column: a value, < 5, [1..5), a list, "
            "not(...), null or -. A formula belongs into the column, a text with other signs than letters, digits and "
            "_ into double quotes.",
            "请去掉，或用运算符连接。单元格检验本列：一个值、< 5、[1..5)、列表、not(...)、null 或 -。"
            "公式应写在列头；含字母、数字和 _ 以外符号的文本请加双引号。",
        ),
        (
            'Quote a text that contains ": ", and check the indentation. In line 5, column 1 stands “：”; write :.',
            "含“: ”的文本请加引号，并检查缩进。第 5 行第 1 列是“：”，请写 :。",
        ),
        ('the parameter hold_after_days lacks the key "type".', "参数“hold_after_days”缺少键“type”。"),
        ("parameter tolerance is outside its range from min to max.", "参数 tolerance 超出其范围。"),
        (
            "this is no YAML: did not find expected ',' or '}' while parsing a flow mapping.",
            "不是有效的 YAML：此处应为“,”或“}”（解析时）。",
        ),
    ],
)
def test_what_is_said_of_a_broken_file_is_said_in_chinese_to_the_end(english: str, chinese: str) -> None:
    assert chinese == in_chinese(english)
