"""What is PostgreSQL's own."""

from __future__ import annotations

from idol.store.postgres import connect, migrate
from idol.testing.postgres import PostgresServer


def test_a_plan_made_while_the_shop_is_empty_reads_no_whole_table(postgres: PostgresServer) -> None:
    """It is kept for as long as the connection lasts, by when there are many holds."""
    connection = connect(postgres.database())
    migrate(connection)
    connection.execute("SET plan_cache_mode = force_generic_plan")
    connection.execute(
        "PREPARE owned (text, text) AS SELECT viewer, listing, sum(quantity) AS n FROM holds"
        " WHERE viewer IN ($1, $2) AND state IN ('live', 'confirmed', 'sold', 'shipped')"
        " GROUP BY viewer, listing"
    )
    plan = "\n".join(
        row["QUERY PLAN"] for row in connection.execute("EXPLAIN EXECUTE owned ('ann', 'bob')")
    )
    assert "holds_viewer" in plan and "Seq Scan" not in plan
    connection.close()
