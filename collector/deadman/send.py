"""Sends the switch's calls by itself: by e-mail, and to webhooks as JSON."""

from __future__ import annotations

import json
import smtplib
import ssl
import urllib.request
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, make_msgid

from collector.deadman.settings import MailTo

_TIMEOUT_S = 20.0


def send_mail(mail: MailTo, subject: str, body: str) -> None:
    """Send one e-mail; raise OSError or smtplib.SMTPException."""
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = mail.sender, ", ".join(mail.to), subject
    message["Date"], message["Message-ID"] = formatdate(), make_msgid(domain=mail.sender.partition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(body)
    context = ssl.create_default_context()
    server: smtplib.SMTP
    if mail.tls == "tls":
        server = smtplib.SMTP_SSL(mail.server, mail.port, timeout=_TIMEOUT_S, context=context)
    else:
        server = smtplib.SMTP(mail.server, mail.port, timeout=_TIMEOUT_S)
    with server:
        if mail.tls == "starttls":
            server.starttls(context=context)
        if mail.username is not None and mail.password is not None:
            server.login(mail.username, mail.password)
        server.send_message(message)


def post(url: str, subject: str, body: str, *, firing: bool) -> None:
    """Post one call to a webhook; raise OSError."""
    content = {"status": "firing" if firing else "resolved", "subject": subject, "text": body}
    request = urllib.request.Request(  # noqa: S310 - the inventory's own webhook
        url,
        data=json.dumps(content, ensure_ascii=False).encode(),
        headers={"Content-Type": "application/json; charset=utf-8"},
        method="POST",
    )
    with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as response:  # noqa: S310 - as above
        response.read(65_536)
