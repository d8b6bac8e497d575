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

/* The panel of one indicator. A place has a colour, a dash and a mark of its own, and its name at the end of the line. */
const COLOURS = ["#1c5fa8", "#b3261e", "#1c6b2c", "#8a5a00", "#5b3f99", "#00707a", "#a3306d", "#5c5850"];
const DARK = ["#7db8f5", "#ff8a80", "#78d68a", "#f0b93a", "#bda4f5", "#5fd0d8", "#f29ac4", "#c0bbb0"];
const DASHES = ["", "7 4", "2 3", "9 3 2 3"];
const picker = $("#series"), wide = $("#wide"), detail = $("#cell"), dark = matchMedia("(prefers-color-scheme: dark)");
const nameOf = (s) => `${s.name} · ${s.measure}${s.unit ? " · " + s.unit : ""} (${s.cells.length})`;
function fill(wanted = "") {
  const found = data.series.map((s, i) => [s, i]).filter(([s]) => nameOf(s).toLowerCase().includes(wanted.toLowerCase()));
  picker.replaceChildren(...found.map(([s, i]) => element("option", { value: i }, nameOf(s))));
  draw();
}
function draw() {
  detail.replaceChildren();
  wide.replaceChildren();
  $("#chart").replaceChildren();
  const series = data.series[+picker.value];
  if (!series || picker.value === "") return;
  const cells = series.cells.filter((c) => !c.planned || $("#planned").checked);
  const years = [...new Set(cells.map((c) => c.year))].sort((a, b) => a - b), places = [...new Set(cells.map((c) => c.place))];
  wide.append(element("thead", {}, element("tr", {}, element("th", { scope: "col" }, "地点 place"), ...years.map((y) => element("th", { scope: "col", class: "n" }, String(y))))));
  const body = element("tbody");
  for (const place of places) {
    const row = element("tr", {}, element("th", { scope: "row" }, place));
    for (const year of years) {
      const here = cells.filter((c) => c.place === place && c.year === year);
      row.append(element("td", { class: `n ${here.some((c) => c.verdict === "violated") ? "violated" : ""}` }, ...here.map((c) => cellButton(series, c))));
    }
    body.append(row);
  }
  wide.append(body);
  chart(series, cells, years, places);
}
function cellButton(series, c) {
  const mark = c.verdict === "violated" ? " ≠" : c.told.length > 1 ? ` ×${c.told.length}` : "";
  const made = button(c.told[0][0] + mark + (c.planned ? " 计划" : ""), () => {
    $$("[aria-expanded=true]", wide).forEach((b) => b.setAttribute("aria-expanded", "false"));
    made.setAttribute("aria-expanded", "true");
    tell(series, c);
  }, { "aria-expanded": "false", "aria-controls": "cell", title: c.told[0][2], class: c.planned ? "planned" : "" });
  return made;
}
function tell(series, c) {
  const list = element("ul");
  for (const [value, , surface, name, report, start] of c.told) {
    const [href, source, , title] = data.reports[report] ?? [];
    const words = `${surface} = ${value}${series.unit ? " " + series.unit : ""} (${name})`;
    list.append(element("li", {}, href ? element("a", { href: `${href}#o${start}` }, words) : words, ` ${title ?? ""} · ${source ?? ""}`));
  }
  const box = element("div", {}, element("b", {}, `${c.place} ${c.year} ${series.name}${c.planned ? " 计划 planned" : ""}`), list);
  if (c.verdict) box.append(element("p", { class: c.verdict }, element("span", { class: "v" }, c.verdict), " " + c.reason));
  detail.replaceChildren(box);
}
function round(step) { const power = 10 ** Math.floor(Math.log10(step)); return [1, 2, 5, 10].map((k) => k * power).find((k) => k >= step); }
const short = (v) => Math.abs(v) >= 1e8 ? +(v / 1e8).toPrecision(4) + "亿" : Math.abs(v) >= 1e4 ? +(v / 1e4).toPrecision(4) + "万" : String(+v.toPrecision(4));
function chart(series, cells, years, places) {
  const points = cells.filter((c) => c.told[0][1] !== null && !c.planned);
  if (!points.length) return;
  const percent = series.dimension === "percentage";
  const told = (v) => percent ? +(v * 100).toPrecision(4) + "%" : short(v);
  const values = points.map((c) => c.told[0][1]), width = 840, height = 300, left = 76, right = 130, top = 18, bottom = 34;
  let low = Math.min(...values), high = Math.max(...values);
  if (low === high) { low = Math.min(0, low); high = Math.max(0, high) || 1; }
  const tick = round((high - low) / 4), first = Math.floor(low / tick), last = Math.ceil(high / tick);
  low = first * tick; high = last * tick;
  const from = years[0], span = years.at(-1) - from;
  const x = (year) => span ? left + (width - left - right) * (year - from) / span : (left + width - right) / 2;
  const y = (v) => top + (height - top - bottom) * (1 - (v - low) / (high - low));
  const svg = shape("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `${nameOf(series)}: ${points.map((c) => `${c.place} ${c.year} ${told(c.told[0][1])}`).join(", ")}` });
  for (let k = first; k <= last; k++) {
    svg.append(shape("line", { class: "grid", x1: left, x2: width - right, y1: y(k * tick), y2: y(k * tick) }), shape("text", { class: "soft", x: left - 8, y: y(k * tick) + 4, "text-anchor": "end" }, told(k * tick)));
  }
  for (const year of years) svg.append(shape("text", { class: "soft", x: x(year), y: height - 12, "text-anchor": "middle" }, String(year)));
  const shown = places.slice(0, 16), labels = [];
  shown.forEach((place, i) => {
    const own = points.filter((c) => c.place === place).sort((a, b) => a.year - b.year), colour = (dark.matches ? DARK : COLOURS)[i % 8];
    let path = "";
    own.forEach((c, k) => { path += `${k && c.year === own[k - 1].year + 1 ? "L" : "M"}${x(c.year)} ${y(c.told[0][1])}`; }); // no line over a gap
    svg.append(shape("path", { class: "series", d: path, stroke: colour, "stroke-dasharray": DASHES[(i >> 3) % 4] || DASHES[i % 4] }));
    own.forEach((c) => {
      const at = [x(c.year), y(c.told[0][1])];
      const dot = i % 2 ? shape("rect", { x: at[0] - 4, y: at[1] - 4, width: 8, height: 8, fill: colour }) : shape("circle", { cx: at[0], cy: at[1], r: 4.5, fill: colour });
      dot.append(shape("title", {}, `${c.place} ${c.year}: ${c.told[0][2]}`));
      svg.append(dot);
    });
    if (own.length) labels.push({ place, y: y(own.at(-1).told[0][1]), colour });
  });
  labels.sort((a, b) => a.y - b.y).forEach((l, i) => { if (i) l.y = Math.max(l.y, labels[i - 1].y + 15); });
  for (const l of labels) { const t = shape("text", { x: width - right + 10, y: l.y + 4 }, l.place.length > 9 ? l.place.slice(0, 8) + "…" : l.place); t.style.fill = l.colour; svg.append(t); }
  $("#chart").append(svg);
  if (places.length > shown.length) $("#chart").append(element("p", { class: "none" }, `图中为前 ${shown.length} 个地点 the first ${shown.length} places`));
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
