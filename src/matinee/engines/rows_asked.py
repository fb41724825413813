"""What may be asked of the port `rows`: every engine looks here before it does anything, so that all refuse alike."""

from collections.abc import Mapping, Sequence

from matinee.ports.rows import LATEST_MS, LONGEST_TTL_S, MOST_BYTES, MOST_NAME_BYTES, MOST_ROWS


def check_put(table: str, partition: str, key: str, cells: Mapping[str, bytes], at_ms: int, ttl_s: int | None) -> None:
    check_drop(table, partition, at_ms, key)
    if not cells or "" in cells:
        raise ValueError(f"a row of '{table}' needs cells, each with a name: {sorted(cells)}")
    check_names(*cells)
    if (size := sum(map(len, cells.values()))) > MOST_BYTES:
        raise ValueError(f"{size} bytes for the row '{key}' of '{table}': write {MOST_BYTES} at once at most")
    if ttl_s is not None and not 1 <= ttl_s <= LONGEST_TTL_S:
        raise ValueError(f"ttl_s = {ttl_s}: give 1 to {LONGEST_TTL_S}, or None for ever")


def check_drop(table: str, partition: str, at_ms: int, key: str | None = None) -> None:
    """Of a row, or of the whole partition."""
    if not (table and partition) or key == "":
        raise ValueError(f"table '{table}', partition '{partition}', key '{key}': none of the three may be empty")
    check_names(table, partition, key or "")
    if not 0 <= at_ms <= LATEST_MS:
        raise ValueError(f"at_ms = {at_ms}: give milliseconds since 1970, up to {LATEST_MS}")


def check_get(table: str, partition: str, keys: Sequence[str]) -> None:
    if len(keys) > MOST_ROWS:
        raise ValueError(f"{len(keys)} rows of '{table}' at once: ask for {MOST_ROWS} at most")
    check_names(table, partition, *keys)


def check_page(table: str, partition: str, limit: int, after: str) -> None:
    if not 1 <= limit <= MOST_ROWS:
        raise ValueError(f"a page of {limit} rows: ask for 1 to {MOST_ROWS}")
    check_names(table, partition, after)


def check_names(*names: str) -> None:
    """Half a character, which UTF-8 cannot say, is a ValueError too."""
    for name in names:
        if (size := len(name.encode())) > MOST_NAME_BYTES:
            raise ValueError(f"the name '{name[:40]}…' has {size} bytes: give it {MOST_NAME_BYTES} at most")
