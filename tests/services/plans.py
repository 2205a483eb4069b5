"""How a database would run a statement: its plan, and what of it reads a whole table."""

from collections.abc import Sequence

from services.database_statements import Statements

_WHOLE = {"postgres": "Seq Scan", "sqlite": "SCAN"}


async def plan(transaction: Statements, backend: str, statement: str, *values: object) -> Sequence[str]:
    """Give the lines of a plan."""
    if backend == "postgres":
        # Tables this small are read whole, unless that is made dear.
        await transaction.execute("SET LOCAL enable_seqscan = off")
        await transaction.execute("SET LOCAL enable_bitmapscan = off")
    explain = "EXPLAIN" if backend == "postgres" else "EXPLAIN QUERY PLAN"
    rows = await transaction.fetch(f"{explain} {statement}", *values)
    return [str(row["QUERY PLAN" if backend == "postgres" else "detail"]) for row in rows]


def whole_reads(lines: Sequence[str], backend: str) -> list[str]:
    """Give the lines that read all of a table; what a statement has put aside itself is none."""
    return [line for line in lines if _WHOLE[backend] in line and "past" not in line]
