"""Where jobs keep what they know, in portable SQL: states by key, rows of tables by key, and how far each has read.

A state, a row and an offset belong to one version of a job, named "watching.1". Keys stand in hexadecimal: so every store has
them in the order of their bytes, whatever it thinks of letters, and what has a beginning in common lies together.
"""

import sqlalchemy as sa

TABLES = sa.MetaData()

VERSIONS = sa.Table(
    "stream_versions",
    TABLES,
    sa.Column("job", sa.String(40), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("serving", sa.Boolean, nullable=False),  # readers may rely on its tables
    sa.Column("made_ms", sa.BigInteger, nullable=False),
)

OFFSETS = sa.Table(
    "stream_offsets",
    TABLES,
    sa.Column("run", sa.String(40), primary_key=True),
    sa.Column("partition", sa.Integer, primary_key=True),
    sa.Column("next_offset", sa.BigInteger, nullable=False),
)

# Where the version before stood when this one took over its lasting tables.
ORIGINS = sa.Table(
    "stream_origins",
    TABLES,
    sa.Column("run", sa.String(40), primary_key=True),
    sa.Column("partition", sa.Integer, primary_key=True),
    sa.Column("next_offset", sa.BigInteger, nullable=False),
)

STATES = sa.Table(
    "stream_states",
    TABLES,
    sa.Column("run", sa.String(40), primary_key=True),
    sa.Column("key", sa.String(200), primary_key=True),
    sa.Column("value", sa.LargeBinary, nullable=False),
    sa.Column("changed_ms", sa.BigInteger, nullable=False),
    sa.Index("stream_states_changed", "run", "changed_ms"),
)

ROWS = sa.Table(
    "stream_rows",
    TABLES,
    sa.Column("tab", sa.String(80), primary_key=True),  # "watching.1.taste"
    sa.Column("key", sa.String(1200), primary_key=True),
    sa.Column("value", sa.LargeBinary, nullable=False),
    sa.Column("changed_ms", sa.BigInteger, nullable=False),
    sa.Index("stream_rows_changed", "tab", "changed_ms"),
)

GONE = sa.Table(
    "gone_profiles",
    TABLES,
    sa.Column("profile_id", sa.String(40), primary_key=True),
    sa.Column("at_ms", sa.BigInteger, nullable=False),
)
