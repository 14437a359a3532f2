"""Real servers from Debian's packages, started by the tests on free ports and ended by them."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

PATIENCE = 30.0


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    with socket.socket(socket.AF_INET, kind) as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def need(binary: str, package: str) -> str:
    """The path of a server, or skip the test and say which package has it."""
    found = shutil.which(binary, path=os.environ["PATH"] + ":/usr/sbin:/sbin:/usr/local/sbin")
    if found is None:
        pytest.skip(f"{binary} is not installed (apt install {package})")
    return found


def wait_for(condition: Callable[[], object], what: str, seconds: float = PATIENCE) -> None:
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            raise TimeoutError(what)
        time.sleep(0.02)


def listens(port: int, host: str = "127.0.0.1") -> bool:
    with contextlib.suppress(OSError):
        socket.create_connection((host, port), timeout=1).close()
        return True
    return False


@contextlib.contextmanager
def running(command: list[str], log: Path, port: int, host: str = "127.0.0.1") -> Iterator[int]:
    """A process that listens on a TCP port by the time the block begins; gives its id."""
    with log.open("w") as out:
        process = subprocess.Popen(
            command, stdout=out, stderr=subprocess.STDOUT, start_new_session=True
        )
    try:

        def up() -> bool:
            if process.poll() is not None:
                raise RuntimeError(f"{command[0]} ended:\n{log.read_text()[-3000:]}")
            return listens(port, host)

        wait_for(up, f"{command[0]} does not listen on {port}")
        yield process.pid
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        # Its own children may hold the port for a moment longer.
        wait_for(lambda: not listens(port, host), f"{command[0]} still listens on {port}")


@contextlib.contextmanager
def nginx_rtmp(folder: Path, port: int) -> Iterator[Path]:
    """nginx-rtmp that records what is pushed to /live into the folder it gives: KEY.flv."""
    binary = need("nginx", "libnginx-mod-rtmp")
    module = Path("/usr/lib/nginx/modules/ngx_rtmp_module.so")
    if not module.exists():
        pytest.skip("nginx has no RTMP module (apt install libnginx-mod-rtmp)")
    records = folder / "records"
    records.mkdir(exist_ok=True)
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(
        f"""load_module {module}; daemon off; {user} worker_processes 1;
pid {folder}/nginx.pid; error_log {folder}/error.log notice;
events {{ worker_connections 64; }}
rtmp {{ server {{ listen 127.0.0.1:{port}; chunk_size 4096;
  application live {{ live on; record all; record_path {records}; record_unique off; }} }} }}
"""
    )
    command = [binary, "-p", str(folder), "-c", str(folder / "nginx.conf")]
    with running(command, folder / "nginx.log", port):
        yield records


TLS_FRONT = """
import asyncio, ssl, sys
port, behind, cert, key = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4]
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER); context.load_cert_chain(cert, key)
async def pipe(reader, writer):
    try:
        while data := await reader.read(65536):
            writer.write(data); await writer.drain()
    except OSError: pass
    finally: writer.close()
async def serve(reader, writer):
    r, w = await asyncio.open_connection("127.0.0.1", behind)
    await asyncio.gather(pipe(reader, w), pipe(r, writer))
async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", port, ssl=context)
    await server.serve_forever()
asyncio.run(main())
"""


@contextlib.contextmanager
def tls_front(folder: Path, port: int, behind: int) -> Iterator[Path]:
    """TLS for localhost before another port, by a certificate of its own; gives its file."""
    cert, key = certificate(folder)
    command = [sys.executable, "-c", TLS_FRONT, str(port), str(behind), str(cert), str(key)]
    with running(command, folder / "tls.log", port):
        yield cert


def certificate(folder: Path) -> tuple[Path, Path]:
    """A self-signed certificate for localhost: (certificate, key)."""
    import datetime

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(private, hashes.SHA256())
    )
    cert, key = folder / "cert.pem", folder / "key.pem"
    cert.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key.write_bytes(
        private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return cert, key


def own_address() -> str:
    """An address of this machine that is not loopback: Janus offers no other. Else skip."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        try:
            one.connect(("192.0.2.1", 9))  # sends nothing; only chooses a route
            address: str = one.getsockname()[0]
        except OSError:
            address = "127.0.0.1"
    if address.startswith("127."):
        import psutil

        for addresses in psutil.net_if_addrs().values():
            for found in addresses:
                if found.family == socket.AF_INET and not found.address.startswith("127."):
                    return str(found.address)
        pytest.skip("this machine has no address but loopback, and Janus needs one")
    return address


@contextlib.contextmanager
def janus(folder: Path, port: int) -> Iterator[str]:
    """Janus with its videoroom, spoken to over HTTP; gives the API's address."""
    binary = need("janus", "janus")
    config = folder / "janus"
    config.mkdir()
    cert, key = certificate(folder)
    (config / "janus.jcfg").write_text(
        f"""general: {{ debug_level = 4, admin_secret = "x",
  plugins_folder = "/usr/lib/x86_64-linux-gnu/janus/plugins"
  transports_folder = "/usr/lib/x86_64-linux-gnu/janus/transports"
  events_folder = "{config}/none", loggers_folder = "{config}/none" }}
certificates: {{ cert_pem = "{cert}", cert_key = "{key}" }}
media: {{ rtp_port_range = "20000-40000" }}
nat: {{ nice_debug = false, full_trickle = true, ice_lite = false }}
plugins: {{ disable = "" }}
transports: {{ }}
""".replace("/usr/lib/x86_64-linux-gnu/janus", str(_janus_folder()))
    )
    (config / "janus.transport.http.jcfg").write_text(
        f"""general: {{ json = "compact", base_path = "/janus", http = true, port = {port},
  ip = "127.0.0.1", https = false }}
admin: {{ admin_http = false }}
"""
    )
    (config / "janus.plugin.videoroom.jcfg").write_text("general: { }\n")
    command = [binary, "-F", str(config), "-N"]
    with running(command, folder / "janus.log", port):
        yield f"http://127.0.0.1:{port}/janus"


def _janus_folder() -> Path:
    for found in Path("/usr/lib").glob("*/janus"):
        return found
    pytest.skip("Janus has no plugins folder")


@contextlib.contextmanager
def coturn(folder: Path, port: int, secret: str) -> Iterator[str]:
    """A TURN server on loopback with the shared secret; gives its address, host:port."""
    binary = need("turnserver", "coturn")
    config = folder / "turnserver.conf"
    config.write_text(
        f"""listening-ip=127.0.0.1
listening-port={port}
relay-ip=127.0.0.1
min-port=50000
max-port=60000
use-auth-secret
static-auth-secret={secret}
realm=idol.test
allow-loopback-peers
cli-password=not-used
no-cli
no-tls
no-dtls
fingerprint
userdb={folder}/turndb
pidfile={folder}/turn.pid
log-file=stdout
"""
    )
    with running([binary, "-c", str(config)], folder / "turn.log", port):
        _until_stun_answers(port)  # it listens by TCP a moment before it does by UDP
        yield f"127.0.0.1:{port}"


def _until_stun_answers(port: int, seconds: float = 60.0) -> None:
    binding = bytes.fromhex("000100002112a442") + bytes(12)  # RFC 8489, 5: a request, no attribute
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.settimeout(0.5)
        asking.connect(("127.0.0.1", port))
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            with contextlib.suppress(OSError):  # refused, or no answer yet
                asking.send(binding)
                if asking.recv(200)[:2] == b"\x01\x01":
                    return
    raise AssertionError("coturn does not answer by UDP")
