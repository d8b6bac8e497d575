"""Arrow tables → DataFrames as `to_frame` makes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa


def frame_of(found: pa.Table) -> pd.DataFrame:
    """Nullable integers and floats, lists as lists."""
    import pandas as pd
    import pyarrow as pa

    for i, field in enumerate(found.schema):
        if pa.types.is_decimal(field.type):  # what DuckDB's sum of integers is
            found = found.set_column(i, field.name, found[i].cast(pa.float64()))
    kinds = {pa.int64(): pd.Int64Dtype(), pa.int32(): pd.Int32Dtype(), pa.float64(): pd.Float64Dtype()}
    nested = [i for i, f in enumerate(found.schema) if pa.types.is_nested(f.type)]
    out = found.to_pandas(types_mapper=kinds.get)
    for i in nested:
        out.isetitem(i, pd.Series(found[i].to_pylist(), dtype=object, index=out.index))
    return out
