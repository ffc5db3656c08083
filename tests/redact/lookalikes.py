"""Lines that look as if they held secrets, and hold none."""

from __future__ import annotations

import base64
import random
import uuid
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TEMPLATES = (
    'time="{time}" level=error msg="failed to acquire token: context deadline exceeded"',
    'time="{time}" level=error msg="error getting token: Get \\"http://localhost:40342/'
    'metadata/identity/oauth2/token?api-version=2020-06-01\\": dial tcp 127.0.0.1:40342"',
    'time="{time}" level=info msg="Token request from process {number}" Status Code=200',
    'time="{time}" level=error msg="ClientAssertionCredential authentication failed"',
    'time="{time}" level=warning msg="token expired at {time}, correlation id {guid}"',
    "AADSTS7000222: The provided client secret keys for app '{guid}' are expired.",
    "AADSTS700016: Application with identifier '{guid}' was not found. Trace ID: {guid}",
    "{time} password policy: minimum length {number}, history {number}",
    "Password expired for user svc-{number}",
    "the password for svc-{number} was changed at {time}",
    "wrong password: access denied (code {number})",
    "password=*** user=svc-{number}",
    "password=<not set> user=svc-{number}",
    '{{"password": null, "passwordSet": true, "n": {number}}}',
    '{{"secretName": "cert-{number}", "secretId": "{guid}", "version": "{hex}"}}',
    '{{"thumbprint": "{thumb}", "subject": "CN={guid}"}}',
    "Thumbprint: {thumb}",
    'ETag: "0x8D{hex16}"',
    'If-None-Match: W/"{hex}"',
    "sha256: {sha}  gc_ext_{number}.zip",
    "content hash {b64_32} of the package, {number} bytes",
    "Content-MD5: {b64_16}",
    "PublicKeyToken={hex16}, Culture=neutral, Version=4.{number}.0.0",
    "public key: {b64_64}",
    "-----BEGIN CERTIFICATE-----\nMIID{b64_64}\n-----END CERTIFICATE-----",
    "certificate MIIDdzCCAl+gAwIBAgIEAgAAuTANBgkqhkiG9w0BAQUFADBa{b64_32}",
    "WWW-Authenticate: Basic realm=/var/opt/azcmagent/tokens/{guid}.key",
    'Www-Authenticate: Bearer authorization_uri="https://login.windows.net/{guid}"',
    "key vault certificate refresh: {number} secrets observed",
    "keyVaultUri: https://kv{number}.vault.azure.net/secrets/cert/{hex}",
    'secret: Get "https://kv{number}.vault.azure.net/secrets": EOF',
    "HKLM\\SOFTWARE\\Policies key: not found ({number})",
    "primary key: id, foreign key: machine_{number}",
    "host key verification failed for 10.0.0.{small}",
    "Loading private key: /etc/ssl/private/machine-{number}.key",
    "cookie: none; cookies are disabled for {guid}",
    "authorization: denied for {guid}",
    "AuthorizationFailed: The client '{guid}' does not have authorization",
    "Microsoft.Authorization/roleAssignments/{guid} created",
    "grant_type=client_credentials&client_id={guid}&scope=https%3A%2F%2Fx%2F.default",
    "GET /subscriptions/{guid}/resourceGroups/rg{number}/providers/Microsoft.HybridCompute"
    "/machines/m{number}?api-version=2024-07-10",
    "sv=2024-11-04&ss=b&srt=sco&sp=r&se={time}&sig=*** (shown without signature)",
    "https://stx{number}.blob.core.windows.net/c?sv=2024-11-04&sig=REDACTED",
    "mail to ops{number}@contoso.com about {guid}",
    "connected to git@github.com:x/y-{number}.git",
    "user:joe{number}@contoso.com signed in",
    "proxy http://proxy.contoso.com:8080 is used; bypass: Arc, 10.0.0.{small}",
    "azcmagent connect --service-principal-id {guid} --tenant-id {guid}",
    "azcmagent connect --service-principal-secret *** --tenant-id {guid}",
    "usage: --password string   the password of the account ({number})",
    "mkdir -p /var/lib/GuestConfig/extension_logs/{number}",
    "ps -p {number} -o pid,comm",
    "cancellationToken: System.Threading.CancellationToken[{number}]",
    "unexpected token: '}}' at position {number}",
    "max_tokens={number}",
    "continuationToken=page-{number}",
    '{{"token_type": "Bearer", "expires_in": "{number}", "resource": "https://x"}}',
    "tokens refreshed: {number}",
    "session key length: {small}",
    "registry key: HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Azure Connected Machine Agent",
    "sshd[{number}]: Failed password for invalid user admin from 10.0.0.{small} port 22",
    "PasswordAuthentication no # {number}",
    "2026-03-10 10:00:00 gc_agent: protectedSettings: not present ({number})",
    '{{"protectedSettings": null, "publicSettings": {{"n": {number}}}}}',
    '{{"protectedSettings": "", "n": {number}}}',
    '{{"settings": {{"protectedSettings": {{}}, "n": {number}}}}}',
    "Exit code=0 status code={small}",
    "monkey=banana turkey: {number}",
    "passing=3 passed: {number}, bypass={small}",
    "ConnectionString: (not set) [{number}]",
    "config value proxy.url : http://proxy.contoso.com:{number}",
    "Secret rotation is due in {small} days",
    "the secret of id {guid} could not be found",
    "Keyset does not exist (0x80090016), key: {thumb}",
    "SecretUri=https://kv{number}.vault.azure.net/secrets/a/{hex}",
    "password=${{DB_PASSWORD}} from the environment of {number}",
    "token=%TOKEN% n={number}",
    "password: [REDACTED] n={number}",
    'api key: "not configured" ({number})',
    "pwd: /var/opt/azcmagent ({number})",
    "basic authentication is off ({number}); Basic protection",
    "Bearer authentication is required for {guid}",
    "error code: AZCM{number:04d}, token: 401 Unauthorized",
    "token: 0x{hex16}",
    "secret store: opened, key store: closed ({number})",
    "KeyVault.KeyVaultForLinux-1.{number}.0 Enable,success,{small}",
    "passphrase is required for key {number}",
    "id={guid} key={number} value=x",
)  # fmt: skip


def lines(seed: int, count: int) -> Iterator[str]:
    """Yield so many texts, most of them one line.

    Args:
        seed: Decides them.
        count: How many.
    """
    rng = random.Random(seed)
    for _ in range(count):
        template = rng.choice(TEMPLATES)
        yield template.format_map(_Values(rng))


class _Values(dict[str, object]):
    """Draws what a template asks for."""

    def __init__(self, rng: random.Random) -> None:
        super().__init__()
        self._rng = rng

    def __missing__(self, name: str) -> object:
        return DRAWS[name](self._rng)


def _base64(size: int) -> Callable[[random.Random], str]:
    return lambda rng: base64.b64encode(rng.randbytes(size)).decode()


DRAWS: dict[str, Callable[[random.Random], object]] = {
    "guid": lambda rng: str(uuid.UUID(int=rng.getrandbits(128), version=4)),
    "number": lambda rng: rng.randrange(10_000),
    "small": lambda rng: rng.randrange(1, 255),
    "time": lambda rng: (
        f"2026-03-{rng.randrange(10, 28)}T10:{rng.randrange(10, 60)}:00Z"
    ),
    "hex": lambda rng: rng.randbytes(16).hex(),
    "hex16": lambda rng: rng.randbytes(8).hex(),
    "thumb": lambda rng: rng.randbytes(20).hex().upper(),
    "sha": lambda rng: rng.randbytes(32).hex(),
    "b64_16": _base64(16),
    "b64_32": _base64(32),
    "b64_64": _base64(64),
}
