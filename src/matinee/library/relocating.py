"""Titles whose films were carried to another folder: they are the same as before, and known there from the first look."""

import sqlalchemy as sa

from matinee.library.titles import SERIES, TITLES


def relocate(db: sa.Connection, old: str, new: str) -> None:
    """What lay below the folder `old` lies below `new` now, and is the same as before."""
    for table in (TITLES, SERIES):
        below = sa.select(table.c.title_id, table.c.path).where(table.c.path.startswith(old, autoescape=True))
        for title_id, path in db.execute(below).all():
            db.execute(sa.update(table).where(table.c.title_id == title_id).values(path=new + path.removeprefix(old)))
