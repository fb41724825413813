"""pyarrow and pyiceberg's untyped corners: here they are Any, and whoever uses them says what comes out."""

from typing import Any, cast

import pyarrow
import pyarrow.compute
import pyarrow.csv
import pyarrow.dataset
import pyarrow.fs
import pyarrow.parquet

pa = cast(Any, pyarrow)
pc = cast(Any, pyarrow.compute)
pa_csv = cast(Any, pyarrow.csv)
pa_dataset = cast(Any, pyarrow.dataset)
pa_fs = cast(Any, pyarrow.fs)
pa_parquet = cast(Any, pyarrow.parquet)
