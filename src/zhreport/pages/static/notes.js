/* The findings beside the text, the lines from a total to its parts, the keyboard, and the start. */
const notes = $$(".note");
const overlay = $("#lines");
let selected = -1;
function shape(name, attributes) {
  const made = document.createElementNS(overlay.namespaceURI, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}
const verdictsShown = () => new Set($$("#verdicts button[aria-pressed=true]").map((b) => b.dataset.verdict));
const pointsOf = (k) => data.findings[k].points.filter((p) => p !== null).map(byStart).filter(Boolean);
const claimsAt = new Map();
data.findings.forEach((f, k) => { for (const p of new Set(f.points)) if (p !== null) claimsAt.set(p, [...(claimsAt.get(p) ?? []), k]); });
function findingsAt(start) { return claimsAt.get(start) ?? []; }

function sift() {
  const verdicts = verdictsShown();
  let any = false;
  notes.forEach((n, k) => {
    const f = data.findings[k];
    const on = k === selected || (verdicts.has(f.verdict) && (!chosen || f.points.some((p) => p !== null && within(p))));
    n.classList.toggle("gone", !on);
    any ||= on;
  });
  $("#notes > .none").hidden = any;
}
/* Each note as near to its passage as those before it allow; the selected one exactly beside it. */
function settle() {
  const pane = $("#notes"), placed = !narrow.matches;
  notes.forEach((n) => n.classList.toggle("placed", placed));
  pane.style.height = "";
  if (!placed) { notes.forEach((n) => { n.style.top = ""; }); return; }
  const base = pane.getBoundingClientRect().top;
  const seen = notes.map((n, k) => ({ n, k })).filter(({ n }) => !n.classList.contains("gone"));
  const wanted = seen.map(({ k }) => { const at = pointsOf(k)[0] ?? null; return at ? at.getBoundingClientRect().top - base : 0; });
  const order = seen.map((_, i) => i).sort((a, b) => wanted[a] - wanted[b] || a - b);
  const heights = order.map((i) => seen[i].n.offsetHeight + 6), tops = [];
  let edge = 8;
  order.forEach((i, j) => { tops[j] = Math.max(wanted[i], edge); edge = tops[j] + heights[j]; });
  const held = order.findIndex((i) => seen[i].k === selected);
  if (held >= 0) {
    tops[held] = wanted[order[held]];
    for (let j = held - 1; j >= 0; j--) tops[j] = Math.min(tops[j], tops[j + 1] - heights[j]);
    const lack = Math.max(0, 8 - tops[0]);
    if (lack) for (let j = 0; j <= held; j++) tops[j] += lack;
    for (let j = held + 1; j < tops.length; j++) tops[j] = Math.max(wanted[order[j]], tops[j - 1] + heights[j - 1]);
  }
  order.forEach((i, j) => { seen[i].n.style.top = tops[j] + "px"; });
  pane.style.height = (tops.length ? tops.at(-1) + heights.at(-1) + 20 : 0) + "px";
}
function draw() {
  overlay.replaceChildren();
  if (selected < 0) return;
  const base = stage.getBoundingClientRect();
  const box = (at) => { const b = at.getClientRects()[0]; return b && { x: (b.left + b.right) / 2 - base.left, right: b.right - base.left, top: b.top - base.top, bottom: b.bottom - base.top }; };
  const [total, ...parts] = pointsOf(selected).map(box).filter(Boolean);
  if (!total) return;
  for (const part of parts) {
    const same = Math.abs(total.top - part.top) < 12, up = part.top < total.top;
    const y1 = same || up ? total.top : total.bottom, y2 = same ? part.top : up ? part.bottom : part.top;
    // On one line the way runs in the gap above it: an arc would strike the words of the line before through.
    const way = same ? `V${Math.min(y1, y2) - 6} H${part.x} V${y2}` : `C${total.x} ${(y1 + y2) / 2} ${part.x} ${(y1 + y2) / 2} ${part.x} ${y2}`;
    overlay.append(shape("path", { class: same ? "near" : "far", d: `M${total.x} ${y1} ${way}` }));
    overlay.append(shape("circle", { cx: part.x, cy: y2, r: 4 }));
  }
  overlay.append(shape("circle", { class: "sum", cx: total.x, cy: total.top, r: 5 }));
  if (!narrow.matches) {
    const n = notes[selected].getBoundingClientRect(), x = n.left - base.left, y = n.top - base.top + 16, low = total.bottom + 3;
    overlay.append(shape("path", { class: "lead", d: `M${total.right} ${low} H${x - 12} L${x} ${y}` }));
  }
}
changed.push(sift, settle, draw);

function select(k, scroll = true) {
  const before = selected;
  if (before >= 0) {
    notes[before].classList.remove("open");
    $(".head", notes[before]).setAttribute("aria-expanded", "false");
    $(".judge", notes[before])?.remove();
    $$(".part, .total", text).forEach((m) => m.classList.remove("part", "total"));
  }
  selected = k === before ? -1 : k;
  $("#notes").classList.remove("peek");
  closeCard();
  if (selected >= 0) {
    const f = data.findings[k], points = pointsOf(k);
    if (chosen && f.points.some((p) => p !== null && !within(p))) { $("#section").value = ""; pickSection(); }
    points.forEach((m, i) => m.classList.add(i === 0 && f.total ? "total" : "part"));
    notes[k].classList.add("open");
    $(".head", notes[k]).setAttribute("aria-expanded", "true");
    $(".more", notes[k]).append(judge({ what: "finding", id: f.id, kind: f.kind, formula: f.formula, verdict: f.verdict, start: f.start, end: f.end, figures: f.figures }, notes[k]));
    if (narrow.matches && scroll) drawers();
    $("#notes").classList.add("peek");
    relay();
    if (scroll) bring(points[0], narrow.matches ? "start" : "center");
    statusLine.textContent = `${f.verdict} ${f.kind}: ${f.formula}`;
  } else relay();
}
$("#notes").addEventListener("click", (event) => {
  const head = event.target.closest(".head"), go = event.target.closest("button.go");
  if (head) select(+head.parentElement.dataset.f);
  if (go) { const at = byStart(go.dataset.o); if (at?.dataset.i !== undefined) { bring(at); goTo(+at.dataset.i, false); } else bring(at); if (narrow.matches) drawers(); }
});
$("#verdicts").addEventListener("click", (event) => {
  const b = event.target.closest("button");
  if (!b) return;
  b.setAttribute("aria-pressed", b.getAttribute("aria-pressed") !== "true");
  relay();
});
function nextFinding(by) {
  const seen = notes.filter((n) => !n.classList.contains("gone")).sort((a, b) => (parseFloat(a.style.top) || 0) - (parseFloat(b.style.top) || 0)).map((n) => +n.dataset.f);
  if (!seen.length) return;
  const at = seen.indexOf(selected);
  const k = seen[at < 0 ? (by > 0 ? 0 : seen.length - 1) : (at + by + seen.length) % seen.length];
  if (k !== selected) { select(k); $(".head", notes[k]).focus({ preventScroll: true }); }
}
const KEYS = {
  n: () => walk(1), p: () => walk(-1), "]": () => nextFinding(1), "[": () => nextFinding(-1), "/": () => $("#q").focus(),
};
addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.key === "Escape") {
    if (!card.hidden) closeCard(true); else if (selected >= 0) select(selected); else drawers();
    return;
  }
  if (event.target.closest("input, select, textarea")) return;
  const figure = event.target.closest("mark");
  if (figure && (event.key === "Enter" || event.key === " ")) { goTo(+figure.dataset.i); $(".judge button", card)?.focus({ preventScroll: true }); event.preventDefault(); return; }
  if (figure && event.key === "ArrowRight") { walk(1); event.preventDefault(); return; }
  if (figure && event.key === "ArrowLeft") { walk(-1); event.preventDefault(); return; }
  if (KEYS[event.key]) { KEYS[event.key](); event.preventDefault(); }
});
/* #o123 is the figure at that offset of the text, #f4 the fifth finding. */
function arrive() {
  const [, kind, digits] = /^#([of])(\d+)$/.exec(location.hash) ?? [];
  if (!kind) return;
  const number = +digits;
  if (kind === "f" && notes[number]) { if (selected !== number) select(number); return; }
  if (kind === "f") return;
  const i = lastAtMost(data.records.length, (k) => data.records[k].start, number);
  if (i >= 0 && number < endOf(i)) { bring(figures[i]); goTo(i, false); } else bring(byStart(number) ?? lines[lastAtMost(lines.length, (k) => lineStarts[k], number)]);
}
notes.forEach((n, k) => { if (marks[data.findings[k].id]) show(n, data.findings[k].id); });
if (figures.length) figures[0].tabIndex = 0;
relay();
arrive();
addEventListener("hashchange", arrive);
let resizing = 0;
new ResizeObserver(() => { cancelAnimationFrame(resizing); resizing = requestAnimationFrame(relay); }).observe(text);
narrow.addEventListener("change", relay);
document.documentElement.dataset.ready = "true";
