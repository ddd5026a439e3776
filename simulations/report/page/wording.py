"""The words of the page in one language, and what the report says in English said in it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from simulations.report import punctuation
from simulations.report.page import chinese, english

CHINESE: Final = "zh"
_SIDED: Final = re.compile(r"Of the (baseline|candidate): ")


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of one language ("en" or "zh"); a word that is not there is a KeyError."""

    language: str

    def __call__(self, name: str, **told: Any) -> str:
        """Return a word or a sentence with its places filled."""
        words = chinese.CHINESE if self.language == CHINESE else english.ENGLISH
        return words[name].format(**told) if told else words[name]

    @property
    def comma(self) -> str:
        """What stands between two parts of a line."""
        return punctuation.COMMA[self.language]

    @property
    def colon(self) -> str:
        """What stands between a name and what is said of it."""
        return punctuation.COLON[self.language]

    def aside(self, text: str) -> str:
        """Return a text in brackets, to stand right behind a word."""
        return punctuation.aside(text, self.language)

    @property
    def figures(self) -> Mapping[str, tuple[str, str, str]]:
        """The name of each figure, and what more and less of it mean."""
        return chinese.FIGURES if self.language == CHINESE else english.FIGURES

    @property
    def values(self) -> Mapping[str, str]:
        """How values are said that are no number."""
        return chinese.VALUES if self.language == CHINESE else english.VALUES

    def owner(self, role: str) -> str:
        """Return a role that owns steps; one that a company has named itself is shown as it is."""
        plain = role.replace("_", " ")
        return chinese.OWNERS.get(role, plain) if self.language == CHINESE else plain

    def why_none(self, text: str) -> str:
        """Return why a figure is none."""
        side = _SIDED.match(text)
        reason = text[side.end() :] if side else text
        if self.language == CHINESE:
            reason = chinese.REASONS[reason]
        return self(f"of_{side.group(1)}", reason=reason) if side else reason
