"""Which addresses on the network an outsider may make us call, and web addresses in one plain form.

``ipaddress.is_private`` does not answer the first question: it knows nothing of the IPv4 addresses
that IPv6 ones carry inside, and misses shared, relay and multicast ranges.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from unicodedata import normalize
from urllib.parse import quote

import idna

from clarion.channels import BadAddress

#: The only IPv6 space that is global unicast, RFC 4291 section 2.4 and the IANA registry.
_GLOBAL_UNICAST = IPv6Network("2000::/3")
#: Well-known NAT64 prefix, RFC 6052: the last 32 bits are an IPv4 address.
_NAT64 = IPv6Network("64:ff9b::/96")
#: Deprecated IPv4-compatible addresses, RFC 4291 section 2.5.5.1.
_COMPATIBLE = IPv6Network("::/96")
#: Called global by ``ipaddress`` of some Python version, though no public endpoint lives there.
_NOT_PUBLIC_4 = tuple(
    map(
        IPv4Network,
        (
            "100.64.0.0/10",  # shared by a provider's customers, RFC 6598
            "168.63.129.16/32",  # the host platform, seen from machines in Azure
            "192.0.0.0/24",  # protocol assignments, RFC 6890; Oracle Cloud's metadata
            "192.88.99.0/24",  # 6to4 relays, RFC 7526
        ),
    )
)
_NOT_PUBLIC_6 = (IPv6Network("3fff::/20"),)  # documentation, RFC 9637

URL_LIMIT = 2000
_URL = re.compile(
    r"(?P<scheme>https?)://(?P<host>\[[^\]/?]*\]|[^/?:\[\]@%]+)(?::(?P<port>[0-9]{1,5}))?(?P<rest>[/?].*)?",
    re.IGNORECASE | re.DOTALL,
)
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_DOTS = "。．｡"
_PRINTABLE = "".join(map(chr, range(0x21, 0x7F)))
_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Url:
    """A web address taken apart. ``host`` is a lower-case name, or an IP address without brackets."""

    scheme: str
    host: str
    port: int
    rest: str
    """Path and query; begins with a slash."""

    @property
    def bracketed(self) -> str:
        return f"[{self.host}]" if ":" in self.host else self.host

    @property
    def pair(self) -> str:
        """Host and port, such as ``10.0.0.7:8080`` or ``[::1]:9000``."""
        return f"{self.bracketed}:{self.port}"

    def __str__(self) -> str:
        port = "" if self.port == _DEFAULT_PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{self.bracketed}{port}{self.rest}"


def is_public(address: str) -> bool:
    """Is this IP address, and every IPv4 address inside it, one of the public internet?

    Anything that is no plain address (with a zone, say) is not.
    """
    try:
        ip = ip_address(address)
    except ValueError:
        return False
    return _public_4(ip) if isinstance(ip, IPv4Address) else _public_6(ip)


def _public_4(ip: IPv4Address) -> bool:
    return ip.is_global and not ip.is_multicast and not any(ip in network for network in _NOT_PUBLIC_4)


def _public_6(ip: IPv6Address) -> bool:
    inside = _inside(ip)
    if inside is not None:
        return all(map(_public_4, inside))
    if ip not in _GLOBAL_UNICAST or ip.scope_id is not None:
        return False
    # ISATAP, RFC 5214: the interface identifier says 5efe before an IPv4 address.
    isatap = (int(ip) >> 32) & 0xFCFFFFFF == 0x5EFE
    if isatap and not _public_4(IPv4Address(int(ip) & 0xFFFFFFFF)):
        return False
    return ip.is_global and not any(ip in network for network in _NOT_PUBLIC_6)


def _inside(ip: IPv6Address) -> tuple[IPv4Address, ...] | None:
    """The IPv4 addresses that this one is only a wrapping of, or None."""
    low = IPv4Address(int(ip) & 0xFFFFFFFF)
    if ip.ipv4_mapped is not None or ip in _NAT64 or ip in _COMPATIBLE:
        return (low,)
    if ip.sixtofour is not None:
        return (ip.sixtofour,)
    if ip.teredo is not None:
        return ip.teredo
    return None


def parse(url: str) -> Url:
    """The address taken apart, its host in the one form that means the same to every program.

    Raises BadAddress. Forms that programs read differently (numbers in octal or hex, look-alike
    digits, user names, backslashes) are refused, not repaired.
    """
    url = url.strip(" \t")
    if re.search(r"[\x00-\x20\x7f-\xa0\u2028\u2029\ud800-\udfff\\]", url) or len(url) > URL_LIMIT:
        raise BadAddress(
            f"A web address has no spaces, backslashes or control characters and at most {URL_LIMIT} letters."
        )
    if "#" in url:
        raise BadAddress("Leave out the part from “#” on: it is never sent to the endpoint.")
    if "@" in re.sub(r"(?i)^https?://", "", url).split("/")[0].split("?")[0]:
        raise BadAddress("Leave out the user name before “@”; deliveries are signed instead.")
    found = _URL.fullmatch(url)
    if found is None:
        raise BadAddress("Enter a full web address, such as https://example.org/status-hook.")
    scheme = found["scheme"].lower()
    port = int(found["port"]) if found["port"] else _DEFAULT_PORTS[scheme]
    if not 1 <= port <= 65535:
        raise BadAddress("A port is a number from 1 to 65535.")
    rest = quote(found["rest"] or "/", safe=_PRINTABLE)
    return Url(scheme, _host(found["host"]), port, rest if rest.startswith("/") else "/" + rest)


def _host(host: str) -> str:
    if host.startswith("["):
        try:
            found = IPv6Address(host[1:-1])
        except ValueError:
            raise BadAddress("This is no valid IPv6 address.") from None
        if found.scope_id is not None:
            raise BadAddress("An IPv6 address with a zone means something on one machine only.")
        return found.compressed
    host = host.lower()
    if normalize("NFKC", host) != host or any(dot in host for dot in _DOTS):
        raise BadAddress("Write the host name in plain letters, digits and dots; these only look like them.")
    if not host.isascii():
        try:
            host = idna.encode(host, uts46=True).decode("ascii")
        except idna.IDNAError:
            raise BadAddress("This is no valid host name.") from None
    host = host.removesuffix(".")
    labels = host.split(".")
    if _NUMBER.fullmatch(labels[-1]):
        return _dotted(host)
    if len(host) > 253 or not all(map(_LABEL.fullmatch, labels)):
        raise BadAddress("This is no valid host name.")
    return host


def _dotted(host: str) -> str:
    """What ends in a number is an IPv4 address to some program, so it must be a plain one to all."""
    try:
        return str(IPv4Address(host))
    except ValueError:
        raise BadAddress(
            "Write an IP address as four decimal numbers without leading zeros, or use a name."
        ) from None
