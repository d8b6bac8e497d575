"""The command line: parse arguments, call, print. Only results go to standard output."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import click

from . import __version__, table
from .evaluation import evaluate as evaluate_files
from .files import ReadError
from .inputs import Inputs, NothingRead, is_store
from .outputs import Program, encoding_of, unwritable

PATHS = click.argument("paths", nargs=-1, required=True, metavar="PATH…")
PATHS_OR_STORE = click.argument("paths", nargs=-1, required=True, metavar="PATH…|STORE")
LEXICON = click.option(
    "--lexicon", "extra", multiple=True, type=click.Path(), help="自己的词表 (TSV),可重复 / your own table; may be repeated"
)
WORKERS = click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 256), help="进程数 / processes")
OUTPUT = click.option(
    "-o",
    "--output",
    type=click.Path(),
    help=f"写入文件,按后缀定格式 / write a file; its ending is the format: {' '.join(table.ENDINGS)}",
)


def _format(*names: str) -> Callable:
    return click.option(
        "--format", "form", type=click.Choice(names), default=names[0], show_default=True, help="输出格式 / output format"
    )


@click.group(cls=Program, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="zhreport", help="显示版本 / show the version")
def main() -> None:
    """县级总结里的数字:提取、分节、核对 / Records, sections and checks from Chinese county reports."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding=encoding_of(stream), errors="backslashreplace")


def _rows(inputs: Inputs, what: str) -> Iterator[dict[str, Any]]:
    for report in inputs:
        yield from table.rows(report, what)
    if not inputs.read:
        raise NothingRead


def _save(rows: Iterable[dict[str, Any]], what: str, output: str) -> None:
    try:
        table.write(rows, what, output)
    except ReadError:
        raise
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    except OSError as error:
        raise unwritable(error, output) from None
    click.echo(f"zhreport: 已写入 / wrote {output}", err=True)


def _print_lines(rows: Iterable[dict[str, Any]]) -> None:
    with suppress(NothingRead):
        for row in rows:
            click.echo(table.json_line(row, sys.stdout.encoding))


@main.command()
@PATHS
@_format("table", "jsonl", "csv")
@OUTPUT
@WORKERS
@LEXICON
def extract(paths: tuple[str, ...], form: str, output: str | None, workers: int, extra: tuple[str, ...]) -> None:
    """提取每个数字的记录 / One record for every quantity."""
    if output is not None and Path(output).suffix.lower() not in table.ENDINGS:
        raise click.UsageError(f"{output}: 未知后缀 / unknown ending; use one of {' '.join(table.ENDINGS)}")
    inputs = Inputs(paths, extra, workers)
    if output is not None:
        with suppress(NothingRead):
            _save(_rows(inputs, "records"), "records", output)
    elif form == "jsonl":
        _print_lines(_rows(inputs, "records"))
    elif form == "csv":
        with suppress(NothingRead):
            click.echo(table.csv_text(_rows(inputs, "records"), "records"), nl=False)
    else:
        from .terminal import records_table

        for report in inputs:
            records_table(report)
    inputs.finish()


@main.command()
@PATHS
@_format("tree", "jsonl")
@LEXICON
def sections(paths: tuple[str, ...], form: str, extra: tuple[str, ...]) -> None:
    """列出各级标题 / The numbered sections."""
    inputs = Inputs(paths, extra)
    if form == "jsonl":
        _print_lines(_rows(inputs, "sections"))
    else:
        several = len(inputs.paths) > 1
        for report in inputs:
            if several:
                click.echo(f"# {table.visible(report.source or '')}")
            click.echo(table.visible(report.outline()))
    inputs.finish()


@main.command()
@PATHS
@_format("table", "jsonl")
@LEXICON
def documents(paths: tuple[str, ...], form: str, extra: tuple[str, ...]) -> None:
    """列出一页里的各篇 / The documents of each page."""
    inputs = Inputs(paths, extra)
    if form == "jsonl":
        _print_lines(_rows(inputs, "documents"))
    else:
        from .terminal import documents_table

        for report in inputs:
            documents_table(report)
    inputs.finish()


@main.command()
@PATHS
@click.option(
    "--backend",
    default="jieba",
    show_default=True,
    type=click.Choice(["jieba", "rjieba", "pkuseg", "spacy"]),
    help="分词引擎 / segmenter",
)
@_format("text", "jsonl")
@LEXICON
def words(paths: tuple[str, ...], backend: str, form: str, extra: tuple[str, ...]) -> None:
    """分词,术语与数字不拆开 / Words, with terms and quantities held together."""
    from .segmentation import words as cut

    inputs = Inputs(paths, extra)
    try:
        for report in inputs:
            found = cut(report.text, backend, lexicon=inputs.lexicon)
            if form == "jsonl":
                _print_lines({"source": report.source, "start": w.start, "end": w.end, "text": w.text} for w in found)
            else:
                click.echo(
                    "".join(w.text if w.text.isspace() else f"{w.text} " for w in found).replace(" \n", "\n").rstrip(" \n")
                )
    except ImportError as error:
        raise click.ClickException(str(error)) from None
    inputs.finish()


@main.command()
@PATHS
@_format("table", "jsonl", "csv")
@OUTPUT
@click.option("--all", "everything", is_flag=True, help="也列出成立的关系 / show what holds, too")
@click.option("--fail-on", type=click.Choice(["violated"]), help="有不成立的关系时以 3 退出 / exit 3 when something is violated")
@LEXICON
def audit(
    paths: tuple[str, ...], form: str, output: str | None, everything: bool, fail_on: str | None, extra: tuple[str, ...]
) -> None:
    """核对报告里的数字与编号 / Does the report add up?"""
    from .checks import across
    from .checks import audit as check
    from .series import Gathered

    inputs = Inputs(paths, extra)
    violated = False
    gathered = Gathered(inputs.lexicon)

    def found() -> Iterator[dict[str, Any]]:
        nonlocal violated
        for report in inputs:
            gathered.add(report)
            findings = check(report, lexicon=inputs.lexicon)
            violated = violated or any(f.verdict == "violated" for f in findings)
            yield from table.rows_of(findings, "findings", report)
        if not inputs.read:
            raise NothingRead
        if gathered.reports > 1:
            between = across(gathered)
            violated = violated or any(f.verdict == "violated" for f in between)
            yield from table.rows_of(between, "findings")

    if output is not None:
        with suppress(NothingRead):
            _save(found(), "findings", output)
    elif form == "jsonl":
        _print_lines(found())
    elif form == "csv":
        with suppress(NothingRead):
            click.echo(table.csv_text(found(), "findings"), nl=False)
    else:
        from .terminal import findings_table

        for report in inputs:
            findings = check(report, lexicon=inputs.lexicon)
            violated = violated or any(f.verdict == "violated" for f in findings)
            findings_table(report, findings, everything)
            gathered.add(report)
        if gathered.reports > 1:
            between = across(gathered)
            violated = violated or any(f.verdict == "violated" for f in between)
            findings_table(None, between, everything)
    inputs.finish()
    if violated and fail_on:
        raise SystemExit(3)


@main.command()
@PATHS_OR_STORE
@_format("table", "jsonl", "csv")
@OUTPUT
@WORKERS
@LEXICON
def compare(paths: tuple[str, ...], form: str, output: str | None, workers: int, extra: tuple[str, ...]) -> None:
    """同一指标按地区和年份并列 / One indicator by place and year."""
    from .series import compare as side_by_side

    if is_store(paths):
        from .store import open as opened

        inputs = Inputs((), extra)
        panel = side_by_side(opened(paths[0]), inputs.lexicon)
        inputs.read = panel.reports
    else:
        inputs = Inputs(paths, extra, workers)
        panel = side_by_side(inputs, inputs.lexicon)

    def found() -> Iterator[dict[str, Any]]:
        yield from table.rows_of(panel.rows(), "panel")

    if not inputs.read:
        inputs.finish()
    elif output is not None:
        _save(found(), "panel", output)
    elif form == "jsonl":
        _print_lines(found())
    elif form == "csv":
        click.echo(table.csv_text(found(), "panel"), nl=False)
    else:
        from .terminal import panel_table

        panel_table(panel)
    inputs.finish()


@main.command()
@click.argument("folder", type=click.Path())
@click.option("-o", "--output", "store", required=True, type=click.Path(), help="语料库文件夹 / the folder of the store")
@click.option("--workers", type=click.IntRange(1, 256), help="进程数,默认全部核 / processes, all cores by default")
@click.option("--meta", type=click.Path(), help="CSV:file, place, period 及其他列 / what you know of each file")
@click.option(
    "--reviews", multiple=True, type=click.Path(), help="网页导出的标注,可重复 / marks exported by pages; may be repeated"
)
@click.option("--retry", is_flag=True, help="重读上次失败的文件 / read files that failed again")
@click.option(
    "--engine",
    type=click.Choice(["processes", "dask"]),
    default="processes",
    show_default=True,
    help="由谁来跑 / what runs the work",
)
@click.option("--scheduler", help="Dask 调度器地址 / address of a Dask scheduler")
@LEXICON
def build(
    folder: str,
    store: str,
    workers: int | None,
    meta: str | None,
    reviews: tuple[str, ...],
    retry: bool,
    engine: str,
    scheduler: str | None,
    extra: tuple[str, ...],
) -> None:
    """把文件夹建成语料库,可续建 / A folder to a store; resumable."""
    import warnings

    from .store import StoreError
    from .store import build as made

    lexicon = Inputs((), extra).lexicon
    try:
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always", UserWarning)
            built = made(
                folder,
                store,
                meta=meta,
                workers=workers,
                lexicon=lexicon,
                engine=engine,
                scheduler=scheduler,
                retry=retry,
                reviews=reviews or None,
            )
    except (StoreError, ImportError) as error:
        raise click.ClickException(str(error)) from None
    for each in told:
        click.echo(f"zhreport: {each.message}", err=True)
    for row in built.failures()[["source", "what", "todo"]].itertuples(index=False):
        click.echo(table.visible(f"zhreport: {row.source}: {row.what}; {row.todo}"), err=True)
    counts = ", ".join(f"{built.count(name)} {name}" for name in ("documents", "records", "findings", "failures"))
    click.echo(f"zhreport: {store}: {counts}", err=True)
    if built.count("reviews"):
        states = built.arrow("SELECT state, count(*) AS n FROM reviews GROUP BY state ORDER BY state").to_pylist()
        marked = ", ".join(f"{row['n']} {row['state']}" for row in states)
        click.echo(f"zhreport: 标注 / marks: {marked}", err=True)
    if built.count("failures"):
        raise SystemExit(1)


@main.command()
@click.argument("store", type=click.Path())
@click.option("-n", "number", default=200, show_default=True, type=click.IntRange(1), help="条数 / how many records")
@click.option("--seed", default=1, show_default=True, type=int, help="随机种子 / seed of the draw")
@click.option("-o", "--output", type=click.Path(), help="写入 .csv / write a .csv file")
def sample(store: str, number: int, seed: int, output: str | None) -> None:
    """抽取记录供人工核对 / Records drawn for checking by hand.

    在 `right` 一栏填 1 或 0,再用 `evaluate` 算 / fill in `right` (1 or 0), then `evaluate` the sheet.
    """
    from .store import StoreError
    from .store import open as opened

    if output is not None and Path(output).suffix.lower() != ".csv":
        raise click.UsageError(f"{output}: 样本表只写 .csv / a sheet is written as .csv")
    try:
        drawn = opened(store).sample(number, seed)
    except StoreError as error:
        raise click.ClickException(str(error)) from None
    for name in drawn.columns:
        drawn[name] = [table.flat(list(v) if getattr(v, "ndim", 0) else v) for v in drawn[name]]
    if output is None:
        click.echo(drawn.to_csv(index=False, lineterminator="\n"), nl=False)
    else:
        try:
            with table.whole(Path(output)) as half:
                half.write_text("\ufeff" + drawn.to_csv(index=False, lineterminator="\n"), encoding="utf-8", newline="")
        except OSError as error:
            raise unwritable(error, output) from None
        click.echo(f"zhreport: 已写入 / wrote {output}", err=True)


@main.command()
@click.argument("store", required=False, type=click.Path())
def codebook(store: str | None) -> None:
    """语料库各列的含义 / Every column of a store, as Markdown.

    给出 STORE 时也列出自己的列 / with STORE your own columns, too.
    """
    from .store import StoreError
    from .store import open as opened
    from .store.schema import codebook as plain

    try:
        click.echo((plain() if store is None else opened(store).codebook()).rstrip("\n"))
    except StoreError as error:
        raise click.ClickException(str(error)) from None


@main.command()
@PATHS_OR_STORE
@click.option("-o", "--output", "folder", required=True, type=click.Path(), help="写到这个文件夹 / the folder of the pages")
@LEXICON
def show(paths: tuple[str, ...], folder: str, extra: tuple[str, ...]) -> None:
    """写成可浏览的网页 / Pages to look at.

    每份报告一页,另有总目录,不用网络 / one a report, one for all of them; no network needed.
    """
    from .pages import show as written
    from .store import StoreError

    inputs = Inputs(paths, extra)
    stored = is_store(paths)
    try:
        click.echo(str(written(paths[0] if stored else inputs.some(), folder, lexicon=inputs.lexicon)))
    except StoreError as error:
        raise click.ClickException(str(error)) from None
    if not stored:
        inputs.finish()


@main.command()
@click.argument("path")
@click.argument("start", type=int)
@LEXICON
def explain(path: str, start: int, extra: tuple[str, ...]) -> None:
    """某处的数字从何而来 / Why a record says what it says."""
    from .explanation import explain as why

    inputs = Inputs([path], extra)
    for report in inputs:
        try:
            click.echo(table.visible(str(why(report, start, inputs.lexicon))))
        except LookupError as error:
            raise click.UsageError(f"{report.source}: 此处没有记录 / {error.args[0]}") from None
    inputs.finish()


@main.command()
@click.argument("gold", type=click.Path(exists=True, dir_okay=False))
@click.argument("pred", required=False, type=click.Path(exists=True, dir_okay=False))
def evaluate(gold: str, pred: str | None) -> None:
    """用人工标注评分 / Score against a gold of your own.

    GOLD 与 PRED 都是一行一个 JSON;也可只给 `sample` 填好的抽样表。输出一个 JSON 对象
    / GOLD and PRED are JSON lines; or give a marked sheet of `sample` alone. Prints one JSON object.
    """
    from .evaluation import evaluate_sheet

    try:
        found = evaluate_sheet(gold) if pred is None else evaluate_files(gold, pred)
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    click.echo(json.dumps(found, ensure_ascii=False))


if __name__ == "__main__":
    main()
