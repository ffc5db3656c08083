"""The shapes in which a secret stands in a log."""

from __future__ import annotations

import html
import json
from typing import TYPE_CHECKING
from urllib.parse import quote

from tests.redact.seeded import (
    LETTERS,
    STRONG,
    Kind,
    Planted,
    base64_of,
    basic,
    jwt,
    some,
    text_of,
)

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

    Write = Callable[[Kind, str, random.Random], Planted]

STAMP = 'time="2026-03-10T10:00:00Z" level=info '


def _drawn(kind: Kind, rng: random.Random, *, quoted: bool = False) -> tuple[str, str]:
    """Return a key and a value; in quotes a password may hold anything."""
    value = kind.draw(rng)
    if kind.strong and quoted:
        value = text_of(rng, STRONG, rng.randint(8, 24))
    return rng.choice(kind.keys or ("value", "data", "note")), value


def _one_line(value: str) -> str:
    return value.replace("\n", "\\n")


def _made(kind: Kind, shape: str, value: str, text: str, *more: str) -> Planted:
    if "\n" in value:  # of armour the lines in it
        lines = tuple(line for line in value.split("\n") if "-----" not in line)
        return Planted(kind.name, shape, lines, text)
    return Planted(kind.name, shape, (value, *more), text)


def bare(kind: Kind, shape: str, rng: random.Random) -> Planted:
    key, value = _drawn(kind, rng)
    if value[-1:] == "=" or not kind.keys:
        return _made(kind, shape, value, f"begin {key}={_one_line(value)} next=1")
    sign = rng.choice(("=", ": ", " = ", ":"))
    return _made(kind, shape, value, f"begin {key}{sign}{_one_line(value)} next=1")


def quoted(kind: Kind, shape: str, rng: random.Random) -> Planted:
    key, value = _drawn(kind, rng, quoted=True)
    mark = "'" if "'" not in value and rng.random() < 0.5 else '"'
    return _made(kind, shape, value, f"{key}={mark}{_one_line(value)}{mark} next=1")


def as_json(kind: Kind, shape: str, rng: random.Random) -> Planted:
    key, value = _drawn(kind, rng, quoted=True)
    gap = rng.choice(((",", ":"), (", ", ": "), (" , ", " : ")))
    text = json.dumps({"a": 1, key: value, "z": "next"}, separators=gap)
    return _made(kind, shape, value, text, json.dumps(value)[1:-1])


def nested(kind: Kind, shape: str, rng: random.Random) -> Planted:
    key, value = _drawn(kind, rng, quoted=True)
    text = json.dumps({key: value, "z": "next"})
    for _ in range(rng.randint(1, 2)):
        text = json.dumps({"n": 1, "body": text})
    return _made(kind, shape, value, text)


def in_address(kind: Kind, shape: str, rng: random.Random) -> Planted:
    key, value = _drawn(kind, rng)
    inner = f"x=1&{quote(key, safe='')}={quote(value, safe='')}&y=next"
    if rng.random() < 0.4:
        inner = "u=" + quote(inner, safe="")
        return _made(
            kind, shape, value, f"GET /p?{inner} done",
            quote(quote(value, safe=""), safe=""),
        )  # fmt: skip
    text = f"GET https://host.example/p?{inner} done"
    return _made(kind, shape, value, text, quote(value, safe=""))


def xml(kind: Kind, shape: str, rng: random.Random) -> Planted:
    key, value = _drawn(kind, rng, quoted=True)
    safe = html.escape(value)
    text = rng.choice(
        (
            f"<c><{key}>{safe}</{key}><z>next</z></c>",
            f'<c><add key="{key}" value="{safe}"/><z>next</z></c>',
            f'<c><x {key}="{safe}" y="1"/><z>next</z></c>',
            f'<Event><Data Name="{key}">{safe}</Data><z>next</z></Event>',
        )
    )
    return _made(kind, shape, value, text, safe)


def command(kind: Kind, shape: str, rng: random.Random) -> Planted:
    key, value = _drawn(kind, rng)
    flag = key.replace("_", "-")
    line = _one_line(value)
    text = rng.choice(
        (
            f"run tool --{flag} {line} --next",
            f"run tool --{flag}={line} --next",
            f"run Tool -{key} '{line}' -Next",
            f'argv: ["tool", "--{flag}", "{line}", "--next"]',
            f"tool.exe /{key}:{line} /next",
        )
    )
    return _made(kind, shape, value, text)


def header(kind: Kind, shape: str, rng: random.Random) -> Planted:
    key, value = _drawn(kind, rng)
    name = key if key.lower().startswith("x-") else f"X-{key}"
    line = _one_line(value)
    text = rng.choice(
        (
            f"> {name}: {line}",
            f"headers: map[Accept:[*/*] {name}:[{line}] Z:[next]]",
            f'{{"headers": {{"{name}": ["{line}"], "Z": ["next"]}}}}',
        )
    )
    return _made(kind, shape, value, text)


def logrus(kind: Kind, shape: str, rng: random.Random) -> Planted:
    key, value = _drawn(kind, rng)
    inner = rng.choice((f"{key}={_one_line(value)}", json.dumps({key: value})))
    text = json.dumps(f"calling with {inner}")
    return _made(kind, shape, value, f"{STAMP}msg={text} next=1")


def two_lines(kind: Kind, shape: str, rng: random.Random) -> Planted:
    key, value = _drawn(kind, rng)
    if "\n" in value:
        return _made(kind, shape, value, f"{key}:\n{value}\nnext line")
    if not kind.keys and len(value) > 120:  # wrapped where a line ended
        cut = rng.randrange(60, len(value) - 40)
        parts = value[:cut], value[cut:]
        return Planted(kind.name, shape, parts, f'{key}: "{parts[0]}\n{parts[1]}"')
    if not kind.keys:
        return _made(kind, shape, value, f"{key}:\n    {value}\nnext line")
    text = rng.choice(
        (
            f'{{"{key}":\n    "{value}",\n "z": "next"}}',
            f"{key}:\n    {value}\nnext line",
            f"run --{key} \\\n  {value}\nnext line",
        )
    )
    return _made(kind, shape, value, text)


def wide(kind: Kind, shape: str, rng: random.Random) -> Planted:
    write = rng.choice((bare, quoted, as_json, logrus, xml))
    one = write(kind, shape, rng)
    return Planted(one.kind, shape, one.texts, one.text, wide=True)


SHAPES: dict[str, Write] = {
    "key=value": bare,
    "quoted": quoted,
    "json": as_json,
    "json in json": nested,
    "address": in_address,
    "xml": xml,
    "command line": command,
    "header": header,
    "utf-16": wide,
    "two lines": two_lines,
    "logrus": logrus,
}
_HEADERS = (
    ("header", "> Authorization: Bearer {v}"),
    ("quoted", 'Authorization="Bearer {v}" next=1'),
    ("json", '{"Authorization": "Bearer {v}", "z": "next"}'),
    ("json in json", '{"b": "{\\"Authorization\\":\\"Bearer {v}\\"}"}'),
    ("map", "map[Accept:[*/*] Authorization:[Bearer {v}] Z:[next]]"),
    ("xml", "<c><Authorization>Bearer {h}</Authorization></c>"),
    ("command line", "curl -H 'Authorization: Bearer {v}' https://x"),
    ("utf-16", "Authorization: Bearer {v}"),
    ("two lines", "Authorization: Bearer\n    {v}\nnext line"),
    ("logrus", STAMP + 'msg="sent Bearer {v} to x" next=1'),
)
_SIGNATURES = (
    ("address", "https://a.blob.core.windows.net/c?sv=2024-11-04&sig={q}&se=2026"),
    ("key=value", "SharedAccessSignature sr=x&sig={q}&se=1&skn=y"),
    ("quoted", 'url="https://a/c?sp=r&sig={q}" next=1'),
    ("json", '{"u": "https://a/c?sp=r&sig={q}&se=1", "z": "next"}'),
    ("json in json", '{"b": "{\\"u\\":\\"https://a/c?sp=r\\\\u0026sig={q}\\"}"}'),
    ("go json", '{"u": "https://a/c?sp=r\\u0026sig={q}\\u0026se=1"}'),
    ("xml", "<u>https://a/c?sp=r&amp;sig={q}&amp;se=1</u>"),
    ("command line", "azcopy copy 'https://a/c?sig={q}&sp=r' /tmp"),
    ("utf-16", "GET https://a/c?sp=r&sig={q}"),
    ("logrus", STAMP + 'msg="GET https://a/c?sp=r&sig={q}: EOF"'),
)
_ADDRESSES = (
    ("address", "proxy http://joe:{q}@proxy.example:8080/ used"),
    ("key=value", "https_proxy=http://joe:{q}@proxy.example:8080"),
    ("quoted", 'proxy="http://joe:{q}@proxy.example:8080" next=1'),
    ("json", '{"proxy.url": "http://joe:{q}@proxy.example:8080", "z": "next"}'),
    ("json in json", '{"b": "{\\"u\\":\\"http:\\\\/\\\\/joe:{q}@proxy.example\\"}"}'),
    ("xml", '<proxy url="http://joe:{q}@proxy.example:8080"/>'),
    ("command line", "tool --proxy http://joe:{q}@proxy.example:8080 --next"),
    ("encoded", "p=http%3A%2F%2Fjoe%3A{q}%40proxy.example%3A80"),
    ("utf-16", "proxy http://joe:{q}@proxy.example:8080/ used"),
    ("logrus", STAMP + 'msg="dial http://joe:{q}@proxy.example:8080: refused"'),
    ("no scheme", "proxy joe:{q}@proxy.example:8080 used"),
)
_BASICS = tuple((s, t.replace("Bearer", "Basic")) for s, t in _HEADERS)
_STRINGS = (
    ("key=value", "DefaultEndpointsProtocol=https;AccountName=a;AccountKey={v};E=x"),
    ("quoted", 'cs="Endpoint=sb://a/;SharedAccessKeyName=R;SharedAccessKey={v}"'),
    ("json", '{"connectionString": "AccountName=a;AccountKey={v};E=x", "z": "next"}'),
    ("json in json", '{"b": "{\\"cs\\":\\"AccountName=a;AccountKey={v};E=x\\"}"}'),
    ("sql", "Server=a;User ID=sa;Password={v};Encrypt=True"),
    ("xml", '<add name="c" connectionString="Server=a;Password={v};E=x"/>'),
    ("command line", 'tool --connection-string "AccountName=a;AccountKey={v};E=x"'),
    ("utf-16", "AccountName=a;AccountKey={v};EndpointSuffix=core.windows.net"),
    ("logrus", STAMP + 'msg="using AccountName=a;AccountKey={v};E=x"'),
    ("environment", "export AZURE_STORAGE_KEY={v}"),
)
_OBJECTS = (
    ("json", '{"protectedSettings": {"commandToExecute": "{j}"}, "z": "next"}'),
    ("list", '{"protectedSettings": [{"a": "{j}"}, {"b": "{j}"}], "z": "next"}'),
    ("deep", '{"protectedSettings": {"a": {"b": ["{j}", 1]}}, "z": "next"}'),
    (
        "json in json",
        '{"b": "{\\"protectedSettings\\":{\\"a\\":\\"{v}\\"},\\"z\\":1}"}',
    ),
    ("lines", '{"protectedSettings": {\n  "a": "{j}",\n  "c": "d"\n }, "z": "next"}'),
    ("utf-16", '{"protectedSettings": {"a": "{j}"}, "z": "next"}'),
    (
        "settings",
        '{"runtimeSettings":[{"handlerSettings":{"protectedSettings":"{j}"}}]}',
    ),
    ("logrus", STAMP + 'msg="{\\"protectedSettings\\":{\\"a\\":\\"{v}\\"}}"'),
    ("array", '{"secrets": ["{j}", "{j}"], "z": "next"}'),
    ("bracket", 'x {"protected_settings":{"a":"{j}"}} y'),
)
_COOKIES = (
    ("header", "> Cookie: ARRAffinity={v}; other=1"),
    ("set", "< Set-Cookie: fpc={v}; path=/; secure; HttpOnly"),
    ("json", '{"Cookie": "fpc={v}; a=b", "z": "next"}'),
    ("json in json", '{"b": "{\\"Cookie\\":\\"fpc={v}\\"}"}'),
    ("map", "map[Cookie:[fpc={v}] Z:[next]]"),
    ("command line", "curl -H 'Cookie: fpc={v}' https://x"),
    ("quoted", 'cookie="fpc={v}" next=1'),
    ("xml", "<c><Cookie>fpc={h}</Cookie></c>"),
    ("utf-16", "Cookie: fpc={v}"),
    ("logrus", STAMP + 'msg="Cookie: fpc={v}"'),
)
# Kinds that have shapes of their own.
OWN = (
    ("bearer", jwt, _HEADERS),
    ("bearer-opaque", some(40, 90, LETTERS + "-_."), _HEADERS),
    ("basic", basic, _BASICS),
    ("sas-signature", base64_of(32), _SIGNATURES),
    ("proxy-password", some(8, 20), _ADDRESSES),
    ("connection-string", base64_of(64), _STRINGS),
    ("protected-object", some(10, 30, LETTERS + "!-_ ."), _OBJECTS),
    ("cookie", some(20, 60, LETTERS), _COOKIES),
)
