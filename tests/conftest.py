"""A real PostgreSQL server for whoever asks, and the ledger's tests on both databases."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import tiny_model
from hypothesis import HealthCheck, settings

from idol.testing.postgres import PostgresServer

# The same examples each time, however slow the machine: what fails here fails for everybody.
# `pytest --hypothesis-profile=explore` looks for new ones.
settings.register_profile(
    "explore", deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=500
)
settings.register_profile(
    "same", settings.get_profile("explore"), max_examples=100, derandomize=True
)
settings.load_profile("same")

ALONE = ("tests/e2e/", "tests/stream/test_bad_line.py")
"""Where `make tests` looks for tests marked `alone`, so as not to read all the others again."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The files that load a model come first, then those with a browser: no process is left
    alone with one at the end."""
    for item in items:
        if item.get_closest_marker("alone") and not item.nodeid.startswith(ALONE):
            raise pytest.UsageError(f"{item.nodeid} is marked alone, but `make tests` looks for "
                                    f"such tests in {', '.join(ALONE)} only")  # fmt: skip
    loads = {item.path for item in items if item.get_closest_marker("weights")}
    browses = {item.path for item in items if item.get_closest_marker("browser")}
    items.sort(key=lambda item: (item.path not in loads, item.path not in browses))


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for what is dear to make: one for all processes of this run."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a tiny language model for transformers."""
    os.environ["HF_HUB_OFFLINE"] = "1"
    folder = tmp_path_factory.mktemp("tiny")
    tiny_model.write(folder)
    return folder


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    with PostgresServer() as server:
        yield server


@pytest.fixture(params=("sqlite", "postgres"))
def database(request: pytest.FixtureRequest) -> str:
    """What `shop.database` would say: a file, or the URL of an empty database."""
    if request.param == "sqlite":
        return "ledger.db"
    server: PostgresServer = request.getfixturevalue("postgres")
    return server.database()
