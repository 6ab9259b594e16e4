"""What is asked of a service, and what makes its answer right: frozen, all defaults filled in."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """Whose certificates are believed: those of `ca` (an absolute path), else this machine's own list.

    `server_name` is the name that the certificate must bear, where it is not the host's.
    """

    ca: str | None = None
    server_name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpCheck:
    """A page and what makes it right: status (spans, both ends included), and what its body holds or lacks.

    `matches` are regular expressions in RE2's syntax. Redirects are followed to the host of `url` and to
    `redirect_hosts`, `redirects` times at most.
    """

    url: str
    method: str = "GET"
    status: tuple[tuple[int, int], ...] = ((200, 299),)
    contains: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    matches: tuple[str, ...] = ()
    redirects: int = 5
    redirect_hosts: tuple[str, ...] = ()
    trust: Trust = field(default_factory=Trust)


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsCheck:
    """A port that must show a certificate that is believed."""

    host: str
    port: int
    trust: Trust = field(default_factory=Trust)


@dataclass(frozen=True, slots=True, kw_only=True)
class TcpCheck:
    """A port that must take connections."""

    host: str
    port: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DnsCheck:
    """A question to one name server. `answer`: what must be among the records of the answer; () for any."""

    server: str
    port: int
    name: str
    type: str = "A"
    answer: tuple[str, ...] = ()
