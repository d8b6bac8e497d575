/* The text: filters, outline, search, and walking from figure to figure. */
const text = $("#text"), stage = $("#stage"), statusLine = $("#status");
const figures = $$("mark", text);
const lines = $$(".l", text);
const lineStarts = lines.map((l) => +l.dataset.o);
const narrow = matchMedia("(max-width: 62rem)");
let current = -1;
const changed = []; // what is laid out anew when the page changes its shape
const relay = () => changed.forEach((f) => f());
const endOf = (i) => data.records[i].start + [...figures[i].textContent].length; // a character is one, whatever its code
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
  const onLine = (k) => !chosen || (lineStarts[k] < chosen[1] && (lineStarts[k + 1] ?? Infinity) > chosen[0]);
  lines.forEach((l, k) => l.classList.toggle("gone", !onLine(k)));
  for (const f of $$("mark.off", text)) f.classList.remove("off");
  if (chosen) for (const l of lines.filter((_, k) => onLine(k))) for (const f of $$("mark", l)) f.classList.toggle("off", !within(data.records[+f.dataset.i].start)); // a section may share its line
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
function head() {
  const high = $("header").offsetHeight;
  document.documentElement.style.setProperty("--head", high + "px");
  document.documentElement.style.scrollPaddingTop = high + 20 + "px";
}
changed.push(head, follow);

/* The drawers of a narrow window. */
function drawers(opened = null) {
  for (const [b, pane] of [[$("#show-outline"), outline], [$("#show-notes"), $("#notes")], [$("#show-tools"), $("#tools")]]) {
    const open = pane === opened && !pane.classList.contains("shown");
    pane.classList.toggle("shown", open);
    b.setAttribute("aria-expanded", open);
  }
  if (narrow.matches) head();
}
$("#show-outline").addEventListener("click", () => drawers(outline));
$("#show-notes").addEventListener("click", () => drawers($("#notes")));
$("#show-tools").addEventListener("click", () => drawers($("#tools")));

/* Search lays highlights over the text and leaves its nodes alone. */
let nodes = null, whole = "", ends = [], hits = [], hit = -1, asked = "";
function index() {
  nodes = []; ends = []; whole = "";
  const found = [], walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
  let at = 0;
  while (walker.nextNode()) { nodes.push(walker.currentNode); found.push(walker.currentNode.data); at += walker.currentNode.data.length; ends.push(at); }
  whole = found.join("");
}
function rangeOf(from, to) { // a live range would be mended at every change of the page
  const a = lastAtMost(ends.length, (k) => ends[k], from) + 1, b = lastAtMost(ends.length, (k) => ends[k], to - 1) + 1;
  return new StaticRange({ startContainer: nodes[a], startOffset: from - (a ? ends[a - 1] : 0), endContainer: nodes[b], endOffset: to - (b ? ends[b - 1] : 0) });
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
  const found = hits[hit], range = document.createRange();
  range.setStart(found.startContainer, found.startOffset);
  range.setEnd(found.endContainer, found.endOffset);
  if (globalThis.CSS?.highlights) CSS.highlights.set("found-now", new Highlight(range));
  else { getSelection().removeAllRanges(); getSelection().addRange(range); }
  bring(found.startContainer.parentElement);
  const box = range.getBoundingClientRect(); // a long paragraph is taller than the window
  if (box.top < $("header").offsetHeight || box.bottom > innerHeight) scrollBy(0, box.top - innerHeight / 2);
  $("#hits").textContent = `${hit + 1}/${hits.length}`;
}
/* Show a place of the text that is no figure: its words are lit as a search hit is. */
function flash(offset) {
  const line = lines[lastAtMost(lines.length, (k) => lineStarts[k], offset)], chars = [...line.textContent];
  const range = document.createRange(), walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
  let at = chars.slice(0, offset - +line.dataset.o).join("").length; // offsets count characters, a browser counts halves of some
  while (walker.nextNode() && at >= walker.currentNode.data.length) at -= walker.currentNode.data.length;
  const node = walker.currentNode;
  if (node === line) return;
  range.setStart(node, Math.min(node.data.length, at));
  range.setEnd(node, Math.min(node.data.length, at + 4));
  if (globalThis.CSS?.highlights) CSS.highlights.set("found-now", new Highlight(range));
  const box = range.getBoundingClientRect(), top = $("header").offsetHeight + 8;
  if (box.top < top || box.bottom > innerHeight - 8) scrollBy(0, box.top - innerHeight / 3);
}
let typing = 0;
$("#q").addEventListener("input", (event) => { clearTimeout(typing); typing = setTimeout(() => { search(event.target.value); step(1); }, 200); });
$("#search").addEventListener("submit", (event) => { event.preventDefault(); clearTimeout(typing); if ($("#q").value !== asked) search($("#q").value); step(1); });
$("#back").addEventListener("click", () => step(-1));
