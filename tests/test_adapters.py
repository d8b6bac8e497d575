"""The same batch through every installed engine gives the rows of `parse`."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from typing import Any

import pyarrow as pa
import pytest
from conftest import CORPUS

import zhreport
from zhreport.adapters import arrow
from zhreport.store.rows import arrow_of
from zhreport.table import rows, rows_of

TEXTS = [p.read_text(encoding="utf-8") for p in sorted((CORPUS / "reports").glob("*.txt"))[:4]] + ["", "没有数字。"]
NAMES = [f"{i}.txt" for i in range(len(TEXTS))]
Rows = list[dict[str, Any]]


def needs(module: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(find_spec(module) is None, reason=f"{module} is not installed")


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    os.environ["PYSPARK_PYTHON"] = os.environ["PYSPARK_DRIVER_PYTHON"] = sys.executable
    from pyspark.sql import SparkSession

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            settings = SparkSession.builder.master("local[2]").config("spark.driver.host", "127.0.0.1")
            session = settings.config("spark.ui.enabled", "false").getOrCreate()
        except Exception as error:
            pytest.skip(f"Spark does not start here ({type(error).__name__}); it needs a Java")
        yield session
        session.stop()


def by_batches(what: str) -> Rows:
    table = pa.table({"text": TEXTS, "name": NAMES})
    of = {"records": arrow.records_of, "findings": arrow.findings_of}[what]
    found = [of(batch, source="name") for batch in table.to_batches(max_chunksize=2)]
    assert all(b.schema == arrow.schema_of(what) for b in found)
    return pa.Table.from_batches(found).to_pylist()


def by_dask(what: str) -> Rows:
    import dask.dataframe as dd
    import pandas as pd
    from distributed import Client

    from zhreport.adapters import dask

    with Client(n_workers=2, threads_per_worker=1, dashboard_address=None):
        frame = dd.from_pandas(pd.DataFrame({"text": TEXTS, "name": NAMES}), npartitions=2)
        return arrow_rows(getattr(dask, what)(frame, source="name").compute())


def arrow_rows(frame: Any) -> Rows:
    """The rows of a DataFrame with None where something is missing."""
    import pandas as pd

    def plain(value: Any) -> Any:
        return value if isinstance(value, (list, dict)) else None if pd.isna(value) else value

    return [{k: plain(v) for k, v in row.items()} for row in frame.to_dict("records")]


def by_polars(what: str) -> Rows:
    import polars as pl

    of = {"records": arrow.records_of, "findings": arrow.findings_of}[what]
    frame = pl.DataFrame({"text": TEXTS, "name": NAMES})
    return pl.from_arrow(of(frame.to_arrow(), source="name")).to_dicts()  # type: ignore[union-attr]


def by_ray(what: str) -> Rows:
    import ray

    of = {"records": arrow.records_of, "findings": arrow.findings_of}[what]
    ray.init(num_cpus=2, include_dashboard=False, ignore_reinit_error=True)
    data = ray.data.from_arrow(pa.table({"text": TEXTS, "name": NAMES}))
    tables = data.map_batches(of, batch_format="pyarrow", fn_kwargs={"source": "name"}).iter_batches(batch_format="pyarrow")
    return [row for table in tables for row in table.to_pylist()]


def expected(what: str) -> Rows:
    out: Rows = []
    for text, name in zip(TEXTS, NAMES, strict=True):
        report = zhreport.parse(text, source=name)
        out += rows(report, what) if what == "records" else rows_of(zhreport.audit(report), what, report)
    return out


def same(found: Rows, what: str) -> None:
    wanted = expected(what)
    columns = list(wanted[0])
    assert len(found) == len(wanted) > 50
    key = str
    assert sorted(({c: r[c] for c in columns} for r in found), key=key) == sorted(wanted, key=key)
    assert {r["rules"] for r in found} == {found[0]["rules"]}


@pytest.mark.parametrize("what", ["records", "findings"])
@pytest.mark.parametrize(
    "engine",
    [
        pytest.param(by_batches, id="arrow"),
        pytest.param(by_dask, id="dask", marks=[needs("distributed"), pytest.mark.filterwarnings("ignore")]),
        pytest.param(by_polars, id="polars", marks=needs("polars")),
        pytest.param(by_ray, id="ray", marks=[needs("ray"), pytest.mark.filterwarnings("ignore")]),
    ],
)
def test_an_engine_gives_the_rows_of_parse(engine: Callable[[str], Rows], what: str) -> None:
    same(engine(what), what)


@needs("pyspark")
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("what", ["records", "findings"])
def test_spark_gives_the_rows_of_parse(spark: Any, what: str) -> None:
    from zhreport.adapters import spark as adapter

    frame = spark.createDataFrame(list(zip(TEXTS, NAMES, strict=True)), ["text", "name"])
    found = [row.asDict(recursive=True) for row in getattr(adapter, what)(frame, source="name").collect()]
    same(found, what)


def test_a_null_text_gives_nothing_and_a_missing_column_says_so() -> None:
    batch = pa.record_batch({"text": pa.array([None, "发放3万元。"], pa.string())})
    assert arrow.records_of(batch).num_rows == 1
    assert arrow.records_of(batch.slice(0, 1)).num_rows == 0
    with pytest.raises(KeyError, match="'body'"):
        arrow.records_of(batch, text="body")


def test_the_schema_is_that_of_the_store() -> None:
    assert arrow.schema_of("records") == arrow_of([], "records").schema
