"""`python -m bench [SUBJECT…]`: every measurement, or those of these subjects, each against its anchor in the same run."""

import sys

from bench import (
    beacons,
    changed,
    chunks,
    door,
    edge,
    engines_large,
    engines_small,
    home,
    home_page,
    hooks,
    library,
    members,
    play,
    promises,
    recs,
    rpc,
    streams,
    transformer,
)
from rich.console import Console
from rich.table import Table

SUBJECTS = {
    each.__name__.rpartition(".")[2]: each.rows
    for each in (
        edge,
        door,
        beacons,
        changed,
        members,
        hooks,
        play,
        home,
        home_page,
        library,
        engines_small,
        engines_large,
        rpc,
        recs,
        transformer,
        streams,
        chunks,
        promises,
    )
}


def main() -> None:
    asked = sys.argv[1:] or list(SUBJECTS)
    if unknown := set(asked) - set(SUBJECTS):
        sys.exit(
            f"Nothing is measured under the name {', '.join(sorted(unknown))}: say any of {', '.join(SUBJECTS)}, or none for all"
        )
    table = Table("name", "ours", "anchor", "ratio", "unit")
    for name in asked:
        for row in SUBJECTS[name]():
            table.add_row(row.name, f"{row.ours:.2f}", f"{row.anchor:.2f}", f"{row.ratio:.3f}", row.unit)
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
