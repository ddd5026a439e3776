"""Reads tokens one by one: looks ahead, insists on what must come, and says what came instead."""

from typing import Final

from policy_service.domain.errors import Place, PolicyTextError
from policy_service.language.feel.tokens import Token, TokenKind, shifted, tokens_of

DEEPEST: Final = 64


class TokenReader:
    """Where reading has come to: the tokens, the next one, and how deep in brackets it stands.

    `hint` ends the remedy wherever something unexpected comes.
    """

    def __init__(self, text: str, place: Place, hint: str = "") -> None:
        self._place = place
        self._hint = hint
        self._tokens = tokens_of(text, place)
        self._index = 0
        self._depth = 0

    @property
    def next(self) -> Token:
        """The token to be read next; at the end, the end again and again."""
        return self._tokens[self._index]

    def advance(self) -> Token:
        """Return the next token and pass it."""
        token = self.next
        self._index += token.kind is not TokenKind.END
        return token

    def sees(self, text: str, ahead: int = 0) -> bool:
        """Whether the word or sign `text` comes next (or `ahead` tokens later)."""
        token = self._tokens[min(self._index + ahead, len(self._tokens) - 1)]
        return token.kind in (TokenKind.SYMBOL, TokenKind.WORD) and token.text == text

    def sees_last(self) -> bool:
        """Whether just one token is left."""
        return self._index == len(self._tokens) - 2

    def accepts(self, text: str) -> bool:
        """Pass `text` if it comes next, and tell whether it did."""
        found = self.sees(text)
        self._index += found
        return found

    def expect(self, text: str, remedy: str) -> Token:
        """Pass and return `text`; L106 or L109 if something else comes."""
        if not self.sees(text):
            raise self.unexpected(f"“{text}”", remedy)
        return self.advance()

    def expect_end(self) -> None:
        """Make sure that nothing is left."""
        if self.next.kind is not TokenKind.END:
            raise self.unexpected("the end of the text", "Take it out, or join the parts by an operator.")

    def deeper(self) -> None:
        """Go one level down; L108 beyond the deepest."""
        self._depth += 1
        if self._depth > DEEPEST:
            raise too_deep(shifted(self._place, self.next.offset))

    def shallower(self) -> None:
        """Come back one level."""
        self._depth -= 1

    def unexpected(self, wanted: str, remedy: str) -> PolicyTextError:
        """Return the error that the next token stands where `wanted` should."""
        token = self.next
        hint = f" {self._hint}" if self._hint else ""
        if token.kind is not TokenKind.END:
            return self.error("L106", f"Found “{token.text[:40]}” where {wanted} should stand.", token, remedy + hint)
        found = "The text ends" if self._index else "The text is empty"
        return self.error("L109", f"{found} where {wanted} should stand.", token, remedy + hint)

    def error(self, code: str, message: str, token: Token, remedy: str) -> PolicyTextError:
        """Return the error for what stands at `token`."""
        return PolicyTextError(code, message, place=shifted(self._place, token.offset), remedy=remedy)


def too_deep(place: Place) -> PolicyTextError:
    """Return the error of a text that nests too deep."""
    return PolicyTextError(
        "L108",
        f"The text nests deeper than {DEEPEST} levels.",
        place=place,
        remedy="Split it into named values of a formula rule set; add many values by sum(...).",
    )
