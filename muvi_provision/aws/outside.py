"""The internet as anybody sees it: names looked up and pages fetched, by nobody in particular."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    from dns.resolver import Resolver

LONGEST_BODY = 1 << 20  # bytes; nobody here needs more of a page


class Answered(NamedTuple):
    """What a web server answered: its status (200), headers by lower-case name, and the body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Outside(Protocol):
    """A way to the internet, or to what stands for it."""

    def look_up(self, name: str, kind: str) -> tuple[str, ...]:
        """The values of a name's records of a kind ("NS", "A", "CNAME", "TXT"); none when there are none."""
        ...

    def get(
        self, url: str, headers: Mapping[str, str] | None = None, *, method: str = "GET", body: bytes = b""
    ) -> Answered:
        """Raises OSError when the name does not resolve or nobody answers (TimeoutError)."""
        ...


class Internet:
    """The real one, asked as anybody would: nothing is remembered, no redirection followed, nothing asked twice.

    resolvers, port: the name servers that are asked; those of this machine when left out.
    """

    def __init__(self, resolvers: Sequence[str] = (), port: int = 53, timeout_s: float = 5.0) -> None:
        self.resolvers, self.port, self.timeout_s = tuple(resolvers), port, timeout_s

    def look_up(self, name: str, kind: str) -> tuple[str, ...]:
        """Whatever goes wrong is an answer too: for us the name has no such record."""
        from dns.exception import DNSException

        try:
            found = self._resolver().resolve(name, kind, lifetime=self.timeout_s, search=False)
        except (DNSException, OSError, ValueError):
            return ()
        return tuple(sorted(_said(record) for record in found))

    def _resolver(self) -> Resolver:
        from dns.resolver import Resolver

        resolver = Resolver(configure=not self.resolvers)
        if self.resolvers:
            resolver.nameservers, resolver.port = list(self.resolvers), self.port
        return resolver

    def get(
        self, url: str, headers: Mapping[str, str] | None = None, *, method: str = "GET", body: bytes = b""
    ) -> Answered:
        """Whatever the server answers is an answer, errors and redirections as well."""
        import http.client
        import urllib.error
        import urllib.request

        try:
            said = {"User-Agent": "muvi-provision", **(headers or {})}  # firewalls turn Python's own away
            asked = urllib.request.Request(url, body or None, said, method=method)  # noqa: S310
            with _opener().open(asked, timeout=self.timeout_s) as answer:
                return _answered(answer)
        except urllib.error.HTTPError as error:
            with error:
                return _answered(error)
        except urllib.error.URLError as error:
            raise (error.reason if isinstance(error.reason, OSError) else error) from error
        except (http.client.HTTPException, ValueError) as error:
            raise OSError(f"{url} is no address, or nothing there speaks HTTP: {type(error).__name__}") from error


def _said(record: Any) -> str:
    """One value: a text without its quotes, a name without the dot at its end."""
    strings = getattr(record, "strings", None)
    if strings is not None:
        return b"".join(strings).decode(errors="replace")
    return str(record.to_text()).rstrip(".").lower()


def _opener() -> Any:
    """One that follows no redirection: whoever asks wants to know of it."""
    import urllib.request

    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_: Any, **__: Any) -> None:
            return None

    return urllib.request.build_opener(Stay)


def _answered(answer: Any) -> Answered:
    told = {name.lower(): value for name, value in answer.headers.items()}
    return Answered(int(answer.status), told, answer.read(LONGEST_BODY))
