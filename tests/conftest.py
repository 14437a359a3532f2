"""A real PostgreSQL server for whoever asks, and the ledger's tests on both databases."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from idol.testing.postgres import PostgresServer


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
