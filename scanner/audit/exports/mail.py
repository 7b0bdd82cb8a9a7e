"""What is new or reopened, by mail through SMTP: `smtp://[USER@]HOST[:PORT]/?to=ADDRESS[,ADDRESS][&from=ADDRESS]`.

smtp:// upgrades by STARTTLS (not needed on this machine), smtps:// speaks TLS from the start. The password stands
in LAYERPROOF_SMTP_PASSWORD, never in the address.
"""

from __future__ import annotations

import os
import smtplib
import ssl
from collections.abc import Iterator, Sequence
from email.message import EmailMessage
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from scanner.audit.exports.told import Told, tell
from scanner.audit.targets import ExportError, Target, local
from scanner.report.escape import visible

if TYPE_CHECKING:
    from scanner.audit.exports import Sending

SECONDS = 30
MOST = 200  # findings named in one mail; the rest is counted


def send(sending: Sending, target: Target) -> str:
    """Send the news, if there are any. Raises ExportError."""
    parts = urlsplit(target.where)
    return tell(
        sending.store, sending.scan, target.key, lambda found: _deliver(parts, message(found, parts.query))
    )


def message(found: Sequence[Told], query: str) -> EmailMessage:
    """The mail. Raises ExportError for addresses that are none."""
    given = parse_qs(query)
    new, again = (sum(each.event == what for each in found) for what in ("new", "reopened"))
    made = EmailMessage()
    try:
        made["Subject"] = f"layerproof: {new} new, {again} reopened findings"
        made["To"] = given["to"][0]
        made["From"] = given.get("from", ["layerproof@localhost"])[0]
    except ValueError as error:
        raise ExportError(f"its addresses cannot be used: {error}") from error
    made.set_content("\n".join(_lines(found)) + "\n")
    return made


def _lines(found: Sequence[Told]) -> Iterator[str]:
    for each in found[:MOST]:
        row = each.row
        due = f", due {row['due'][:10]}" if row["due"] else ""
        yield f"{row['severity']}, {each.event}: {visible(each.rule['title'])} ({row['rule']})"
        yield f"  {visible(row['message'])}"
        yield f"  {visible(row['node'])}; first seen {row['first_seen'][:10]}{due}"
        yield ""
    if len(found) > MOST:
        yield f"and {len(found) - MOST} more: layerproof audit report lists them"


def _deliver(parts: SplitResult, made: EmailMessage) -> None:
    host, secure = parts.hostname or "", parts.scheme == "smtps"
    context = ssl.create_default_context()
    try:
        with (
            smtplib.SMTP_SSL(host, parts.port or 465, timeout=SECONDS, context=context)
            if secure
            else smtplib.SMTP(host, parts.port or 587, timeout=SECONDS)
        ) as server:
            if not secure and not local(host):
                server.starttls(context=context)
            if parts.username:
                server.login(unquote(parts.username), os.environ.get("LAYERPROOF_SMTP_PASSWORD", ""))
            refused = server.send_message(made)
    except (OSError, smtplib.SMTPException) as error:
        raise ExportError(f"the mail was not taken: {error}") from error
    if refused:
        raise ExportError(f"the mail was not taken for {', '.join(refused)}")
