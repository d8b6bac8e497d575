"""The chart of the panel: a Vega-Lite specification made with altair, and the libraries that draw it, for one self-contained page."""

from __future__ import annotations

import functools
from typing import Any

# Okabe and Ito's colours that can be told apart with any colour vision; a place has a dash and a mark of its own besides.
PLACES = 16
_SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down")
_DASHES = ([1, 0], [7, 4], [2, 3], [9, 3, 2, 3])
# 125,000,000 on an axis is read as 1.25亿.
_TICK = (
    "percent ? format(datum.value * 100, '~r') + '%' : abs(datum.value) >= 1e8 ? format(datum.value / 1e8, '~r') + '亿' : "
    "abs(datum.value) >= 1e4 ? format(datum.value / 1e4, '~r') + '万' : format(datum.value, '~r')"
)


@functools.cache
def chart() -> dict[str, Any]:
    """A line a place over the years, with a point for each figure. The page fills in the data set `cells`, the places and the colours.

    A row of `cells` has place, year, value, run (years in a row: no line runs over a gap), first (of several readings) and planned.
    """
    import altair as alt

    cells = alt.Chart(alt.NamedData("cells"), width="container", height=280).encode(
        x=alt.X("year:Q", title=None, axis=alt.Axis(format="d", tickMinStep=1, grid=False), scale=alt.Scale(nice=False, zero=False, padding=30)),
        y=alt.Y("value:Q", title=None, axis=alt.Axis(labelExpr=_TICK, tickCount=5), scale=alt.Scale(zero=False, padding=12)),
        color=alt.Color("place:N"),
    )  # fmt: skip
    dash = alt.StrokeDash("place:N", scale=alt.Scale(range=list(_DASHES)))
    shape = alt.Shape("place:N", scale=alt.Scale(range=list(_SHAPES)))
    hollow = alt.condition("datum.planned", alt.value(0), alt.value(1))
    lines = cells.transform_filter("datum.first && !datum.planned").mark_line(strokeWidth=2).encode(dash, detail="run:N")
    points = cells.mark_point(filled=True, size=90, opacity=1, cursor="pointer").encode(shape, fillOpacity=hollow)
    percent = alt.param(name="percent", value=False)
    made = (
        alt.layer(lines, points)
        .add_params(percent)
        .properties(autosize=alt.AutoSizeParams(type="fit-x", contains="padding"), padding=12)
    )
    return {name: value for name, value in made.to_dict().items() if name != "$schema"}  # an address, though nothing asks for it


@functools.cache
def library() -> str:
    """Vega-Embed with Vega-Lite and Vega as one script that asks no network; some 0.9 MB, bundled in a few seconds."""
    import vl_convert

    bundle = vl_convert.javascript_bundle("globalThis.vegaEmbed = vegaEmbed;")
    # Its hundreds of short top-level names would meet those of our scripts.
    return f"(() => {{\n{bundle}\n}})();"
