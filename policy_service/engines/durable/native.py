"""The one door to durable-rules: a ruleset in its C engine, guarded so that it stays in the safe corner.

One session and one message id are used again for every decision, a catch-all rule always fires, and a
first decision runs right after creation: the C engine frees a session safely only once an action has
started in it. Whatever goes wrong, session and ruleset are thrown away and made anew, because half-made
matches of a failed decision would fire in the next one, which is another customer's.
"""

import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Final, TypeVar

import durable_rules_engine as c_engine

from policy_service.domain.errors import EngineFault

SESSION: Final = "0"
MESSAGE_ID: Final = "m"
#: The property that every message has and every rule asks for first.
DISCRIMINATOR: Final = "t"
#: The rule that fires on every message; it keeps "nothing matched" from being an error.
CATCH_ALL: Final = "-"
MESSAGE_HEAD: Final = f'{{"sid":"{SESSION}","id":"{MESSAGE_ID}","{DISCRIMINATOR}":1'
_RETRACTION: Final = f'{{"sid":"{SESSION}","id":"{MESSAGE_ID}"}}'
_HANDLED: Final = 0

Answer = TypeVar("Answer")


class NativeRuleset:
    """A ruleset that lives in the C engine; threads may share it, one decides at a time."""

    def __init__(self, name: str, definition: str, first_message: str) -> None:
        self._name = name
        self._definition = definition
        self._first_message = first_message
        self._lock = threading.Lock()
        self._is_closed = False
        self._handle: int | None = self._created()

    def first(self, message: str) -> str:
        """Return the matching rule of the lowest `pri`; the message is consumed.

        EngineFault if anything was odd: the ruleset has then been made anew.
        """
        return self._decide(_first_rule, message)

    def matches(self, message: str) -> list[str]:
        """Return every rule that matches, the catch-all left out. EngineFault as for `first`."""
        return self._decide(_all_rules, message)

    def close(self) -> None:
        """Give the memory back; further decisions are faults. May be called twice."""
        with self._lock:
            self._is_closed = True
            self._destroy()

    def __del__(self) -> None:
        # At the interpreter's end the C module may be gone already; the process frees what it held.
        if getattr(self, "_handle", None) is not None and not sys.is_finalizing():
            self._destroy()

    def _decide(self, decide: Callable[[int, str], Answer], message: str) -> Answer:
        with self._lock:
            if self._is_closed:
                raise EngineFault("E013", f"{self._name} is closed.", remedy="Open a new engine for the policy.")
            try:
                return decide(self._live_handle(), message)
            except BaseException as error:
                self._make_anew()
                if not isinstance(error, Exception):
                    raise
                raise EngineFault(
                    "E010",
                    f"The rule engine failed on {self._name}: {error}.",
                    remedy="The ruleset was made anew; a person decides this one.",
                ) from error

    def _live_handle(self) -> int:
        if self._handle is None:
            self._handle = self._created()
        return self._handle

    def _make_anew(self) -> None:
        self._destroy()
        # Where this fails too, the next decision tries again and says what is wrong.
        with suppress(EngineFault):
            self._handle = self._created()

    def _created(self) -> int:
        try:
            handle: int = c_engine.create_ruleset(self._name, self._definition)
        except Exception as error:
            raise EngineFault(
                "E011",
                f"The rule engine refused {self._name}: {error}.",
                remedy="Check the policy with `policy check`.",
            ) from error
        try:
            _all_rules(handle, self._first_message)
        except BaseException as error:
            # No action ever started: freeing the session would crash, so a little memory is left behind.
            raise EngineFault("E011", f"The first decision of {self._name} failed: {error}.") from error
        return handle

    def _destroy(self) -> None:
        handle, self._handle = self._handle, None
        if handle is not None:
            try:
                c_engine.delete_state(handle, SESSION)
            finally:
                c_engine.delete_ruleset(handle)


def _first_rule(handle: int, message: str) -> str:
    session = _handled(c_engine.assert_event(handle, message))
    rule = _started(c_engine.start_action_for_state(handle, session), message)
    if c_engine.complete_and_start_action(handle, session) is not None:
        raise RuntimeError("a second rule fired on a consumed message")
    return rule


def _all_rules(handle: int, message: str) -> list[str]:
    session = _handled(c_engine.assert_fact(handle, message))
    fired = [_started(c_engine.start_action_for_state(handle, session), message)]
    while (action := c_engine.complete_and_start_action(handle, session)) is not None:
        fired.append(_rule_of(action, message))
    _handled(c_engine.retract_fact(handle, _RETRACTION))
    fired.remove(CATCH_ALL)
    return fired


def _handled(answer: tuple[int, int]) -> int:
    code, session = answer
    if code != _HANDLED:
        raise RuntimeError(f"the message was answered with {code}")
    return session


def _started(answer: tuple[str, str] | None, message: str) -> str:
    if answer is None:
        raise RuntimeError("no rule fired")
    return _rule_of(answer[1], message)


def _rule_of(action: str, message: str) -> str:
    if message not in action:
        raise RuntimeError("a rule fired on another message")
    return action[2 : action.index('"', 2)]
