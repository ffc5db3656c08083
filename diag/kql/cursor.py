"""Where a reader is among the tokens, and what it says when they do not fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diag.kql.source import quoted
from diag.kql.tokens import Kind, Token, Tokens

if TYPE_CHECKING:
    from diag.errors import KqlError


class Cursor:
    """A place in the tokens of a query, moving on."""

    def __init__(self, tokens: Tokens, at: int) -> None:
        """Begin at the index of a token."""
        self.tokens = tokens
        self.at = at

    @property
    def at(self) -> int:
        """The index of the token that is read next."""
        return self._at

    @at.setter
    def at(self, index: int) -> None:
        """Move to a token; `token` is then that one, the end behind the last."""
        self._at = index
        self.token = self.tokens[index]

    def error(self, text: str, at: int | None = None, code: str = "KQL004") -> KqlError:
        """Return an error at a place, by default at the next token."""
        return self.tokens.source.error(
            code, text, self.token.start if at is None else at
        )

    def is_sign(self, *signs: str) -> bool:
        """Return whether the next token is one of these signs."""
        token = self.token
        return token.kind is Kind.SIGN and token.text in signs

    def is_word(self, *words: str) -> bool:
        """Return whether the next token is one of these words."""
        token = self.token
        return token.kind is Kind.NAME and token.text in words

    def skip(self) -> Token:
        """Take the next token."""
        token = self.token
        self.at = self._at + 1
        return token

    def expect(self, sign: str) -> Token:
        """Take a sign that has to stand here."""
        if not self.is_sign(sign):
            raise self.error(f"'{sign}' expected, found {self.found()}")
        return self.skip()

    def found(self) -> str:
        """Return what the next token is, for a message."""
        end = self.token.kind is Kind.END
        return "the end of the query" if end else quoted(self.token.text)
