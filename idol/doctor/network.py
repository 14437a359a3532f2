"""The way to viewers and platforms: pages, TLS, UDP, STUN, TURN."""

from __future__ import annotations

import asyncio
import datetime
import ipaddress
import os
import socket
import ssl
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import aioice.stun
import aioice.turn
import httpx
from aiortc.rtcicetransport import parse_stun_turn_uri
from cryptography import x509

from idol.config import Settings
from idol.doctor import Finding, bad, good, warn
from idol.stream.nat import IceServer, port_range, servers

PATIENCE_S = 4.0
SOON_DAYS = 14


async def look(settings: Settings) -> AsyncIterator[Finding]:
    """Each takes a few seconds at most."""
    yield _page(settings)
    for finding in _certificate(settings):
        yield finding
    if settings.web.public_url:
        yield await _public(settings.web.public_url)
    yield _udp(settings)
    stream = settings.stream
    secret = os.environ.get("IDOL_TURN_SECRET", "")
    seen: set[str] = set()
    for server in servers(stream.ice_servers, secret):
        if server.relays:
            yield await turn(server)
        else:
            finding, address = await stun(server)
            yield finding
            seen |= {address} if address else set()
    yield _outside(settings, seen)


def _page(settings: Settings) -> Finding:
    web = settings.web
    family = socket.AF_INET6 if ":" in web.host else socket.AF_INET
    try:
        with socket.socket(family) as one:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            one.bind((web.host, web.port))
    except OSError as error:
        return bad(
            "pages",
            f"{web.host}:{web.port}: {error.strerror or error}",
            "another port, or end what has it (perhaps a show that is on air)",
        )
    loopback = web.host in ("localhost", "::1") or web.host.startswith("127.")
    if loopback and not web.public_url:
        return warn(
            "pages",
            f"{web.host}:{web.port}, for this machine only",
            'host = "0.0.0.0" and a certificate, or a proxy and its public_url',
        )
    return good("pages", f"{web.host}:{web.port} is free")


def _certificate(settings: Settings) -> Iterator[Finding]:
    web = settings.web
    if not web.certificate:
        if not web.public_url.startswith("https://") and not web.host.startswith("127."):
            yield warn(
                "TLS", "none", "certificate and certificate_key, or an https proxy before us"
            )
        return
    try:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(web.certificate, web.certificate_key or None)
        found = x509.load_pem_x509_certificate(Path(web.certificate).read_bytes())
    except (OSError, ValueError, ssl.SSLError) as error:
        yield bad("TLS", f"{web.certificate}: {error}", "the chain and its own key, as PEM")
        return
    left = (found.not_valid_after_utc - datetime.datetime.now(datetime.UTC)).days
    names = _names(found)
    host = urlsplit(web.public_url).hostname or ""
    if host and not any(
        host == n or (n[:2] == "*." and host.partition(".")[2] == n[2:]) for n in names
    ):
        yield bad("TLS", f"the certificate is for {', '.join(names)}", f"one for {host}")
    elif left < 0:
        yield bad("TLS", f"the certificate ended {-left} days ago", "renew it")
    elif left < SOON_DAYS:
        yield warn("TLS", f"the certificate ends in {left} days", "renew it")
    else:
        yield good("TLS", f"{', '.join(names)}, {left} days left")


def _names(certificate: x509.Certificate) -> list[str]:
    try:
        field = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
        return field.value.get_values_for_type(x509.DNSName)
    except x509.ExtensionNotFound:
        return []


async def _public(url: str) -> Finding:
    """From here only: whether the name leads to a good certificate and somebody answers."""
    try:
        async with httpx.AsyncClient(timeout=PATIENCE_S) as web:
            answer = await web.get(f"{url.rstrip('/')}/healthz")
    except httpx.HTTPError as error:
        return warn(
            "public_url", f"{url}: {type(error).__name__}: {error}", "DNS, proxy, certificate"
        )
    if answer.status_code in (502, 503, 504):
        return good("public_url", f"{url}: the proxy answers (no show is on air)")
    return good("public_url", f"{url} answers {answer.status_code}")


def _udp(settings: Settings) -> Finding:
    stream = settings.stream
    try:
        ports = port_range(stream.udp_ports)
    except ValueError as error:
        return bad("UDP", stream.udp_ports, str(error))
    if ports is None:
        return good("UDP", "any free port: a firewall must let all UDP in (udp_ports narrows it)")
    first, last = ports
    free = 0
    for port in range(first, last + 1):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
            try:
                one.bind(("0.0.0.0", port))
                free += 1
            except OSError:
                continue
    addresses = max(1, len(own_addresses()))
    if free < stream.max_viewers * addresses:
        return warn(
            "UDP",
            f"{free} free ports in {stream.udp_ports}",
            f"{stream.max_viewers} viewers take {addresses} each: a wider range or max_viewers",
        )
    return good("UDP", f"{free} free ports in {stream.udp_ports}")


def own_addresses() -> list[str]:
    """The addresses that viewers are offered beside loopback."""
    return [str(a) for a in aioice.ice.get_host_addresses(use_ipv4=True, use_ipv6=True)]


async def stun(server: IceServer) -> tuple[Finding, str]:
    """Whether it answers, and the address under which it sees us."""
    parsed = parse_stun_turn_uri(server.url)
    what = f"STUN {parsed['host']}:{parsed['port']}"
    request = aioice.stun.Message(
        message_method=aioice.stun.Method.BINDING, message_class=aioice.stun.Class.REQUEST
    )
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[str] = loop.create_future()

    class Ear(asyncio.DatagramProtocol):
        def datagram_received(self, data: bytes, addr: object) -> None:
            try:
                message = aioice.stun.parse_message(data)
            except ValueError:
                return
            mine = message.transaction_id == request.transaction_id
            if mine and "XOR-MAPPED-ADDRESS" in message.attributes and not answer.done():
                answer.set_result(str(message.attributes["XOR-MAPPED-ADDRESS"][0]))

        def error_received(self, error: Exception) -> None:
            if not answer.done():
                answer.set_exception(error)

    try:
        transport, _ = await loop.create_datagram_endpoint(
            Ear, remote_addr=(parsed["host"], parsed["port"])
        )
    except OSError as error:
        return bad(what, str(error), "a name that exists"), ""
    begin = time.monotonic()
    try:
        for _ in range(3):
            transport.sendto(bytes(request))
            done, _ = await asyncio.wait({answer}, timeout=PATIENCE_S / 3)
            if done:
                address = answer.result()
                took = (time.monotonic() - begin) * 1000
                return good(what, f"sees us as {address}, {took:.0f} ms"), address
    except OSError as error:
        return bad(what, str(error), "each join waits for it: take it out"), ""
    finally:
        transport.close()
        answer.cancel()
    return bad(what, "no answer", "each join would wait 5 s for it: take it out, or open UDP"), ""


async def turn(server: IceServer) -> Finding:
    """Whether a viewer's login gets a relay."""
    parsed = parse_stun_turn_uri(server.url)
    what = f"TURN {parsed['host']}:{parsed['port']}/{parsed['transport']}"
    login = server.login("doctor", time.time(), 600)
    if not login.username:
        return bad(what, "no login", "set IDOL_TURN_SECRET to the server's static-auth-secret")
    try:
        async with asyncio.timeout(PATIENCE_S * 2):
            transport, _ = await aioice.turn.create_turn_endpoint(
                asyncio.DatagramProtocol,
                (parsed["host"], parsed["port"]),
                login.username,
                login.password,
                ssl=parsed["scheme"] == "turns",
                transport=parsed["transport"],
            )
    except TimeoutError:
        return bad(what, "no answer", "its port, its firewall")
    except (OSError, aioice.stun.TransactionError) as error:
        text = str(error)
        if "401" in text:
            return bad(what, "it refuses our login", "IDOL_TURN_SECRET is not the server's secret")
        return bad(what, text or type(error).__name__, "its log says more")
    relay = transport.get_extra_info("sockname")
    transport.close()
    address = str(relay[0]) if relay else ""
    if address and ipaddress.ip_address(address).is_private and not _local(parsed["host"]):
        return warn(
            what, f"relays at {address}, a private address", "external-ip in turnserver.conf"
        )
    return good(what, f"relays at {address}")


def _local(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost"
    return address.is_loopback or address.is_private


def _outside(settings: Settings, seen: set[str]) -> Finding:
    """How somebody outside would find a way to us."""
    stream = settings.stream
    mine = own_addresses()
    public = [a for a in mine if ipaddress.ip_address(a.partition("%")[0]).is_global]
    relays = any(url.startswith("turn") for url in stream.ice_servers)
    wrong = seen - set(stream.external) if stream.external else set()
    if wrong:
        return bad(
            "from outside",
            f"external is {', '.join(stream.external)}, STUN sees {', '.join(wrong)}",
            "external = what STUN sees",
        )
    if stream.external:
        return good("from outside", f"{', '.join(stream.external)}, if the NAT forwards udp_ports")
    if public:
        return good("from outside", f"this machine has {', '.join(public)}")
    if seen - set(mine):
        return warn(
            "from outside",
            f"behind a NAT, seen as {', '.join(seen)}",
            "forward udp_ports and set external; else only what the NAT happens to let in",
        )
    if relays:
        return good("from outside", "through the TURN server")
    return warn(
        "from outside",
        f"only private addresses: {', '.join(mine) or 'none'}",
        "viewers of the same network only: external, or a TURN server in ice_servers",
    )
