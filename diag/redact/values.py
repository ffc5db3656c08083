"""Where the value behind a key ends, and whether it is a secret at all."""

from __future__ import annotations

import re

# A value that is longer is cut off at the end of its line, see `stream`.
LONGEST = 1 << 18

# Values that tell of a secret and are none: placeholders, references to where the
# secret is kept, words of settings and of messages.
NO_SECRET = re.compile(
    rb"""(?ix)
    [*\#.x-]{2,} | \*+ | \*{1,4}[ ]?(?:redacted|hidden|masked|removed)[ ]?\*{1,4}
    | (?:<|&lt;)(?:redacted:[a-z-]{1,40}:[0-9]{1,9}|[a-z _:.'-]{0,60})(?:>|&gt;)
    | [\[(]?(?:redacted|removed|masked|hidden|omitted|filtered|obfuscated
        |scrubbed|sanitized|secret|protected|encrypted)[\])]?
    | \$\{[a-z_][\w:.]{0,60}\}? | \$(?:env:)?[a-z_]{2,40} | \$\([^()]{0,80}\)?
    | %[a-z_]{2,40}% | \{\{.{0,80}\}{0,2}
    | @microsoft\.keyvault.{0,400} | \[parameters.{0,200}\]
    | (?:not?[ _-]?(?:set|found|applicable|available|required|present|configured|used
        |provided|specified|null)?|n/a|nil|null|none|empty|blank|undefined|unset|unknown
        |default|true|false|yes|on|off|enabled|disabled|required|optional|missing|expired
        |invalid|valid|incorrect|wrong|changed|unchanged|ok|success|failed|failure|error
        |denied|rejected|revoked|refreshed|renewed|received|requested|acquired|cached|age
        |never|policy|string|securestring|object|bool|int|byte|\(null\)|\(none\)|\(nil\))
        [.,:;!]?
    """
)
# What stands behind `token: ` in prose and is no secret: words, codes, addresses, ids.
PROSE = re.compile(
    rb"""(?ix)
    [a-z]{1,24}[.,:;!?)]* | [a-z]{1,24}'[a-z]{1,2}
    | 0x[0-9a-f]{1,16}[.,:;)]* | [0-9]{1,7}[.,:;)%]* | [0-9.:]{1,24}
    | (?-i:[A-Z]{2,12})[-_]?[0-9]{1,7}[.,:;)]*
    | (?:[a-z]+\+?://|file:|~/|\.{1,2}/|[a-z]:\\|/(?:etc|var|opt|usr|home|root|tmp|mnt|dev
        |proc|run|srv|lib|bin|sys|data)/|/[a-z]{1,20}/[a-z]{1,20}/[a-z]{1,20}).*
    | \{?[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\}?[.,:;)]*
    | (?-i:[A-Z]{0,4}[a-z]+(?:[A-Z]{1,4}[a-z]+){0,6}[0-9]{0,2}
        (?:[._-][A-Z]{0,4}[a-z]*(?:[A-Z]{1,4}[a-z]+){0,6}[0-9]{0,2}){1,8}[.,:;()]*)
    | [\[({].* | [a-z]+/[a-z]+[.,:;]* | -+.* | [^\w].{0,2}
    """
)
_STOP = re.compile(rb"[\s\"'<>`&;,|\\)\]}]")
_NEXT_PAIR = re.compile(
    rb"[ \t]{0,4}[A-Za-z_@][\w .@-]{0,40}(?:[=:]|%3[dD])|amp;|[ \t\r\n\"'<&,;]|$"
)
_CLOSED = re.compile(rb"[\s,;.:)\]}\"'<>&|\\]|$")
_ESCAPE = re.compile(rb"\\+(?:[nrt\"'/]|u00)")
_ENCODED_STOP = re.compile(rb"[\s\"'<>`&]|%26|%22|%3[bB]|%0[aAdD]|%20")
_REST = re.compile(rb"[\r\n\"<`]|\\+[nr\"]|&quot;|'(?=[\s,)\]}]|$)|\](?=[\s\]},\"]|$)")
_TOKEN = re.compile(rb"(?:&lt;|<)redacted:[a-z-]{1,40}:[0-9]{1,9}(?:&gt;|>)")
_LINE_END = re.compile(rb"[\r\n]")
# The closing quotes of each way of quoting, and the line's end, whichever comes first.
_CLOSINGS = {
    b'"': re.compile(rb"(\\*)\"|[\r\n]"),
    b"'": re.compile(rb"(\\*)'|[\r\n]"),
    b"&": re.compile(rb"(&(?:quot|\#34|apos);)|[\r\n]"),
    b"%": re.compile(rb"(%2[27])|[\r\n]"),
    b'""': re.compile(rb'("")|[\r\n]'),
}
# What may stand in the second line of a value that was wrapped, up to its quote.
_WRAPPED = re.compile(rb"(?:\r\n|\r|\n)[ \t]*([A-Za-z0-9+/_.~-]{1,8192}={0,2})")
_LEVELLED = (b'"', b"'")


def quoted_end(text: bytes, start: int, quote: bytes) -> int:
    r"""Return where a quoted value ends.

    Args:
        text: The window.
        start: Its first byte.
        quote: As it was opened: `"`, `\"`, `\\\"`, `&quot;`, `""` and so on.

    Returns:
        The place of the closing quote, of the line's end when there is none, or of
        the quote around all of it. A value may go on in the next line, if that line
        has nothing but the rest of it.
    """
    end, line = _closing(text, start, quote)
    if line is None:
        return end
    more = _WRAPPED.match(text, line)
    if more:
        end, other = _closing(text, more.start(1), quote)
        if other is None and end <= more.end():
            return end
    return line


def _closing(text: bytes, start: int, quote: bytes) -> tuple[int, int | None]:
    """Return where a value ends; and the line, if it ends without a closing quote."""
    limit = min(len(text), start + LONGEST)
    level = len(quote)  # 2 ** depth: one backslash more than it has, and the quote
    key = quote if quote == b'""' else quote[:1]
    if key == b"\\":
        key = quote[-1:]
    plain = key not in _LEVELLED
    for run in _CLOSINGS[key].finditer(text, start, limit):
        if run.group(1) is None:
            return run.start(), run.start()
        if plain:
            return run.start(), None
        count = len(run.group(1)) + 1
        if count % (2 * level) == level:
            return run.end() - level, None
        if count < level:
            return run.start(), None
    return limit, limit


def bare_end(text: bytes, start: int, *, encoded: bool) -> int:
    """Return where a value without quotes ends.

    Args:
        text: The window.
        start: Its first byte.
        encoded: It stands in an encoded address: `%26` ends it, too.
    """
    limit = min(len(text), start + LONGEST)
    token = _TOKEN.match(text, start)
    if token:
        return token.end()
    if encoded:
        found = _ENCODED_STOP.search(text, start, limit)
        return found.start() if found else limit
    at = start
    while True:
        found = _STOP.search(text, at, limit)
        if found is None:
            return limit
        at = found.start()
        if _ends(text, at):
            return at
        at += 1


def _ends(text: bytes, at: int) -> bool:
    """Say whether a value ends at this byte, which may also be part of it."""
    byte = text[at : at + 1]
    if byte in b",;&":
        return _NEXT_PAIR.match(text, at + 1) is not None
    if byte in b")]}|":
        return _CLOSED.match(text, at + 1) is not None
    if byte == b"\\":
        return _ESCAPE.match(text, at) is not None
    return True


def rest_end(text: bytes, start: int) -> int:
    """Return where what is quoted, or the line, ends: for the values of headers."""
    limit = min(len(text), start + LONGEST)
    found = _REST.search(text, start, limit)
    return found.start() if found else limit


def element_end(text: bytes, start: int, *, escaped: bool) -> int:
    """Return where the text of an XML element ends.

    Args:
        text: The window.
        start: Its first byte.
        escaped: Its tags are written `&lt;` and `&gt;`.
    """
    limit = min(len(text), start + LONGEST)
    at = text.find(b"&lt;" if escaped else b"<", start, limit)
    return at if at >= 0 else _line_end(text, start)


def is_prose(value: bytes) -> bool:
    """Say whether a value is a word, code, address or id rather than a secret."""
    return PROSE.fullmatch(value) is not None


def is_token(value: bytes) -> bool:
    """Say whether a value was written over before."""
    return _TOKEN.fullmatch(value) is not None


def is_whole_line(text: bytes, end: int) -> bool:
    """Say whether nothing but closing marks follows in the line."""
    return _TAIL.match(text, end) is not None


_TAIL = re.compile(rb"[ \t]*[\\\"',;)\]}]{0,4}[ \t]*(?:\r|\n|$)")


def _line_end(text: bytes, start: int) -> int:
    limit = min(len(text), start + LONGEST)
    found = _LINE_END.search(text, start, limit)
    return found.start() if found else limit
