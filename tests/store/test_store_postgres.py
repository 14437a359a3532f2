"""What is PostgreSQL's own."""

from __future__ import annotations

from idol.store import Tx
from idol.store.postgres import PostgresStore, connect, migrate
from idol.testing.postgres import PostgresServer


def test_a_plan_made_while_the_shop_is_empty_reads_no_whole_table(postgres: PostgresServer) -> None:
    """Such a plan is kept for as long as the connection lasts, by when there are many holds."""
    connection = connect(postgres.database())
    migrate(connection)
    connection.execute("SET plan_cache_mode = force_generic_plan")
    viewers = range(64)
    kinds = ", ".join("text" for _ in viewers)
    names = ", ".join(f"${n + 1}" for n in viewers)
    prepare = (
        f"PREPARE owned ({kinds}) AS SELECT viewer, listing, sum(quantity) AS n FROM holds"
        f" WHERE viewer IN ({names}) AND state IN ('live', 'confirmed', 'sold', 'shipped')"
        " GROUP BY viewer, listing"
    )
    connection.execute(prepare.encode())
    given = ", ".join(f"'v{n}'" for n in viewers)
    plan = "\n".join(
        row["QUERY PLAN"] for row in connection.execute(f"EXPLAIN EXECUTE owned ({given})".encode())
    )
    assert "holds_viewer" in plan and "Seq Scan" not in plan
    connection.close()


async def test_a_writer_that_hangs_is_ended_but_a_reader_may_think(
    postgres: PostgresServer,
) -> None:
    def patience(tx: Tx) -> str:
        row = tx.one("SELECT current_setting('idle_in_transaction_session_timeout') AS s")
        return str(row["s"]) if row else ""

    store = PostgresStore(postgres.database())
    assert await store.submit(patience) == "5s"
    assert store.read(patience) == "0"
    store.close()
