"""What each engine costs: the same texts through `records_of` here, in Dask, Spark, Ray and polars, with the same rows from each.

`python benchmarks/engines.py [--files 400]` prints the seconds each needs to start and to run, and the run as a multiple of the time
of this process alone. Engines that are not installed are left out.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from typing import Any

import pyarrow as pa
from generate import reports

import zhreport

Run = Callable[[], list[str]]


@contextmanager
def here(texts: pa.Table):
    yield lambda: [i for b in texts.to_batches(50) for i in zhreport.records_of(b, source="name")["id"].to_pylist()]


@contextmanager
def polars(texts: pa.Table):
    import polars as pl

    frame = pl.from_arrow(texts)
    yield lambda: [
        i for part in frame.iter_slices(50) for i in zhreport.records_of(part.to_arrow(), source="name")["id"].to_pylist()
    ]


@contextmanager
def dask(texts: pa.Table):
    import dask.dataframe as dd
    from distributed import Client

    with Client(n_workers=2, threads_per_worker=1, dashboard_address=None):
        frame = dd.from_pandas(texts.to_pandas(), npartitions=8)
        yield lambda: zhreport.dask.records(frame, source="name").compute()["id"].tolist()


@contextmanager
def spark(texts: pa.Table):
    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    os.environ["PYSPARK_PYTHON"] = sys.executable
    from pyspark.sql import SparkSession

    from zhreport.adapters import spark as adapter

    settings = SparkSession.builder.master("local[2]").config("spark.driver.host", "127.0.0.1")
    session = settings.config("spark.ui.enabled", "false").config("spark.log.level", "ERROR").getOrCreate()
    frame = session.createDataFrame(texts.to_pandas()).repartition(8)
    yield lambda: [row["id"] for row in adapter.records(frame, source="name").select("id").collect()]
    session.stop()


@contextmanager
def ray(texts: pa.Table):
    import ray as engine

    engine.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
    engine.data.DataContext.get_current().enable_progress_bars = False
    data = engine.data.from_arrow(texts).repartition(8)
    given: dict[str, Any] = {"batch_format": "pyarrow", "fn_kwargs": {"source": "name"}}
    yield lambda: data.map_batches(zhreport.records_of, **given).to_pandas()["id"].tolist()
    engine.shutdown()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=400)
    made = list(reports(parser.parse_args().files))
    texts = pa.table({"name": [m.name for m in made], "text": [m.text for m in made]})
    wanted: list[str] = []
    alone = 0.0
    for name, engine, needs in (
        ("this process", here, "pyarrow"), ("polars", polars, "polars"), ("Dask, two processes", dask, "distributed"),
        ("Spark, local[2]", spark, "pyspark"), ("Ray, two processes", ray, "ray"),
    ):  # fmt: skip
        if find_spec(needs) is None:
            print(f"{name}: {needs} is not installed")
            continue
        begun = time.perf_counter()
        with suppress(BrokenPipeError), engine(texts) as run:
            started = time.perf_counter() - begun
            took = []
            for _ in range(2):  # the first run loads the lexicon in every worker
                begun = time.perf_counter()
                ids = sorted(run())
                took.append(time.perf_counter() - begun)
        wanted, alone = wanted or ids, alone or took[1]
        same = "same rows" if ids == wanted else "OTHER ROWS"
        print(
            f"{name}: start {started:.1f} s, first run {took[0]:.1f} s, second {took[1]:.1f} s = {took[1] / alone:.2f} of one process; {same}",
            flush=True,
        )


if __name__ == "__main__":
    main()
