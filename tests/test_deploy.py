"""The deployment files are what their programs take, as far as those are here."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from idol import config

ROOT = Path(__file__).parent.parent
DEPLOY = ROOT / "deploy"
SERVICE = {
    *("build", "image", "network_mode", "restart", "init", "stop_grace_period", "env_file"),
    *("cap_add", "ulimits", "volumes", "healthcheck", "configs", "command", "depends_on"),
}
"""Keys of a service that we use, by the Compose specification."""


@pytest.fixture
def compose() -> Any:
    return YAML(typ="safe", pure=True).load(DEPLOY / "compose.yaml")


def test_compose_uses_what_it_declares_and_files_that_are_there(compose: Any) -> None:
    assert set(compose) <= {"name", "services", "configs", "volumes"}
    for name, service in compose["services"].items():
        assert set(service) <= SERVICE, name
        assert service["restart"] == "unless-stopped"
        for use in service.get("configs", ()):
            assert use["source"] in compose["configs"]
        for volume in service.get("volumes", ()):
            source = volume.partition(":")[0]
            assert (DEPLOY / source).exists() if source[0] == "." else source in compose["volumes"]
    assert (ROOT / "deploy" / compose["services"]["idol"]["build"]["context"]).resolve() == ROOT
    assert "static-auth-secret=${IDOL_TURN_SECRET}" in compose["configs"]["turn"]["content"]


def test_the_example_settings_are_taken_and_hold_no_secret() -> None:
    settings = config.load(DEPLOY / "idol.toml", {})
    assert settings.stream.udp_ports == "40000-40999"
    names = re.findall(r"^#? ?(IDOL_\w+)=(.*)$", (DEPLOY / "secrets.env.example").read_text(), re.M)
    assert names and all(value == "" for _, value in names)
    assert all(name in config.SECRETS or name.startswith(config.KEYS) for name, _ in names)


def test_the_image_copies_what_is_there() -> None:
    text = (DEPLOY / "Dockerfile").read_text()
    for line in re.findall(r"^COPY (.+)$", text, re.M):
        for source in line.split()[:-1]:
            assert (ROOT / source).exists(), source
    torch = re.search(r"torch==([\d.]+)", text)
    assert torch and f"torch=={torch[1]}" in (ROOT / "pyproject.toml").read_text()


def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    verify = shutil.which("systemd-analyze")
    if verify is None:
        pytest.skip("systemd-analyze is not installed (apt install systemd)")
    text = (DEPLOY / "idol.service").read_text()
    unit = tmp_path / "idol.service"
    # The program itself is not installed there on this machine; the rest is as it is.
    unit.write_text(text.replace("/opt/idol/.venv/bin/idol", sys.executable))
    done = subprocess.run([verify, "verify", str(unit)], capture_output=True, text=True)
    ours = [line for line in (done.stdout + done.stderr).splitlines() if "idol.service" in line]
    assert not ours, "\n".join(ours)
    unit.write_text(text.replace("TimeoutStopSec=90", "TimoutStopSec=90"))
    wrong = subprocess.run([verify, "verify", str(unit)], capture_output=True, text=True)
    assert "TimoutStopSec" in wrong.stdout + wrong.stderr  # it does look


def test_nginx_takes_the_site(tmp_path: Path) -> None:
    sys.path.insert(0, str(ROOT / "tests" / "stream"))
    from servers import certificate, need

    binary = need("nginx", "nginx")
    cert, key = certificate(tmp_path)
    site = (DEPLOY / "nginx.conf").read_text()
    site = re.sub(r"/etc/letsencrypt\S+fullchain.pem", str(cert), site)
    site = re.sub(r"/etc/letsencrypt\S+privkey.pem", str(key), site)
    (tmp_path / "nginx.conf").write_text(
        f"pid {tmp_path}/pid; error_log {tmp_path}/log; events {{}}\n"
        f"http {{ access_log off; {site} }}\n"
    )
    command = [binary, "-t", "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf")]
    done = subprocess.run(command, capture_output=True, text=True)
    assert "syntax is ok" in done.stderr, done.stderr
