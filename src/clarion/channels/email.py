"""Mail over SMTP (RFC 5321), on a connection that is kept from one reader to the next."""

from __future__ import annotations

import logging
import re
import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

from email_validator import EmailNotValidError, validate_email

from clarion.channels import BadAddress
from clarion.channels._letter import BadLink, Letter, Sender, compose
from clarion.channels._mime import one_line
from clarion.channels._notice import mail
from clarion.rules.delivery import Message, Outcome, Parcel, Refused, Retry, Sent, without_addresses
from clarion.rules.notices import Notice

LABEL = "Email"

TLS_MODES = ("starttls", "tls", "none")
#: Composed messages kept by one session; a worker sends few different ones at a time.
KEPT_LETTERS = 32
#: Of what a relay says, this much is kept.
REPLY_LIMIT = 200

_log = logging.getLogger(__name__)
_ATOM = r"[A-Za-z0-9!#$&'*+/=?^_`{|}~-]+"
_DOMAIN_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
#: An address that means the same to every program it passes; at most 254 characters (RFC 5321).
_PLAIN_ADDRESS = re.compile(
    rf"(?!.*=\?)(?=[^@]{{1,64}}@)(?=.{{1,254}}\Z){_ATOM}(?:\.{_ATOM})*@{_DOMAIN_LABEL}(?:\.{_DOMAIN_LABEL})+"
)
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
#: Out of step, or sign-in wanted: about us and not about this reader, though they look permanent.
_ABOUT_US = frozenset({503, 530, 535, 538})
_EXAMPLE = "Enter one plain mail address, such as ann@example.org"


@dataclass(frozen=True, slots=True)
class Config:
    """How to reach the mail relay. ``timeout`` is in seconds and holds for each step of the talk."""

    host: str
    sender_address: str
    sender_name: str
    port: int = 587
    tls: str = "starttls"
    """``starttls`` (port 587), ``tls`` from the first byte (port 465) or ``none``."""
    username: str = ""
    password: str = field(default="", repr=False)
    timeout: float = 20.0
    unsubscribe_mailto: str = ""
    """Mailbox for unsubscribe mails, beside the link; may be empty."""
    ca_file: str = ""
    """Certificates to trust instead of the system's, for a relay with its own authority."""

    def __post_init__(self) -> None:
        if self.tls not in TLS_MODES:
            raise ValueError(f"tls is {self.tls!r}; it must be one of: {', '.join(TLS_MODES)}")
        if self.password and self.tls == "none" and self.host not in _LOOPBACK:
            raise ValueError("a password is never sent in the clear; set tls to starttls or tls")
        if not (self.username + self.password).isascii():
            raise ValueError("user name and password of the mail relay must be plain ASCII")
        for address in (self.sender_address, *filter(None, [self.unsubscribe_mailto])):
            clean_address(address)

    @property
    def sender(self) -> Sender:
        return Sender(self.sender_name, clean_address(self.sender_address), self.unsubscribe_mailto)


def clean_address(address: str, *, config: Config | None = None) -> str:
    """One bare ASCII mail address, its domain in lower case and IDNA form; raises BadAddress.

    ``config`` is part of every channel's signature; mail addresses do not depend on it.

    Stricter than RFC 5321 on purpose: quoted names, address literals and routes are refused, since
    what needs quoting is what gets misread on the way. The domain is not looked up.
    """
    address = address.strip(" \t")
    if re.search(r"[\x00-\x20\x7f-\xa0\u2028\u2029]", address):
        raise BadAddress("A mail address has no spaces, line breaks or control characters in it.")
    if address.count("@") != 1 or re.search(r'[,;:<>()\[\]\\"%]', address):
        raise BadAddress(f"{_EXAMPLE}, without quotes, brackets, commas or per cent signs.")
    if "=?" in address:
        raise BadAddress("An address with “=?” in it is misread by mail programs and cannot be used.")
    local, _, domain = address.rpartition("@")
    if not local.isascii() or len(local) > 64:
        raise BadAddress("The part before the @ must be plain letters, digits and signs, at most 64 of them.")
    if "." not in domain:
        raise BadAddress("The part after the @ must be a full domain name, such as example.org.")
    try:
        # Of the domains that exist on no public network only .test passes: for trial installations.
        found = validate_email(address, check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise BadAddress(f"This is no valid mail address. {_EXAMPLE}.") from error
    if found.ascii_email is None or not _PLAIN_ADDRESS.fullmatch(found.ascii_email):
        raise BadAddress(f"This is no valid mail address. {_EXAMPLE}.")
    return found.ascii_email


@contextmanager
def connect(config: Config) -> Iterator[Session]:
    """A session for one thread. The relay is called at the first send, and again when it hangs up."""
    session = Session(config)
    try:
        yield session
    finally:
        session.close()


class Session:
    """Sends one mail after another over one kept connection. Not for use by two threads at once."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._smtp: smtplib.SMTP | None = None
        self._sender = sender = config.sender

        @lru_cache(maxsize=KEPT_LETTERS)
        def letter(message: Message) -> Letter:
            return compose(message, sender)

        self._letter = letter

    def send(self, message: Message, parcel: Parcel, *, now: datetime) -> Outcome:
        """Hands the mail to the relay. The same parcel gives the same bytes each time.

        A lost connection is called anew once, but only while nothing can have been accepted. When it
        is lost after the mail's last byte, nobody knows: that is a Retry under the same Message-ID.
        """
        return self._deliver(parcel, lambda: self._letter(message).for_reader(parcel))

    def notify(self, notice: Notice, parcel: Parcel, *, now: datetime) -> Outcome:
        """The same for a notice to one of our own people."""
        return self._deliver(parcel, lambda: mail(notice, parcel, self._sender))

    def _deliver(self, parcel: Parcel, composed: Callable[[], bytes]) -> Outcome:
        if not _PLAIN_ADDRESS.fullmatch(parcel.address):
            return Refused("this is not a plain mail address")
        try:
            data = composed()
        except BadLink as error:
            return Refused(str(error))
        except Exception:
            _log.exception("delivery %s: the mail could not be composed", parcel.delivery_id)
            return Refused("the mail could not be composed; see the log")
        outcome, again = self._attempt(data, parcel)
        if again:
            outcome, _ = self._attempt(data, parcel)
        return outcome

    def close(self) -> None:
        """Ends the talk politely if the relay still listens."""
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            with suppress(OSError, smtplib.SMTPException):
                smtp.quit()
            smtp.close()

    def _attempt(self, data: bytes, parcel: Parcel) -> tuple[Outcome, bool]:
        """The outcome, and whether it is safe and sensible to call the relay anew for it at once."""
        kept = self._smtp is not None
        steps = _Steps(self._sender.address, parcel, self._config.password)
        try:
            smtp = self._smtp = self._smtp or _open(self._config)
            outcome = steps.transfer(smtp, data)
            if steps.broken:
                self._hang_up()
            elif not isinstance(outcome, Sent):
                smtp.rset()
        except Exception as error:
            self._hang_up()
            outcome = steps.outcome or _explain(error)
        except BaseException:
            # Told to stop in the middle of a mail: without its last dot the relay drops what it has.
            self._hang_up()
            raise
        # A kept connection may have been closed by the relay long ago; that says nothing about now.
        return outcome, kept and steps.broken_off and isinstance(outcome, Retry)

    def _hang_up(self) -> None:
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            smtp.close()


def _names_of(address: str) -> re.Pattern[str]:
    """What relays call a reader: the address, what stands before its @, and that without a +tag."""
    local = address.rpartition("@")[0]
    names = "|".join(re.escape(name) for name in (address, local, local.partition("+")[0]) if name)
    return re.compile(rf"(?<![^\W_])(?:{names})(?![^\W_])", re.IGNORECASE)


class _Steps:
    """One mail's way through MAIL, RCPT and DATA, and how far it came."""

    def __init__(self, sender: str, parcel: Parcel, password: str) -> None:
        self._sender = sender
        self._to = parcel.address
        self._hidden = [word for word in (parcel.unsubscribe_url, parcel.secret, password) if word]
        self._reader = _names_of(parcel.address)
        self.outcome: Outcome | None = None
        self.broken = False
        """The connection cannot be used again."""
        self.broken_off = True
        """Nothing was accepted and the relay hung up, or may have."""

    def transfer(self, smtp: smtplib.SMTP, data: bytes) -> Outcome:
        # docmd and not mail() and rcpt(): those parse the address again and may send a part of it.
        code, text = smtp.docmd("MAIL", f"FROM:<{self._sender}>")
        if code != 250:
            # Whatever the relay has against the sender, it has it against every mail, not this reader.
            return self._answer(code, text, final=False)
        code, text = smtp.docmd("RCPT", f"TO:<{self._to}>")
        if code not in (250, 251):
            return self._answer(code, text, final=True)
        try:
            code, text = smtp.docmd("DATA")
            if code != 354:
                return self._answer(code, text, final=True)
            self.broken_off = False
            # Dots at line starts are doubled (RFC 5321 section 4.5.2), though the encoder leaves none.
            smtp.send(data.replace(b"\r\n.", b"\r\n..") + b".\r\n")
            code, text = smtp.getreply()
        except smtplib.SMTPServerDisconnected:
            if not self.broken_off:
                self.outcome = Retry("the relay hung up before it confirmed the mail")
            raise
        return self._answer(code, text, final=True)

    def _answer(self, code: int, text: bytes, *, final: bool) -> Outcome:
        said = one_line(text.decode("utf-8", "replace"))
        for word in self._hidden:
            said = said.replace(word, "…")
        said = self._reader.sub("…", without_addresses(said))
        words = f"the relay answered {code} {said}"[:REPLY_LIMIT].strip()
        self.broken = code in (421, -1, 503)
        self.broken_off = self.broken_off and self.broken
        if code == 250:
            self.outcome = Sent(words)
        elif final and 500 <= code < 600 and code not in _ABOUT_US:
            self.outcome = Refused(words)
        else:
            self.outcome = Retry(words)
        return self.outcome


def _open(config: Config) -> smtplib.SMTP:
    """A connection ready for MAIL. The name we give is the sender's domain: no look-up of our own."""
    name = config.sender.domain
    context = ssl.create_default_context(cafile=config.ca_file or None)
    smtp: smtplib.SMTP
    if config.tls == "tls":
        smtp = smtplib.SMTP_SSL(config.host, config.port, name, timeout=config.timeout, context=context)
    else:
        smtp = smtplib.SMTP(config.host, config.port, name, timeout=config.timeout)
    try:
        if config.tls == "starttls":
            smtp.starttls(context=context)
        smtp.ehlo_or_helo_if_needed()
        if config.username:
            smtp.login(config.username, config.password)
    except BaseException:
        smtp.close()
        raise
    return smtp


def _explain(error: Exception) -> Retry:
    """A sentence without anything the relay or the network said: that may hold what we sent it."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return Retry(f"the relay refuses our sign-in ({error.smtp_code}); check user name and password")
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return Retry("the relay lacks STARTTLS or a way to sign in that we know; check the settings")
    if isinstance(error, ssl.SSLError):
        return Retry("the relay's certificate or encryption is not accepted; check the settings")
    if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):
        return Retry("the relay did not answer in time")
    if isinstance(error, smtplib.SMTPResponseException):
        return Retry(f"the relay refuses to talk to us ({error.smtp_code})")
    if isinstance(error, OSError | smtplib.SMTPException):
        return Retry("the relay cannot be reached, or hung up")
    _log.error("unexpected error in the talk with the relay", exc_info=error)
    return Retry(f"unexpected error ({type(error).__name__}); see the log")
