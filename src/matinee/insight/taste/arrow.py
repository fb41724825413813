"""pyarrow, which says nothing of its types: here it is Any, and whoever uses it says what comes out."""

from typing import Any, TypeAlias, cast

import pyarrow
import pyarrow.compute
import pyarrow.csv
import pyarrow.parquet

pa = cast(Any, pyarrow)
pc = cast(Any, pyarrow.compute)
pa_csv = cast(Any, pyarrow.csv)
pa_parquet = cast(Any, pyarrow.parquet)

Column: TypeAlias = Any
"""A pyarrow.Array."""
ARROW_ERRORS = cast(tuple[type[Exception], ...], (pa.ArrowException,))
"""What pyarrow raises when it does not understand a file or a value."""
