"""What is new or reopened, posted as JSON to a webhook. Signed where LAYERPROOF_WEBHOOK_SECRET is set."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from scanner.audit.exports.posting import post
from scanner.audit.exports.told import Told, tell
from scanner.audit.targets import Target

if TYPE_CHECKING:
    from scanner.audit.exports import Sending

_NAMES = ("fingerprint", "rule", "principle", "severity", "layer", "node", "account", "region", "message",
          "first_seen", "since", "due", "reopened")  # fmt: skip


def send(sending: Sending, target: Target) -> str:
    """Post the news, if there are any. Raises ExportError."""
    secret = os.environ.get("LAYERPROOF_WEBHOOK_SECRET", "")
    return tell(
        sending.store,
        sending.scan,
        target.key,
        lambda found: post(target.where, document(found, sending.scan), secret),
    )


def document(found: Sequence[Told], scan: str) -> dict[str, Any]:
    """`{"layerproof_notice": 1, "scan", "new", "reopened", "findings": [{"event", "rule", ...}]}`."""
    return {
        "layerproof_notice": 1,
        "scan": scan,
        "new": sum(each.event == "new" for each in found),
        "reopened": sum(each.event == "reopened" for each in found),
        "findings": [
            {"event": each.event, "title": each.rule["title"], **{name: each.row[name] for name in _NAMES}}
            for each in found
        ],
    }
