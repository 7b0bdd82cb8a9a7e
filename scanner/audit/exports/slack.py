"""What is new or reopened, posted to an incoming webhook of Slack.

Text is escaped as Slack asks (&, <, >: api.slack.com, "Formatting text"); sections hold at most 3,000 characters.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from scanner.audit.exports.posting import post
from scanner.audit.exports.told import Told, tell
from scanner.audit.targets import Target
from scanner.report.escape import visible

if TYPE_CHECKING:
    from scanner.audit.exports import Sending

MOST = 20  # findings named in one message; the rest is counted


def send(sending: Sending, target: Target) -> str:
    """Post the news, if there are any. Raises ExportError."""
    return tell(sending.store, sending.scan, target.key, lambda found: post(target.where, document(found)))


def document(found: Sequence[Told]) -> dict[str, Any]:
    """A message with one section per finding, worst first."""
    new, again = (sum(each.event == what for each in found) for what in ("new", "reopened"))
    head = f"layerproof: {new} new, {again} reopened"
    blocks = [{"type": "header", "text": {"type": "plain_text", "text": head}}]
    blocks.extend({"type": "section", "text": {"type": "mrkdwn", "text": each}} for each in _sections(found))
    return {"text": head, "blocks": blocks}


def _sections(found: Sequence[Told]) -> Iterator[str]:
    for each in found[:MOST]:
        row = each.row
        head = f"*{row['severity']}* {each.event}: {_escape(each.rule['title'])} (`{_escape(row['rule'])}`)"
        due = f", due {row['due'][:10]}" if row["due"] else ""
        yield f"{head}\n{_escape(row['message'])}\n_{_escape(row['account'])} {_escape(row['region'])}{due}_"[
            :3000
        ]
    if len(found) > MOST:
        yield f"and {len(found) - MOST} more"


def _escape(text: str) -> str:
    shown = visible(text)[:800].replace("`", "'")
    return shown.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
