"""The engines that the conformance suite runs on."""

from collections.abc import Callable

from policy_service.engines.durable.engine import DurableEngine
from policy_service.engines.interpreter import Interpreter
from policy_service.engines.port import Engine
from policy_service.language.policy import Policy
from simulations.columnar.engine import ColumnarEngine

#: Each engine by name, made for a policy.
ENGINES: list[tuple[str, Callable[[Policy], Engine]]] = [
    ("interpreter", Interpreter),
    ("durable", DurableEngine),
    ("columnar", ColumnarEngine),
]
