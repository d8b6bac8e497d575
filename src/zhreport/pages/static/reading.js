/* The text: filters, outline, search, and walking from figure to figure. */
const text = $("#text"), stage = $("#stage"), statusLine = $("#status");
const figures = $$("mark", text);
const lines = $$(".l", text);
const lineStarts = lines.map((l) => +l.dataset.o);
const narrow = matchMedia("(max-width: 62rem)");
const moving = matchMedia("(prefers-reduced-motion: reduce)");
let current = -1;
const changed = []; // what is laid out anew when the page changes its shape
const relay = () => changed.forEach((f) => f());
const byStart = (offset) => document.getElementById("o" + offset);

function lastAtMost(count, key, wanted) {
  let low = 0, high = count;
  while (low < high) { const middle = (low + high) >> 1; if (key(middle) <= wanted) low = middle + 1; else high = middle; }
  return low - 1;
}
const hiddenGroups = new Set();
let chosen = null; // [start, end] of the section that alone is shown
const within = (start) => !chosen || (chosen[0] <= start && start < chosen[1]);
const shown = (i) => within(data.records[i].start) && ![...hiddenGroups].some((g) => figures[i].classList.contains(g));

function bring(target, block = "center") {
  if (target) target.scrollIntoView({ block, behavior: "instant" });
}
function walk(step) {
  let i = current;
  if (i < 0) i = step > 0 ? -1 : figures.length;
  if (current < 0) { // the first step starts from what is on the screen
    const top = $("header").getBoundingClientRect().bottom;
    i = lastAtMost(figures.length, (k) => figures[k].getBoundingClientRect().bottom || -Infinity, top) + (step > 0 ? 0 : 1);
  }
  do i += step; while (i >= 0 && i < figures.length && !shown(i));
  if (i >= 0 && i < figures.length) goTo(i);
}
function goTo(i, focus = true) {
  if (!shown(i)) showAll(data.records[i].start);
  if (current >= 0) { figures[current].tabIndex = -1; figures[current].classList.remove("here"); }
  current = i;
  figures[i].tabIndex = 0;
  figures[i].classList.add("here");
  const box = figures[i].getBoundingClientRect();
  if (box.top < $("header").offsetHeight + 8 || box.bottom > innerHeight - (narrow.matches ? innerHeight / 2 : 40)) bring(figures[i], narrow.matches ? "start" : "center");
  if (focus) figures[i].focus({ preventScroll: true });
  openCard(i);
}
function showAll(start) { // what is asked for is shown, whatever the filters say
  if (!within(start)) { $("#section").value = ""; pickSection(); }
  for (const b of $$("#groups button[aria-pressed=false]")) b.click();
}

$("#groups").addEventListener("click", (event) => {
  const b = event.target.closest("button");
  if (!b) return;
  const on = b.getAttribute("aria-pressed") !== "true";
  b.setAttribute("aria-pressed", on);
  hiddenGroups[on ? "delete" : "add"](b.dataset.group);
  document.body.classList.toggle("no-" + b.dataset.group, !on);
});
function pickSection() {
  const i = $("#section").value;
  chosen = i === "" ? null : data.sections[+i];
  lines.forEach((l, k) => l.classList.toggle("gone", !!chosen && !(lineStarts[k] < chosen[1] && (k + 1 < lines.length ? lineStarts[k + 1] : Infinity) > chosen[0])));
  figures.forEach((f, k) => f.classList.toggle("off", !within(data.records[k].start)));
  closeCard();
  relay();
  scrollTo(0, 0);
}
$("#section").addEventListener("change", pickSection);

/* The outline follows the text. */
const outline = $("#outline");
const entries = $$("a", outline).map((a) => ({ a, start: +a.dataset.o, at: byStart(a.dataset.o) ?? lines[lastAtMost(lines.length, (k) => lineStarts[k], +a.dataset.o)] })).filter((e) => e.at);
let active = null;
function follow() {
  const edge = $("header").offsetHeight + 60;
  const seen = chosen ? entries.filter((e) => e.start >= chosen[0] && e.start < chosen[1]) : entries;
  const i = lastAtMost(seen.length, (k) => seen[k].at.getBoundingClientRect().top, edge);
  const next = (seen[i] ?? seen[0])?.a;
  if (!next || next === active) return;
  active?.removeAttribute("aria-current");
  active = next;
  active.setAttribute("aria-current", "true");
  for (let li = active.parentElement.closest("li.shut"); li; li = li.parentElement.closest("li.shut")) if (li !== active.parentElement) fold(li, true);
  const box = active.getBoundingClientRect(), pane = outline.getBoundingClientRect();
  if (box.top < pane.top + 20 || box.bottom > pane.bottom - 20) outline.scrollTop += box.top - pane.top - pane.height / 2;
}
function fold(li, open) {
  li.className = open ? "open" : "shut";
  $(".fold", li).setAttribute("aria-expanded", open);
}
outline.addEventListener("click", (event) => {
  const toggle = event.target.closest(".fold"), link = event.target.closest("a");
  if (toggle) fold(toggle.parentElement, toggle.parentElement.className !== "open");
  if (!link) return;
  event.preventDefault();
  showAll(+link.dataset.o);
  bring(entries.find((e) => e.a === link)?.at, "start");
  drawers();
});
let waiting = false;
addEventListener("scroll", () => {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => { waiting = false; follow(); });
}, { passive: true });
changed.push(() => { document.documentElement.style.setProperty("--head", $("header").offsetHeight + "px"); document.documentElement.style.scrollPaddingTop = $("header").offsetHeight + 20 + "px"; }, follow);

/* The drawers of a narrow window. */
function drawers(opened = null) {
  for (const [b, pane] of [[$("#show-outline"), outline], [$("#show-notes"), $("#notes")]]) {
    const open = pane === opened && !pane.classList.contains("shown");
    pane.classList.toggle("shown", open);
    b.setAttribute("aria-expanded", open);
  }
}
$("#show-outline").addEventListener("click", () => drawers(outline));
$("#show-notes").addEventListener("click", () => drawers($("#notes")));

/* Search lays highlights over the text and leaves its nodes alone. */
let nodes = null, whole = "", ends = [], hits = [], hit = -1, asked = "";
function index() {
  nodes = []; ends = []; whole = "";
  const found = [], walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
  let at = 0;
  while (walker.nextNode()) { nodes.push(walker.currentNode); found.push(walker.currentNode.data); at += walker.currentNode.data.length; ends.push(at); }
  whole = found.join("");
}
function rangeOf(from, to) {
  const range = document.createRange(), a = lastAtMost(ends.length, (k) => ends[k], from) + 1, b = lastAtMost(ends.length, (k) => ends[k], to - 1) + 1;
  range.setStart(nodes[a], from - (a ? ends[a - 1] : 0));
  range.setEnd(nodes[b], to - (b ? ends[b - 1] : 0));
  return range;
}
function search(words) {
  if (!nodes) index();
  asked = words; hits = []; hit = -1;
  if (words) {
    const pattern = new RegExp(words.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&"), "gi");
    for (const m of whole.matchAll(pattern)) { hits.push(rangeOf(m.index, m.index + m[0].length)); if (hits.length >= 5000) break; }
  }
  if (globalThis.CSS?.highlights) { CSS.highlights.set("found", new Highlight(...hits)); CSS.highlights.delete("found-now"); }
}
function step(by) {
  if (!hits.length) { $("#hits").textContent = asked ? "0" : ""; return; }
  hit = (hit + by + hits.length) % hits.length;
  if (chosen) { $("#section").value = ""; pickSection(); }
  if (globalThis.CSS?.highlights) CSS.highlights.set("found-now", new Highlight(hits[hit]));
  else { getSelection().removeAllRanges(); getSelection().addRange(hits[hit]); }
  bring(hits[hit].startContainer.parentElement);
  const box = hits[hit].getBoundingClientRect(); // a long paragraph is taller than the window
  if (box.top < $("header").offsetHeight || box.bottom > innerHeight) scrollBy(0, box.top - innerHeight / 2);
  $("#hits").textContent = `${hit + 1}/${hits.length}`;
}
let typing = 0;
$("#q").addEventListener("input", (event) => { clearTimeout(typing); typing = setTimeout(() => { search(event.target.value); step(1); }, 200); });
$("#search").addEventListener("submit", (event) => { event.preventDefault(); clearTimeout(typing); if ($("#q").value !== asked) search($("#q").value); step(1); });
$("#back").addEventListener("click", () => step(-1));
