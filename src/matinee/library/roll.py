"""The roll: what every title is called and what it is, for tables of what was watched."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from matinee.library.shelf import Known
from matinee.library.titles import MARK, changes_since


def named_titles(db: sa.Connection) -> list[dict[str, Any]]:
    """Title by title: title_id, name, kind, year, series, season, runtime_ms, genres (an episode's, or its series')."""
    if db.execute(sa.select(MARK)).first() is None:
        return []
    found = changes_since(db, "", 0)
    series = {each.series_path: each for each in found.series}
    return [_line(each, series) for each in (*found.titles, *found.series)]


def _line(title: Known, series: Mapping[str, Known]) -> dict[str, Any]:
    above = series.get(title.series_path) if title.kind == "episode" else None
    return {
        "title_id": title.title_id,
        "name": title.name,
        "kind": title.kind,
        "year": title.year,
        "series": above.name if above else "",
        "season": title.season,
        "runtime_ms": title.runtime_ms,
        "genres": list(title.notes.genres or (above.notes.genres if above else ())),
    }
