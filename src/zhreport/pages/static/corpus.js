/* Tables that sort and filter. */
for (const table of $$("table.sortable")) {
  const heads = $$("thead th", table);
  heads.forEach((head, column) => $("button", head).addEventListener("click", () => {
    const down = head.getAttribute("aria-sort") !== "descending" && head.classList.contains("n") || head.getAttribute("aria-sort") === "ascending";
    heads.forEach((h) => h.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    const sign = down ? -1 : 1, body = $("tbody", table), number = head.classList.contains("n");
    const told = (row) => row.cells[column].textContent.trim();
    const rows = [...body.rows].map((row) => [number ? +told(row) : told(row), row]);
    rows.sort(([a], [b]) => sign * (number ? a - b : a.localeCompare(b, "zh-CN")));
    body.append(...rows.map(([, row]) => row));
  }));
}
$("#filter").addEventListener("input", (event) => {
  const wanted = event.target.value.toLowerCase(), rows = $$("#reports tbody tr");
  rows.forEach((row) => { row.hidden = !row.textContent.toLowerCase().includes(wanted); });
  $("#left").textContent = wanted ? `${rows.filter((r) => !r.hidden).length} / ${rows.length}` : "";
});

/* The panel of one indicator. A place has a colour, a dash and a mark of its own; the colours are told apart with any colour vision. */
const COLOURS = ["#0072b2", "#b84a00", "#00785a", "#a03a7c", "#8a6100", "#444444", "#4b52c4", "#7a5230"];
const DARK = ["#56b4e9", "#ff8f5c", "#2fcb9c", "#e39ac4", "#f0b93a", "#cccccc", "#9aa5ff", "#d3a97c"];
const picker = $("#series"), wide = $("#wide"), detail = $("#cell"), hint = detail?.firstElementChild, buttons = new Map(), dark = matchMedia("(prefers-color-scheme: dark)");
const nameOf = (s) => `${s.name} · ${s.measure}${s.unit ? " · " + s.unit : ""} (${s.cells.length})`;
function fill(wanted = "") {
  const found = data.series.map((s, i) => [s, i]).filter(([s]) => nameOf(s).toLowerCase().includes(wanted.toLowerCase()));
  picker.replaceChildren(...found.map(([s, i]) => element("option", { value: i }, nameOf(s))));
  draw();
}
function draw() {
  detail.replaceChildren(hint);
  wide.replaceChildren();
  buttons.clear();
  const series = data.series[+picker.value];
  if (!series || picker.value === "") { $("#chart").hidden = true; return; }
  const cells = series.cells.filter((c) => !c.planned || $("#planned").checked);
  const years = [...new Set(cells.map((c) => c.year))].sort((a, b) => a - b), places = [...new Set(cells.map((c) => c.place))];
  wide.append(element("thead", {}, element("tr", {}, element("th", { scope: "col" }, "地点 place"), ...years.map((y) => element("th", { scope: "col", class: "n" }, String(y))))));
  const body = element("tbody"), cellsOf = new Map();
  for (const c of cells) { const key = `${c.place} ${c.year}`; cellsOf.set(key, [...(cellsOf.get(key) ?? []), c]); }
  for (const place of places) {
    const row = element("tr", {}, element("th", { scope: "row" }, place));
    for (const year of years) {
      const here = cellsOf.get(`${place} ${year}`) ?? [];
      row.append(element("td", { class: `n ${here.some((c) => c.verdict === "violated") ? "violated" : ""}` }, ...here.map((c) => cellButton(series, c))));
    }
    body.append(row);
  }
  wide.append(body);
  chart(series, cells, places);
}
function cellButton(series, c) {
  const mark = c.verdict === "violated" ? " ≠" : c.told.length > 1 ? ` ×${c.told.length}` : "";
  const made = button(c.told[0][0] + mark + (c.planned ? " 计划" : ""), () => {
    $$("[aria-expanded=true]", wide).forEach((b) => b.setAttribute("aria-expanded", "false"));
    made.setAttribute("aria-expanded", "true");
    tell(series, c);
  }, { "aria-expanded": "false", "aria-controls": "cell", title: c.told[0][2], class: c.planned ? "planned" : "" });
  buttons.set(c, made);
  return made;
}
const press = (c) => buttons.get(c)?.click();
function tell(series, c) {
  const list = element("ul");
  for (const [value, , surface, name, report, start] of c.told) {
    const [href, source, , title] = data.reports[report] ?? [];
    const words = `${surface} = ${value}${series.unit ? " " + series.unit : ""} (${name})`;
    list.append(element("li", {}, href ? element("a", { href: `${href}#o${start}` }, words) : words, ` ${title ?? ""} · ${source ?? ""}`));
  }
  const box = element("div", {}, element("b", {}, `${c.place} ${c.year} ${series.name}${c.planned ? " 计划 planned" : ""}`), list);
  if (c.verdict) box.append(element("p", { class: c.verdict }, element("span", { class: "v" }, data.verdicts[c.verdict] ?? c.verdict), " " + c.reason));
  detail.replaceChildren(box);
}
const MOST_PLACES = 16;
let drawing = null;
async function chart(series, cells, places) {
  drawing?.finalize();
  drawing = null;
  const rows = [], shown = places.slice(0, MOST_PLACES), box = $("#chart"), numbers = new Map(series.cells.map((c, i) => [c, i]));
  for (const place of shown) {
    let run = 0, last = null;
    for (const c of cells.filter((x) => x.place === place).sort((a, b) => a.year - b.year)) {
      if (!c.planned) { if (last !== null && c.year !== last + 1) run++; last = c.year; } // no line over a gap
      c.told.forEach(([, value, surface], i) => {
        if (value !== null && c.told.findIndex((t) => t[1] === value) === i) rows.push({ place, year: c.year, value, run: `${place} ${run}`, first: !i, planned: !!c.planned, surface, cell: numbers.get(c) });
      });
    }
  }
  box.hidden = !rows.length;
  if (!rows.length) return;
  const ink = getComputedStyle(document.body), soft = ink.getPropertyValue("--soft").trim(), line = ink.getPropertyValue("--line").trim();
  const spec = structuredClone(data.chart);
  spec.datasets = { cells: rows };
  spec.description = `${nameOf(series)}: ${rows.map((r) => `${r.place} ${r.year} ${r.surface}`).join(", ")}`;
  for (const { encoding } of spec.layer) for (const name of ["color", "shape", "strokeDash"]) { // one legend comes only of equal domains
    if (encoding[name]) { encoding[name].title = null; (encoding[name].scale ??= {}).domain = shown; }
  }
  spec.params[0].value = series.dimension === "percentage";
  spec.config = {
    background: "transparent", font: ink.fontFamily, view: { stroke: null }, range: { category: dark.matches ? DARK : COLOURS },
    axis: { labelColor: soft, gridColor: line, domainColor: line, tickColor: line, labelFontSize: 12 }, legend: { orient: "bottom", symbolStrokeWidth: 0, labelColor: ink.color, labelFontSize: 12, columns: box.clientWidth < 500 ? 2 : 4 },
  };
  const options = { mode: "vega-lite", ast: true, actions: false, renderer: "svg", defaultStyle: false, tooltip: () => {} };
  const { view } = await vegaEmbed(box, spec, options);
  if (picker.value === "" || data.series[+picker.value] !== series) return;
  drawing = view;
  const of = (item) => item?.datum?.cell === undefined ? null : item.datum;
  view.addEventListener("click", (_, item) => { const at = of(item); if (at) press(series.cells[at.cell]); });
  view.addEventListener("mouseover", (_, item) => { const at = of(item); if (at) $("#point").textContent = `${at.place} ${at.year}: ${at.surface}${at.planned ? " 计划 planned" : ""}`; });
  $("#point").textContent = places.length > shown.length ? `图中为前 ${shown.length} 个地点 the first ${shown.length} places` : "";
}
if (picker) {
  $("#find").addEventListener("input", (event) => fill(event.target.value));
  picker.addEventListener("change", draw);
  $("#planned").addEventListener("change", draw);
  dark.addEventListener("change", draw);
  fill();
}

/* The marks of all these reports that this browser keeps. */
function everyMark() {
  return data.reports.map(([, , key]) => marksOf(key)).filter((m) => Object.keys(m).length);
}
function count() {
  const n = everyMark().reduce((sum, m) => sum + Object.keys(m).length, 0);
  $("#marked").textContent = n;
  $("#export").disabled = n === 0;
}
$("#export").addEventListener("click", () => download("marks.jsonl", everyMark().map(linesOf).join("")));
addEventListener("pageshow", count);
addEventListener("storage", count);
count();
document.documentElement.dataset.ready = "true";
