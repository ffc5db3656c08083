"""Secrets of many kinds in many shapes, drawn from a seed, as logs would hold them."""

from __future__ import annotations

import base64
import html
import json
import random
import string
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LETTERS = string.ascii_letters + string.digits
WORDY = LETTERS + "!#$*+-.:=?@^_~"  # what a value without quotes may hold
STRONG = WORDY + "%&()/<>[]{|} ,;'"
BASE64 = LETTERS + "+/"


@dataclass(frozen=True)
class Planted:
    """A piece of a log with a secret; `texts` must not be in it afterwards."""

    kind: str
    shape: str
    texts: tuple[str, ...]
    text: str
    wide: bool = False

    def data(self) -> bytes:
        """Return it as bytes, with the line end."""
        return (self.text + "\n").encode("utf-16" if self.wide else "utf-8")


@dataclass(frozen=True)
class Kind:
    """How secrets of a kind are drawn; `keys` name them, if they need it."""

    name: str
    draw: Callable[[random.Random], str]
    keys: tuple[str, ...] = ()
    strong: bool = False  # in quotes it may hold any character


def text_of(rng: random.Random, alphabet: str, length: int) -> str:
    """Return random characters, a letter and a digit among them."""
    middle = "".join(rng.choice(alphabet) for _ in range(max(length - 3, 1)))
    return f"{rng.choice(string.ascii_letters)}{middle}{rng.randrange(10)}Z"


def some(low: int, high: int, alphabet: str = WORDY) -> Callable[[random.Random], str]:
    """Return a drawer of words."""
    return lambda rng: text_of(rng, alphabet, rng.randint(low, high))


def base64_of(size: int) -> Callable[[random.Random], str]:
    """Return a drawer of keys of so many bytes."""
    return lambda rng: base64.b64encode(rng.randbytes(size)).decode()


def jwt(rng: random.Random) -> str:
    """Return a token of three parts."""

    def part(data: bytes) -> str:
        return base64.urlsafe_b64encode(data).decode().rstrip("=")

    head = json.dumps({"typ": "JWT", "alg": "RS256", "kid": some(20, 20, LETTERS)(rng)})
    body = json.dumps({"aud": "https://x", "oid": some(36, 36, LETTERS)(rng)})
    return ".".join(
        (part(head.encode()), part(body.encode()), part(rng.randbytes(256)))
    )


def armour(label: str, begin: bytes) -> Callable[[random.Random], str]:
    """Return a drawer of keys in PEM armour."""

    def draw(rng: random.Random) -> str:
        body = base64.b64encode(begin + rng.randbytes(rng.randint(200, 1200))).decode()
        lines = [body[at : at + 64] for at in range(0, len(body), 64)]
        return "\n".join((f"-----BEGIN {label}-----", *lines, f"-----END {label}-----"))

    return draw


def blob(begin: bytes, size: int = 900) -> Callable[[random.Random], str]:
    """Return a drawer of Base64 that begins with these bytes."""
    return lambda rng: base64.b64encode(begin + rng.randbytes(size)).decode()


def basic(rng: random.Random) -> str:
    """Return the credentials of a basic authorization."""
    plain = f"{some(4, 8, LETTERS)(rng)}:{some(8, 16, LETTERS)(rng)}"
    return base64.b64encode(plain.encode()).decode()


def entra(rng: random.Random) -> str:
    """Return a client secret in the shape that Entra gives it."""
    alphabet = LETTERS + "_.-~"
    return f"{some(3, 3, LETTERS)(rng)[:3]}8Q~{text_of(rng, alphabet, 34)}"


def after(prefix: str, length: int, alphabet: str = LETTERS) -> Callable[..., str]:
    """Return a drawer of tokens with a prefix."""
    return lambda rng: prefix + text_of(rng, alphabet, length)


def upper(prefix: str, length: int) -> Callable[..., str]:
    """Return a drawer of capitals and digits with a prefix."""
    letters = string.ascii_uppercase + string.digits
    return lambda rng: prefix + "".join(rng.choice(letters) for _ in range(length))


PKCS8 = bytes.fromhex("308204be020100300d06092a864886f70d01010105000482")
PKCS1 = bytes.fromhex("308204a40201000282010100")
PKCS12 = bytes.fromhex("30820a7102010330820a2c06092a864886f70d010701")
KINDS = (
    Kind("password", some(8, 24), ("password", "adminPassword", "DB_PASSWORD"), strong=True),
    Kind("passwd", some(8, 24), ("passwd", "rootPasswd"), strong=True),
    Kind("pwd", some(8, 16), ("pwd", "sqlPwd"), strong=True),
    Kind("passphrase", some(12, 30), ("passphrase", "keyPassPhrase"), strong=True),
    Kind("client-secret", entra, ("client_secret", "clientSecret")),
    Kind("service-principal-secret", some(32, 40), ("service-principal-secret", "servicePrincipalSecret"), strong=True),
    Kind("entra-secret-alone", entra),
    Kind("secret", some(10, 40), ("secret", "webhookSecret"), strong=True),
    Kind("access-token", some(40, 200, LETTERS + "-_."), ("access_token", "accessToken")),
    Kind("refresh-token", some(60, 400, LETTERS + "-_."), ("refresh_token",)),
    Kind("sas-token", some(30, 60, LETTERS + "%+/="), ("sasToken", "sas_token")),
    Kind("session-token", base64_of(48), ("sessionToken", "X-Session-Token")),
    Kind("jwt-alone", jwt),
    Kind("jwt-named", jwt, ("id_token", "assertion-token")),
    Kind("account-key", base64_of(64), ("AccountKey", "storageAccountKey")),
    Kind("shared-access-key", base64_of(32), ("SharedAccessKey",)),
    Kind("workspace-key", base64_of(64), ("workspaceKey", "WORKSPACE_KEY")),
    Kind("shared-key", base64_of(64), ("SharedKey", "shared_key")),
    Kind("api-key", some(32, 32, LETTERS), ("api-key", "x-api-key", "apiKey")),
    Kind("subscription-key", some(32, 32, "0123456789abcdef"), ("Ocp-Apim-Subscription-Key",)),
    Kind("functions-key", base64_of(40), ("x-functions-key",)),
    Kind("encryption-key", base64_of(32), ("encryptionKey", "decryption_key")),
    Kind("license-key", upper("", 25), ("licenseKey",)),
    Kind("credential", some(12, 30), ("credential", "proxyCredentials"), strong=True),
    Kind("psk", some(16, 30), ("psk", "pre-shared-key"), strong=True),
    Kind("aws-secret", some(40, 40, BASE64), ("aws_secret_access_key", "secretAccessKey")),
    Kind("aws-key-id", upper("AKIA", 16)),
    Kind("github-token", after("ghp_", 36)),
    Kind("slack-token", after("xoxb-", 40)),
    Kind("google-key", after("AIza", 35)),
    Kind("npm-token", after("npm_", 36)),
    Kind("pem-rsa", armour("RSA PRIVATE KEY", PKCS1)),
    Kind("pem-pkcs8", armour("PRIVATE KEY", PKCS8)),
    Kind("pem-ec", armour("EC PRIVATE KEY", b"\x30\x77\x02\x01\x01\x04\x20")),
    Kind("pem-openssh", armour("OPENSSH PRIVATE KEY", b"openssh-key-v1\0")),
    Kind("key-blob", blob(PKCS8)),
    Kind("pfx-blob", blob(PKCS12)),
    Kind("protected-settings", blob(bytes.fromhex("308206c206092a864886f70d010703")), ("protectedSettings",)),
)  # fmt: skip


def planted(seed: int) -> Iterator[Planted]:
    """Yield every kind in every shape once.

    Args:
        seed: Decides values, names and what stands around them.
    """
    from tests.redact.shaped import OWN, SHAPES

    rng = random.Random(seed)
    for kind in KINDS:
        for shape, write in SHAPES.items():
            yield write(kind, shape, rng)
    for name, draw, shapes in OWN:
        for shape, template in shapes:
            yield _own(name, draw(rng), shape, template, rng)


def _own(
    name: str, value: str, shape: str, template: str, rng: random.Random
) -> Planted:
    text = template.replace("{q}", quote(value, safe="")).replace("{v}", value)
    text = text.replace("{h}", html.escape(value)).replace(
        "{n}", str(rng.randrange(99))
    )
    text = text.replace("{j}", json.dumps(value)[1:-1])
    wide = shape == "utf-16"
    return Planted(name, shape, (value, quote(value, safe="")), text, wide)
