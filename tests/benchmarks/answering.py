"""From a command to the first answered call: the sandbox's, and the emulator's own server."""

from __future__ import annotations

import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from muvi_provision.sandbox import process
from tests.benchmarks.measuring import measure

QUESTION = b"Action=DescribeVpcs&Version=2016-11-15"
SIGNED = "AWS4-HMAC-SHA256 Credential=x/20261125/me-central-1/ec2/aws4_request, SignedHeaders=host, Signature=0"
POLL_S, LIMIT_S = 0.01, 60.0


def pairs(rounds: int = 7) -> tuple[float, float, float]:
    """(seconds of ``sandbox start``, seconds of the emulator's server, the ratio): medians, taken in turn."""
    _ours(), _emulator()  # both are in the disk's memory now
    took = [(_ours(), _emulator()) for _ in range(rounds)]
    middle = statistics.median
    return middle(a for a, _ in took), middle(b for _, b in took), middle(a / b for a, b in took)


def _ours() -> float:
    with tempfile.TemporaryDirectory() as name:
        folder, began = Path(name), time.perf_counter()
        measure((sys.executable, "-m", "muvi_provision", "sandbox", "start", "--state-dir", name), folder)
        endpoint = json.loads((folder / "sandbox" / "server.json").read_text())["endpoint"]
        _answered(endpoint, began)
        took = time.perf_counter() - began
        process.stop(folder)
    return took


def _emulator() -> float:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    nobody = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    command = (sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port))
    began = time.perf_counter()
    with subprocess.Popen(command, env=nobody, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as child:
        try:
            _answered(f"http://127.0.0.1:{port}", began)
            return time.perf_counter() - began
        finally:
            child.terminate()


def _answered(endpoint: str, began: float) -> None:
    """Asks what networks there are until it is told."""
    headers = {"Authorization": SIGNED, "Content-Type": "application/x-www-form-urlencoded"}
    request = urllib.request.Request(endpoint, data=QUESTION, headers=headers)
    directly = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while True:
        try:
            with directly.open(request, timeout=LIMIT_S) as answer:
                assert b"vpcSet" in answer.read()
                return
        except urllib.error.URLError:
            if time.perf_counter() > began + LIMIT_S:
                raise
            time.sleep(POLL_S)
