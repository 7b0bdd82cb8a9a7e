"""One JSON document posted to an address: never followed elsewhere, again where the other side stumbles."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import urlsplit

from scanner import __version__
from scanner.audit.targets import ExportError, local

ATTEMPTS = 3
SECONDS = 20
_AGAIN = (429, 500, 502, 503, 504)


class _Stay(urllib.request.HTTPRedirectHandler):
    """Findings go where the user said, and nowhere that a server says."""

    def redirect_request(self, *_: Any) -> None:
        return None


def post(where: str, document: Any, secret: str = "") -> None:
    """Post a document; with a secret signed by `X-Layerproof-Signature-256: sha256=HMAC`. Raises ExportError."""
    body = json.dumps(document, sort_keys=True).encode()
    headers = {"Content-Type": "application/json", "User-Agent": f"layerproof/{__version__}"}
    if secret:
        signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        headers["X-Layerproof-Signature-256"] = f"sha256={signature}"
    request = urllib.request.Request(where, body, headers)  # noqa: S310 - targets.parse lets http(s) through only
    here = local(urlsplit(where).hostname or "")  # a proxy has no business between us and this machine
    opener = urllib.request.build_opener(_Stay, *([urllib.request.ProxyHandler({})] if here else []))
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with opener.open(request, timeout=SECONDS):
                return
        except urllib.error.HTTPError as error:
            with error:
                if error.code not in _AGAIN or attempt == ATTEMPTS:
                    raise ExportError(f"it answered {error.code} {error.reason}") from None
        except (OSError, ValueError) as error:
            if attempt == ATTEMPTS:
                raise ExportError(f"it cannot be reached: {getattr(error, 'reason', error)}") from None
        time.sleep(0.5 * attempt)
