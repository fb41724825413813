"""`python -m bench`: every measurement, each against its anchor in the same run."""

from bench import chunks, edge, home, library, play, promises
from rich.console import Console
from rich.table import Table

SUBJECTS = (edge.rows, play.rows, home.rows, library.rows, chunks.rows, promises.rows)


def main() -> None:
    table = Table("name", "ours", "anchor", "ratio", "unit")
    for rows in SUBJECTS:
        for row in rows():
            table.add_row(row.name, f"{row.ours:.2f}", f"{row.anchor:.2f}", f"{row.ratio:.3f}", row.unit)
    Console(width=100).print(table)


if __name__ == "__main__":
    main()
