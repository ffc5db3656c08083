"""Who may come in: the address has a secret in it, and a page of others has no way.

Only this machine can connect at all. What is left are other users of it, who do not
know the secret, and pages in the user's own browser: these send the name of their own
site as `Host` (DNS rebinding) or as `Origin`, and are refused by that.
"""

from __future__ import annotations

import re
import secrets
from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from aiohttp.typedefs import Handler, Middleware

TOKEN_BYTES = 32
# Any port: through `ssh -L` it is another one than ours.
HOST = re.compile(r"(?:127\.0\.0\.1|localhost|\[::1\])(?::[0-9]{1,5})?")
REFUSED = "Refused. The whole address that arcdiag printed is needed.\n"
# Scripts and fonts of ours only: the page asks no other machine for anything.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "font-src 'self' data:; img-src 'self' data:; connect-src 'self' ws://{host}; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Server": "arcdiag",
    "X-Content-Type-Options": "nosniff",
}


def new_token() -> str:
    """Return a secret that nobody can guess, fit for an address."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def gate(token: str) -> Middleware:
    """Return what stands before every request, the websocket's included.

    Args:
        token: The first part of every path that is answered.
    """

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        if not _may(request, token):
            return web.Response(status=403, text=REFUSED)
        return await handler(request)

    return check


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Tell the browser what the page may not do."""
    response.headers.update(HEADERS)
    host = request.host if HOST.fullmatch(request.host) else "localhost"
    response.headers["Content-Security-Policy"] = POLICY.format(host=host)


def _may(request: web.Request, token: str) -> bool:
    first = request.path.removeprefix("/").partition("/")[0]
    given = first.encode("utf-8", "surrogatepass")
    # All three are looked at, so that the answer takes the same time.
    known = secrets.compare_digest(given, token.encode())
    here = HOST.fullmatch(request.host) is not None
    origin = request.headers.get("Origin", "")
    return known and here and origin in {"", f"http://{request.host}"}
