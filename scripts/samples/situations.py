"""situations.py HOST CAFILE [few|proxied|FORWARD]: every way a login can go, one after the other, for the log lines they leave.

IMAP, POP3, submission and ManageSieve; TLS from the first byte, by STARTTLS and none; right and wrong passwords, refusals, and clients that
leave early; `few` of them; those of a `proxied` IMAP server. FORWARD (hash,string of ssl_ja3): behaves as a trusted proxy that forwards these fields, and logs in once a protocol.
"""

import base64
import socket
import ssl
import sys
import time

host, cafile = sys.argv[1:3]
forward = sys.argv[3] if len(sys.argv) > 3 else None
context = ssl.create_default_context(cafile=cafile)
context.check_hostname = False


class Talk:
    """One connection: lines out, lines in."""

    def __init__(self, port, tls=False):
        self.raw = socket.create_connection((host, port), timeout=20)
        self.open(context.wrap_socket(self.raw, server_hostname=host) if tls else self.raw)

    def open(self, sock):
        self.sock = sock
        self.file = sock.makefile("rb")

    def secure(self):
        self.open(context.wrap_socket(self.sock, server_hostname=host))

    def send(self, text):
        self.sock.sendall(text.encode("utf-8", "surrogateescape") + b"\r\n")

    def until(self, *starts):
        while True:
            line = self.file.readline()
            if not line or any(line.startswith(start.encode()) for start in starts):
                return line

    def close(self):
        try:
            self.sock.close()
            self.raw.close()
        except OSError:
            pass


def imap(*commands, tls=None, leave=False):
    talk = Talk(993 if tls == "implicit" else 143, tls == "implicit")
    talk.until("*")
    if tls == "starttls":
        talk.send("s STARTTLS")
        talk.until("s ")
        talk.secure()
    for number, command in enumerate(commands):
        talk.send(f"{number} {command}")
        # the answer to `*` has the tag of the command it ends
        talk.until(*(f"{tag} " for tag in range(number + 1)), "+ ", "* BYE")
    if not leave:
        talk.send("z LOGOUT")
        talk.until("z ")
    talk.close()


def pop3(*commands, tls=None, leave=False):
    talk = Talk(995 if tls == "implicit" else 110, tls == "implicit")
    talk.until("+OK")
    if tls == "starttls":
        talk.send("STLS")
        talk.until("+OK")
        talk.secure()
    for command in commands:
        talk.send(command)
        talk.until("+", "-")
    if not leave:
        talk.send("QUIT")
        talk.until("+", "-")
    talk.close()


def smtp(*commands, tls=None):
    talk = Talk(465 if tls == "implicit" else 587, tls == "implicit")
    talk.until("220 ")
    talk.send("EHLO client.example.net")
    talk.until("250 ")
    if tls == "starttls":
        talk.send("STARTTLS")
        talk.until("220 ")
        talk.secure()
        talk.send("EHLO client.example.net")
        talk.until("250 ")
    for command in commands:
        talk.send(command)
        talk.until("2", "3", "4", "5")
    talk.send("QUIT")
    talk.until("2")
    talk.close()


def sieve(*commands, tls=None):
    talk = Talk(4190)
    talk.until("OK")
    if tls == "starttls":
        talk.send("STARTTLS")
        talk.until("OK")
        talk.secure()
        talk.until("OK")
    for command in commands:
        talk.send(command)
        talk.until("OK", "NO", "BYE")
    talk.send("LOGOUT")
    talk.until("OK", "BYE")
    talk.close()


def plain(user, password="example"):
    return base64.b64encode(f"\0{user}\0{password}".encode("utf-8", "surrogateescape")).decode()


def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def attempt(function, *arguments, **options):
    try:
        function(*arguments, **options)
    except OSError as error:  # the server closed first: what some of these are about
        print(f"{function.__name__}: {error}", file=sys.stderr)
    time.sleep(0.05)


def forwarded():
    hash, string = forward.split(",", 1)
    ip, port = "203.0.113.9", "40123"
    fields = f'"x-originating-ip" "{ip}" "x-originating-port" "{port}" "x-session-id" "forwarded{{}}"'
    fields += f' "x-forward-ssl_ja3_hash" "{hash}" "x-forward-ssl_ja3" "{string}"'
    attempt(imap, f"ID ({fields.format(1)})", "LOGIN user1 example")
    attempt(imap, f"ID ({fields.format(2)})", "LOGIN user1 wrong")
    packed = base64.b64encode(f"ssl_ja3_hash={hash}\tssl_ja3={string}".encode()).decode()
    xclient = f"XCLIENT ADDR={ip} PORT={port} SESSION=forwarded3"
    attempt(pop3, f"{xclient} FORWARD={packed}", "USER user1", "PASS example")


def hostile():
    names = [
        "eve>, rip=192.0.2.66, session=<AAAAAAAAAAAAAAAA",
        "eve, ssl_ja3_hash=00000000000000000000000000000000",
        "eve>, method=PLAIN, rip=192.0.2.66, lip=192.0.2.67, TLS, session=<x",
        "eve, user=<mallory>, rip=192.0.2.66",
        "eve\tand\x01 control \x1b[31m",
        "<eve> 'and' \"quotes\" \\ %u %{rip}",
        "e\u0301v\u00e9 \u202egro.elpmaxe",
        "invalid \udcff\udcfe utf-8",
        "eve" + "x" * 200,
        "user=<eve",
    ]
    for name in names:
        attempt(imap, f"AUTHENTICATE PLAIN {plain(name, 'wrong')}", tls="implicit", leave=True)
        attempt(imap, f"AUTHENTICATE PLAIN {plain(name)}", tls="implicit")
    attempt(imap, 'AUTHENTICATE "PLAIN, rip=192.0.2.66, TLS"', tls="implicit", leave=True)
    attempt(imap, 'AUTHENTICATE "X>, user=<mallory"', tls="implicit", leave=True)
    attempt(sieve, 'AUTHENTICATE "X, TLS, rip=192.0.2.66"')
    attempt(sieve, 'AUTHENTICATE "X>, user=<mallory>, rip=192.0.2.66"', tls="starttls")


def everything():
    for tls in ("implicit", "starttls"):
        attempt(imap, "LOGIN user1 example", tls=tls)
        attempt(imap, "LOGIN user1 wrong", tls=tls)
        attempt(imap, "LOGIN user1 wrong", "LOGIN user2 wrong", "LOGIN user2 example", tls=tls)
        attempt(pop3, "USER user1", "PASS example", tls=tls)
        attempt(pop3, "USER user1", "PASS wrong", tls=tls)
        attempt(smtp, f"AUTH PLAIN {plain('user1')}", tls=tls)
        attempt(smtp, f"AUTH PLAIN {plain('user1', 'wrong')}", tls=tls)
    attempt(sieve, f'AUTHENTICATE "PLAIN" {quoted(plain("user1"))}', tls="starttls")
    attempt(sieve, f'AUTHENTICATE "PLAIN" {quoted(plain("user1", "wrong"))}', tls="starttls")
    attempt(imap, f"AUTHENTICATE PLAIN {plain('user1')}", tls="implicit")
    attempt(imap, tls="implicit", leave=True)  # leaves without a try
    attempt(imap, tls="implicit")  # LOGOUT without a try
    attempt(imap, "CAPABILITY", leave=True)  # the same without TLS
    attempt(imap, "AUTHENTICATE PLAIN", tls="implicit", leave=True)  # never answers
    attempt(imap, "AUTHENTICATE PLAIN", "*", tls="implicit", leave=True)
    attempt(imap, "AUTHENTICATE NONSENSE", tls="implicit")
    attempt(imap, "AUTHENTICATE PLAIN !!!!", tls="implicit")
    attempt(imap, "LOGIN user1 example")  # in clear, where that is not allowed
    attempt(pop3, "USER user1", "PASS example")
    attempt(imap, "NONSENSE", "NONSENSE", "NONSENSE", "NONSENSE", tls="implicit", leave=True)
    attempt(pop3, *["NONSENSE"] * 4, tls="implicit", leave=True)
    attempt(imap, "LOGIN user1 " + "x" * 20000, tls="implicit", leave=True)  # too long
    attempt(imap, "LOGIN refused example", tls="implicit")  # the policy server says no
    talk = Talk(993)  # plain text where TLS belongs
    talk.send("a NOOP")
    talk.until("*")
    talk.close()
    talk = Talk(993)  # leaves during the handshake
    talk.close()
    distrusting = ssl.create_default_context()
    try:
        distrusting.wrap_socket(socket.create_connection((host, 993), timeout=20), server_hostname=host)
    except OSError:
        pass
    hostile()


def few():
    attempt(imap, "LOGIN user1 example", tls="implicit")
    attempt(pop3, "USER user1", "PASS wrong", tls="starttls")
    attempt(smtp, f"AUTH PLAIN {plain('user2')}", tls="starttls")
    attempt(imap, tls="implicit", leave=True)
    attempt(imap, f"AUTHENTICATE PLAIN {plain('eve>, rip=192.0.2.66', 'wrong')}", tls="implicit", leave=True)
    attempt(imap, f"AUTHENTICATE PLAIN {plain('eve' + chr(9) + chr(27) + '[31m é', 'wrong')}", tls="implicit", leave=True)


def proxied():
    attempt(imap, "LOGIN user1 example", tls="implicit")
    attempt(imap, "LOGIN user1 wrong", tls="implicit")
    attempt(imap, tls="starttls", leave=True)
    for name in ("eve>: user=<mallory>, rip=192.0.2.66", "eve): user=<m,1", "eve, rip=192.0.2.66"):
        attempt(imap, f"AUTHENTICATE PLAIN {plain(name)}", tls="implicit")
        attempt(imap, f"AUTHENTICATE PLAIN {plain(name, 'wrong')}", tls="implicit")


if forward is None:
    everything()
elif forward == "few":
    few()
elif forward == "proxied":
    proxied()
else:
    forwarded()
