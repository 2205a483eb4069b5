"""Debian's nginx with the configuration of deploy/, but for its addresses, for as long as a test lasts."""

import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support import ROOT
from tests.support.certificates import Certificate, certificate_for
from tests.support.ports import free_port

SITE = ROOT / "deploy" / "nginx.conf"
_START_SECONDS = 30

_AROUND = """
daemon off;
{user}
worker_processes 1;
pid {home}/pid;
error_log {home}/error.log;
events {{ worker_connections 512; }}
http {{
    access_log off;
    client_body_temp_path {home}/body;
    proxy_temp_path {home}/proxy;
    fastcgi_temp_path {home}/fastcgi;
    uwsgi_temp_path {home}/uwsgi;
    scgi_temp_path {home}/scgi;
    {site}
}}
"""


@dataclass(frozen=True)
class Nginx:
    """A running nginx, by TLS and without."""

    home: Path
    port: int
    plain_port: int

    @property
    def url(self) -> str:
        """The origin that browsers see."""
        return f"https://127.0.0.1:{self.port}"

    @property
    def authority(self) -> Path:
        """The certificate to verify it by."""
        return self.home / "certificate"

    def log_text(self) -> str:
        """Give what it has complained of."""
        return (self.home / "error.log").read_text()


@contextmanager
def running_nginx(port: int, nodes: Sequence[int]) -> Iterator[Nginx]:
    """Run nginx on this port, in front of the nodes that listen on those, or are to.

    Raises:
        RuntimeError: it is not installed, or did not start.
    """
    home = Path(tempfile.mkdtemp(prefix="latchkey-nginx-"))
    nginx = Nginx(home, port, free_port())
    try:
        (home / "configuration").write_text(_configuration(nginx, nodes, certificate_for("127.0.0.1")))
        with _process(nginx):
            yield nginx
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _configuration(nginx: Nginx, nodes: Sequence[int], certificate: Certificate) -> str:
    nginx.authority.write_text(certificate.certificate)
    (nginx.home / "key").write_text(certificate.key)
    first, *others = re.findall(r"^ *server 10\.0\.0\.\d+:8000 .*\n", SITE.read_text(), re.MULTILINE)
    site = SITE.read_text()
    for other in others:
        site = site.replace(other, "")
    lines = [re.sub(r"10\.0\.0\.\d+:8000", f"127.0.0.1:{node}", first) for node in nodes]
    changes = {
        first: "".join(lines),
        "listen 80;": f"listen 127.0.0.1:{nginx.plain_port};",
        "\n    listen 443 ": f"\n    listen 127.0.0.1:{nginx.port} ",
        "/etc/nginx/tls/auth.example.com.pem": str(nginx.authority),
        "/etc/nginx/tls/auth.example.com.key": f"{nginx.home}/key",
    }
    for before, after in changes.items():
        assert site.count(before) == 1, before
        site = site.replace(before, after)
    # As root it would change to an account that cannot read what root has made for it.
    return _AROUND.format(home=nginx.home, site=site, user="user root;" if os.geteuid() == 0 else "")


@contextmanager
def _process(nginx: Nginx) -> Iterator[None]:
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        raise RuntimeError("the tests need nginx: install the Debian package nginx")
    configured = ["-e", f"{nginx.home}/error.log", "-p", str(nginx.home), "-c", f"{nginx.home}/configuration"]
    # A test run that is killed outright has no chance to stop its server, so the kernel does it.
    setpriv = shutil.which("setpriv")
    dying = [setpriv, "--pdeathsig", "TERM"] if setpriv else []
    process = subprocess.Popen(
        [*dying, program, *configured], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )
    try:
        _wait_until_listening(nginx, process)
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def _wait_until_listening(nginx: Nginx, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", nginx.port)) == 0:
                return
        time.sleep(0.02)
    raise RuntimeError(f"nginx did not start:\n{nginx.log_text()}")
