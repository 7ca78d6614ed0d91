"""The internet, of which a name server and a web server in this process stand for the whole."""

from __future__ import annotations

import http.server
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest

from muvi_provision.aws.outside import LONGEST_BODY, Internet

ZONE = {
    ("uat.cinema.example.", "NS"): ("NS-7.AWSDNS-01.com.", "ns-1.awsdns-00.net."),
    ("www.uat.cinema.example.", "A"): ("192.0.2.7",),
    ("_a.uat.cinema.example.", "CNAME"): ("_B.acm-validations.aws.",),
    ("_muvi.www.uat.cinema.example.", "TXT"): ('"muvi:env=uat muvi:address=x"', '"a" "b"'),
}


class NameServer(threading.Thread):
    """Answers from ``ZONE`` at a port of its own until it is closed; ``asked`` are the names."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.port = int(self.socket.getsockname()[1])
        self.asked: list[str] = []

    def run(self) -> None:
        while True:
            packet, sender = self.socket.recvfrom(4096)
            if packet == b"end":
                return
            self.socket.sendto(self._answer(dns.message.from_wire(packet)).to_wire(), sender)

    def _answer(self, query: Any) -> Any:
        question = query.question[0]
        name, kind = question.name.to_text(), question.rdtype.name
        self.asked.append(name)
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.RA
        if (name, kind) in ZONE:
            answer.answer.append(dns.rrset.from_text(name, 60, "IN", kind, *ZONE[name, kind]))
        elif not any(held == name for held, _ in ZONE):
            answer.set_rcode(dns.rcode.SERVFAIL if name.startswith("broken") else dns.rcode.NXDOMAIN)
        return answer

    def close(self) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
            other.sendto(b"end", ("127.0.0.1", self.port))
        self.join()
        self.socket.close()


class Pages(http.server.BaseHTTPRequestHandler):
    heard: ClassVar[list[dict[str, str]]] = []

    def do_GET(self) -> None:
        self.heard.append({name.lower(): value for name, value in self.headers.items()})
        status = int(self.path.rpartition("/")[2] or 200)
        body = b"x" * (LONGEST_BODY + 1) if self.path.startswith("/long") else b"{}"
        self.send_response(status)
        self.send_header("X-Cache", "Miss from cloudfront")
        self.send_header("Location", "/200")
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        said = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(201)
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *_: Any) -> None:
        """Nothing."""


@pytest.fixture(scope="module")
def names() -> Iterator[NameServer]:
    server = NameServer()
    server.start()
    yield server
    server.close()


@pytest.fixture
def internet(names: NameServer) -> Internet:
    return Internet(("127.0.0.1",), names.port, timeout_s=5)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    serving = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    serving.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    serving.join()


@contextmanager
def silent(answer: bytes | None = None) -> Iterator[str]:
    """Somebody who takes the call and says nothing, or something that is no HTTP."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        taken: list[socket.socket] = []

        def take() -> None:
            caller, _ = server.accept()
            taken.append(caller)
            caller.recv(4096)
            if answer is not None:
                caller.sendall(answer)
                caller.close()

        waiting = threading.Thread(target=take, daemon=True)
        waiting.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/"
        waiting.join()
        for caller in taken:
            caller.close()


@pytest.mark.parametrize(
    ("name", "kind", "said"),
    [
        ("uat.cinema.example", "NS", ("ns-1.awsdns-00.net", "ns-7.awsdns-01.com")),
        ("www.uat.cinema.example", "A", ("192.0.2.7",)),
        ("_a.uat.cinema.example", "CNAME", ("_b.acm-validations.aws",)),
        ("_muvi.www.uat.cinema.example", "TXT", ("ab", "muvi:env=uat muvi:address=x")),
    ],
)
def test_names_are_looked_up(internet: Internet, name: str, kind: str, said: tuple[str, ...]) -> None:
    assert internet.look_up(name, kind) == said


@pytest.mark.parametrize("name", ["nobody.example", "broken.example", "www.uat.cinema.example", "a..b", "x" * 70, ""])
def test_whatever_goes_wrong_there_is_no_such_record(internet: Internet, name: str) -> None:
    assert internet.look_up(name, "NS") == ()


def test_who_does_not_answer_has_no_records() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as mute:
        mute.bind(("127.0.0.1", 0))
        assert Internet(("127.0.0.1",), mute.getsockname()[1], timeout_s=0.05).look_up("a.example", "A") == ()


def test_no_other_name_is_tried(internet: Internet, names: NameServer) -> None:
    names.asked.clear()
    internet.look_up("nobody.example", "A")
    assert set(names.asked) == {"nobody.example."}


def test_pages_are_fetched(internet: Internet, address: str) -> None:
    answered = internet.get(f"{address}/", {"X-Muvi": "1"})
    assert (answered.status, answered.body) == (200, b"{}")
    assert answered.headers["x-cache"] == "Miss from cloudfront"
    assert Pages.heard[-1]["x-muvi"] == "1"
    assert Pages.heard[-1]["user-agent"] == "muvi-provision"


def test_something_may_be_sent_along(internet: Internet, address: str) -> None:
    answered = internet.get(f"{address}/", {"Content-Type": "application/json"}, method="POST", body=b'{"a": 1}')
    assert (answered.status, answered.body) == (201, b'{"a": 1}')


@pytest.mark.parametrize("status", [301, 302, 403, 404, 502, 503])
def test_whatever_a_server_answers_is_an_answer(internet: Internet, address: str, status: int) -> None:
    answered = internet.get(f"{address}/{status}")
    assert (answered.status, answered.body) == (status, b"{}")
    assert answered.headers["location"] == "/200", "and it was not followed"


def test_of_a_long_page_only_the_beginning_is_read(internet: Internet, address: str) -> None:
    assert len(internet.get(f"{address}/long/200").body) == LONGEST_BODY


def test_where_nobody_listens(internet: Internet) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(ConnectionRefusedError):
        internet.get(f"http://127.0.0.1:{port}/")


def test_who_says_nothing_is_not_waited_for() -> None:
    with silent() as url, pytest.raises(TimeoutError):
        Internet(timeout_s=0.05).get(url)


@pytest.mark.parametrize("said", [b"gibberish\r\n\r\n", b""])
def test_who_does_not_speak_http_is_not_there(internet: Internet, said: bytes) -> None:
    with silent(said) as url, pytest.raises(OSError):
        internet.get(url)


@pytest.mark.parametrize("url", ["http:///", "nonsense", "http://[/", "http://a b/"])
def test_what_is_no_address_is_not_there(internet: Internet, url: str) -> None:
    with pytest.raises(OSError):
        internet.get(url)
