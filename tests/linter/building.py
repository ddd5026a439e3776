"""Small policies made by hand for the linter's tests."""

from collections.abc import Mapping, Sequence

from policy_service.domain.errors import Place
from policy_service.domain.values import Currency, Kind
from policy_service.language.cells import Cell, Column, Output
from policy_service.language.definitions.dictionary import FactDefinition, FactSource, Title
from policy_service.language.feel.expressions import (
    AnyOf,
    Anything,
    Comparison,
    Constant,
    Expression,
    Interval,
    Name,
    NameSource,
    NoneOf,
    Operator,
    Test,
)
from policy_service.language.policy import Parameter, Policy
from policy_service.language.rule_sets import (
    Aggregation,
    DecisionTable,
    HitPolicy,
    MonotonicityClaim,
    Otherwise,
    Priority,
    Row,
    RuleSet,
    WhenUnknown,
)

WHOLE = Kind.INTEGER


def fact(name: str, kind: Kind = WHOLE) -> Name:
    return Name(name, NameSource.FACT, kind)


def output_name(name: str, kind: Kind = WHOLE) -> Name:
    return Name(name, NameSource.OUTPUT, kind)


def parameter(name: str, kind: Kind = WHOLE) -> Name:
    return Name(name, NameSource.PARAMETER, kind)


def number(value: int, kind: Kind = WHOLE) -> Constant:
    return Constant(value, kind)


def compares(operator: str, end: Expression | int, kind: Kind = WHOLE) -> Test:
    return Comparison(Operator(operator), number(end, kind) if isinstance(end, int) else end)


def between(low: int, high: int, brackets: str = "[)", kind: Kind = WHOLE) -> Test:
    return Interval(number(low, kind), number(high, kind), brackets[0] == "[", brackets[1] == "]")


def any_of(*tests: Test) -> Test:
    return AnyOf(tests)


def none_of(test: Test) -> Test:
    return NoneOf(test)


def sets(**values: int | Expression) -> tuple[Output, ...]:
    return tuple(
        Output(
            name,
            value.kind if not isinstance(value, int) else WHOLE,
            str(value),
            number(value) if isinstance(value, int) else value,
        )
        for name, value in values.items()
    )


def row(row_id: str, tests: Sequence[Test | None], outputs: tuple[Output, ...] = (), line: int = 0) -> Row:
    cells = tuple(Cell("-" if test is None else "?", Anything() if test is None else test) for test in tests)
    return Row(row_id, cells, outputs, place=Place("table.yaml", line, row=row_id))


def table(
    columns: Sequence[Expression],
    rows: Sequence[Row],
    hit_policy: HitPolicy = HitPolicy.UNIQUE,
    *,
    name: str = "table",
    otherwise: tuple[Output, ...] | None = None,
    when_unknown: WhenUnknown = WhenUnknown.REFER,
    claims: Sequence[MonotonicityClaim] = (),
    aggregation: Aggregation = Aggregation.LIST,
    priority: Priority | None = None,
) -> DecisionTable:
    return DecisionTable(
        name=name,
        hit_policy=hit_policy,
        aggregation=aggregation,
        priority=priority,
        columns=tuple(
            Column(each.name if isinstance(each, Name) else f"formula {n}", each) for n, each in enumerate(columns)
        ),
        rows=tuple(rows),
        otherwise=None if otherwise is None else Otherwise(otherwise),
        when_unknown=when_unknown,
        claims=tuple(claims),
        place=Place("table.yaml", 1),
    )


def policy(
    *rule_sets: RuleSet,
    required: Sequence[Name] = (),
    facts: Sequence[Name] = (),
    values: Mapping[str, tuple[str, ...]] | None = None,
    vocabulary: Sequence[str] = (),
    grades: Sequence[str] = (),
    parameters: Sequence[Parameter] = (),
    outputs: Mapping[str, Kind] | None = None,
    chains: Mapping[object, tuple[str, ...]] | None = None,
) -> Policy:
    definitions = {
        name.name: FactDefinition(
            name.name,
            name.kind,
            FactSource.REQUEST,
            required=name in required,
            values=(values or {}).get(name.name, ()),
        )
        for name in (*required, *facts)
    }
    return Policy(
        id="test",
        title=Title("test"),
        currency=Currency("EUR", 2),
        parameters={each.name: each for each in parameters},
        facts=definitions,
        reasons={},
        rule_sets=rule_sets,
        chains=dict(chains or {}),
        vocabulary=tuple(vocabulary),
        outputs=dict(outputs or {}),
        grades=tuple(grades),
    )
