"""Two versions are compared as plain sentences in two languages."""

from policy_service.services.house import House
from policy_service.services.policy_life.comparing import compare, compared_with
from tests.services.policy_life.living import (
    ANA,
    ID,
    NOW,
    ORDER_CHECK,
    code_of,
    drafted,
    files,
    from_files,
    from_version,
    save,
)


def sentences(house: House, number: int, against: int = 1) -> list[tuple[str, str]]:
    with house.database.reading() as session:
        return [(told.en, told.zh) for told in compare(session, ID, number, against)]


def test_each_change_reads_in_both_languages(house: House) -> None:
    table = ORDER_CHECK + '  - {id: O3, when: {order_amount: "< 0"}, then: {outcome: refer}, reason: TOO_LARGE}\n'
    table = table.replace('"<= most"', '"[0..most]"')
    draft = from_files(house, ANA, files(2500, order_check=table))
    assert [
        ("parameter most: 1,000 -> 2,500", "参数 most：由 1,000 改为 2,500"),
        (
            "order_check row O2, when order_amount: <= most -> [0..most]",
            "规则集 order_check，O2 行，条件 order_amount：由 <= most 改为 [0..most]",
        ),
        (
            "order_check row O3 added: when order_amount < 0; outcome refer; reason TOO_LARGE",
            "规则集 order_check，O3 行 新增：when order_amount < 0; outcome refer; reason TOO_LARGE",
        ),
    ] == sentences(house, draft.number)
    taken_away = sentences(house, 1, draft.number)[1]
    assert taken_away[1].startswith("规则集 order_check，O3 行 删除：")


def test_equal_versions_have_no_change(house: House) -> None:
    assert [] == sentences(house, from_version(house, ANA, 1).number)


def test_a_draft_is_compared_with_what_it_is_based_on_else_with_what_is_in_force(house: House) -> None:
    given, copied = drafted(house), from_version(house, ANA, 1)
    nested = from_version(house, ANA, given.number)
    with house.database.reading() as session:
        found = [compared_with(session, ID, each.number, NOW) for each in (given, copied, nested)]
        assert [1, 1, given.number] == found
        assert compared_with(session, ID, 1, NOW) is None


def test_what_cannot_be_read_is_not_compared(house: House) -> None:
    draft = drafted(house)
    save(house, ANA, draft.number, 1, {"policy.yaml": "["})
    assert "S209" == code_of(sentences, house, draft.number)
    assert "S209" == code_of(sentences, house, 1, 99)
