"""pyarrow, which says nothing of its types, and pyiceberg, which speaks in them: here they are Any."""

from typing import Any, TypeAlias, cast

import pyarrow
import pyarrow.compute
import pyarrow.csv
import pyarrow.dataset
import pyarrow.fs
import pyarrow.parquet
import pyiceberg.expressions

pa = cast(Any, pyarrow)
pc = cast(Any, pyarrow.compute)
pa_csv = cast(Any, pyarrow.csv)
pa_dataset = cast(Any, pyarrow.dataset)
pa_fs = cast(Any, pyarrow.fs)
pa_parquet = cast(Any, pyarrow.parquet)
where = cast(Any, pyiceberg.expressions)

IcebergTable: TypeAlias = Any
"""A pyiceberg.table.Table."""
ARROW_ERRORS = cast(tuple[type[Exception], ...], (pa.ArrowException,))
"""What pyarrow raises when it does not understand a file or a value."""
