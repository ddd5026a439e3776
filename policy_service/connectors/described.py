"""How what a system needs is described to people, in English and Chinese, and how a value that they gave is judged."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from policy_service.connectors.errors import ConnectorError
from policy_service.connectors.port import System

_MOST_DIGITS: Final = 9


@dataclass(frozen=True, slots=True)
class Said:
    """A text in both languages."""

    english: str
    chinese: str


class Form(StrEnum):
    """How a setting is asked for: one line, several, digits, or one of a few values."""

    TEXT = "text"
    LINES = "lines"
    NUMBER = "number"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class Choice:
    """A value, and what people call it."""

    value: str
    title: Said


@dataclass(frozen=True, slots=True)
class Setting:
    """What a connection is asked for; a secret is never shown again.

    `default` is what stands where nothing is given. A choice that `takes_others` may be another value than those
    listed, a number is from `least` to `most`.
    """

    name: str
    title: Said
    help: Said
    form: Form = Form.TEXT
    is_secret: bool = False
    is_required: bool = False
    default: str = ""
    choices: tuple[Choice, ...] = ()
    takes_others: bool = False
    least: int = 0
    most: int = 0

    def read(self, given: str) -> str:
        """Return the value that counts; ConnectorError X138 where one is needed, X139 for one that does not fit."""
        value = given.strip() or self.default
        if not value and self.is_required:
            raise ConnectorError(
                "X138",
                f"The connection lacks {self.name}.",
                remedy="Fill it in; the help beside it says where to find it.",
            )
        if value and not self._fits(value):
            # What was given may be a secret that strayed here.
            raise ConnectorError(
                "X139",
                f"The value of {self.name} is not one that it may have.",
                remedy=f"Give {self._wanted()}.",
            )
        return value

    def _fits(self, value: str) -> bool:
        match self.form:
            case Form.NUMBER:
                is_number = value.isascii() and value.isdigit() and len(value) <= _MOST_DIGITS
                return is_number and self.least <= int(value) <= self.most
            case Form.CHOICE:
                return self.takes_others or value in {choice.value for choice in self.choices}
            case Form.TEXT:
                return value.isprintable()
            case Form.LINES:
                return all(line.isprintable() for line in value.splitlines())

    def _wanted(self) -> str:
        match self.form:
            case Form.NUMBER:
                return f"a whole number from {self.least} to {self.most}"
            case Form.CHOICE:
                return f"one of {', '.join(choice.value for choice in self.choices)}"
            case Form.TEXT | Form.LINES:
                return "plain text without line breaks or other control characters"


@dataclass(frozen=True, slots=True)
class Described:
    """A system: what it is called, how one gets access to it, what it needs, and what of it is read.

    `objects` are those that the shipped mapping reads, `origins` where it answers unless settings say otherwise.
    `takes_back` says whether something can be written to it, `calls_back` whether it can wake a pull.
    """

    system: System
    title: Said
    help: Said
    settings: tuple[Setting, ...]
    objects: tuple[str, ...]
    origins: tuple[str, ...] = ()
    takes_back: bool = True
    calls_back: bool = False

    def setting(self, name: str) -> Setting | None:
        """Return the setting or secret of that name, if it has one."""
        return next((setting for setting in self.settings if setting.name == name), None)
