"""login.py KIND HOST CAFILE: logs in as user1 with Python's own mail modules.

KIND is imap, pop3 or submission (with STARTTLS), imaps, pop3s or submissions (TLS from the first byte). A server that refuses STARTTLS is
logged in to without TLS: for the sample of refusals.
"""

import imaplib
import poplib
import smtplib
import ssl
import sys

kind, host, cafile = sys.argv[1:]
context = ssl.create_default_context(cafile=cafile)

if kind in ("imap", "imaps"):
    client = imaplib.IMAP4_SSL(host, ssl_context=context) if kind == "imaps" else imaplib.IMAP4(host)
    if kind == "imap":
        try:
            client.starttls(context)
        except (imaplib.IMAP4.error, imaplib.IMAP4.abort) as refusal:
            print(refusal)
            # imaplib asks the capabilities first and does not even send STARTTLS where it is not offered
            try:
                client.xatom("STARTTLS")
            except imaplib.IMAP4.error as refused:
                print(refused)
    client.login("user1", "example")
    client.select(readonly=True)
    client.logout()
elif kind in ("pop3", "pop3s"):
    client = poplib.POP3_SSL(host, context=context) if kind == "pop3s" else poplib.POP3(host)
    if kind == "pop3":
        try:
            client.stls(context)
        except poplib.error_proto as refusal:
            print(refusal)
            try:
                client._shortcmd("STLS")
            except poplib.error_proto as refused:
                print(refused)
    client.user("user1")
    client.pass_("example")
    client.stat()
    client.quit()
else:
    client = smtplib.SMTP_SSL(host, 465, context=context) if kind == "submissions" else smtplib.SMTP(host, 587)
    if kind == "submission":
        try:
            client.starttls(context=context)
        except (smtplib.SMTPResponseException, smtplib.SMTPNotSupportedError) as refusal:
            print(refusal)
            print(client.docmd("STARTTLS"))
    client.login("user1", "example")
    client.sendmail("user1@example.org", ["user2@example.org"], "Subject: hello\r\n\r\nA message.\r\n")
    client.quit()
