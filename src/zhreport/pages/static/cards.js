/* The card of a figure, and the review of figures and findings. */
const card = $("#card");
const FIELDS = [
  ["indicator", "指标 indicator"], ["value", "值 value"], ["low", "下限 low"], ["high", "上限 high"], ["unit", "单位 unit"], ["per", "每 per"], ["period", "时期 period"],
  ["place", "地点 place"], ["place_code", "代码 code"], ["org", "机构 org"], ["dimension", "量纲 dimension"], ["role", "角色 role"], ["status", "状态 status"],
  ["base", "对比 base"], ["price_basis", "价格 prices"], ["event", "动作 event"],
];
const WORDS = {
  reported: "已报 reported", planned: "计划 planned", level: "水平 level", from: "原为 from", to: "达到 to", increase: "增加 increase", decrease: "减少 decrease",
  limit: "限度 limit", share: "占比 share",
};
const marks = marksOf(data.key);
let pinned = false, open = -1, opener = null;

function openCard(i, pin = true) {
  const r = data.records[i], rows = element("dl");
  const row = (name, ...what) => rows.append(element("dt", {}, name), element("dd", {}, ...what));
  for (const [key, name] of FIELDS) if (r[key] !== undefined) row(name, key === "role" || key === "status" ? WORDS[r[key]] ?? r[key] : String(r[key]));
  if (r.section !== undefined) row("节 section", sectionName(r.section));
  if (r.part_of !== undefined) row("属于 part of", goButton(r.part_of));
  const claims = findingsAt(r.start);
  if (claims.length) row("核对 findings", ...claims.map((k) => button(data.findings[k].formula, () => select(k), { class: "go" })));
  const why = element("dd", { class: "why" });
  for (const w of r.why) why.append(element("div", {}, data.words[w]));
  rows.append(element("dt", {}, "理由 why"), why);
  card.replaceChildren(
    element("h2", {}, r.surface), element("p", { class: "told" }, r.told),
    element("div", { class: "walk" }, button("‹", () => walk(-1), { "aria-label": "上一个数字 previous figure" }), button("›", () => walk(1), { "aria-label": "下一个数字 next figure" }), button("×", () => closeCard(true), { "aria-label": "关闭 close" })),
    rows,
  );
  if (pin) card.append(judge({ what: "record", id: r.id, start: r.start, end: r.end, surface: r.surface, extracted: r.value ?? null }, figures[i]));
  card.setAttribute("aria-label", `${r.surface} ${r.indicator ?? ""}`);
  card.hidden = false;
  pinned = pin; open = i; opener = figures[i];
  card.scrollTop = 0;
  place();
  if (pin) statusLine.textContent = `${r.surface} · ${r.told} · ${r.indicator ?? ""} · ${r.period ?? ""}`;
}
function place() { // below the figure, else above it, else at its side
  if (card.hidden || open < 0) return;
  const box = figures[open].getClientRects()[0], base = stage.getBoundingClientRect();
  if (!box) return;
  const high = $("header").offsetHeight + 8, tall = card.offsetHeight, wide = card.offsetWidth, edge = innerWidth - wide - 24;
  let left = Math.max(8, Math.min(box.left, edge)), top = box.bottom + 8;
  if (top + tall > innerHeight - 8) top = box.top - tall - 8;
  if (top < high) {
    top = Math.max(high, Math.min(box.top - 40, innerHeight - tall - 8));
    left = box.right + 12 <= edge ? box.right + 12 : Math.max(8, box.left - wide - 12);
  }
  card.style.top = top - base.top + "px";
  card.style.left = left - base.left + "px";
}
changed.push(place);
function closeCard(back = false) {
  if (card.hidden) return;
  card.hidden = true; pinned = false; open = -1;
  if (back) opener?.focus({ preventScroll: true });
}
function sectionName(i) {
  const a = $(`#outline a[data-s="${i}"]`);
  return button(a ? a.firstChild.textContent + (a.childNodes[1]?.textContent ?? "") : "", () => { bring(byStart(data.sections[i][0]), "start"); }, { class: "go" });
}
const goButton = (start) => { const at = byStart(start); return at ? button(at.textContent, () => goTo(+at.dataset.i), { class: "go" }) : String(start); };

let hover = 0;
text.addEventListener("mouseover", (event) => {
  const m = event.target.closest("mark");
  clearTimeout(hover);
  if (m && !pinned && shown(+m.dataset.i) && !narrow.matches) hover = setTimeout(() => openCard(+m.dataset.i, false), 150);
});
const leave = () => { clearTimeout(hover); if (!pinned) hover = setTimeout(() => { if (!pinned) closeCard(); }, 250); };
text.addEventListener("mouseout", (event) => { if (event.target.closest("mark")) leave(); });
card.addEventListener("mouseover", () => clearTimeout(hover));
card.addEventListener("mouseleave", leave);
text.addEventListener("click", (event) => {
  const m = event.target.closest("mark");
  clearTimeout(hover);
  if (m && shown(+m.dataset.i)) goTo(+m.dataset.i);
  else if (getSelection().isCollapsed) { closeCard(); drawers(); }
});

/* Right, wrong or unsure, why, and what the value should be. */
function judge(about, badge) {
  const form = element("div", { class: "judge", role: "group", "aria-label": "审阅 review" });
  const note = element("input", { placeholder: "说明 note", "aria-label": "说明 note", value: marks[about.id]?.note ?? "" });
  const value = element("input", { placeholder: "应为 correct value", "aria-label": "应为 correct value", value: marks[about.id]?.value ?? "" });
  const answers = [["right", "✓ 对 right"], ["wrong", "✗ 错 wrong"], ["unsure", "? 存疑 unsure"]].map(([mark, words]) =>
    button(words, () => { keep(marks[about.id]?.mark === mark ? null : mark); }, { "data-mark": mark }));
  const state = () => answers.forEach((b) => b.setAttribute("aria-pressed", marks[about.id]?.mark === b.dataset.mark));
  function keep(mark) {
    if (mark === null) delete marks[about.id];
    else marks[about.id] = { what: about.what, id: about.id, source: data.source, start: about.start, end: about.end, ...about, mark, note: note.value.trim(), value: value.value.trim() || null, reviewer: $("#reviewer").value.trim() || null, at: new Date().toISOString() };
    statusLine.textContent = kept.set(PREFIX + data.key, JSON.stringify(marks)) ? "已保存在本浏览器 kept in this browser" : "本浏览器不保存，请导出 this browser keeps nothing: export";
    state(); show(badge, about.id); count();
  }
  // What is written before any mark is given is doubt, and is not lost.
  for (const input of [note, value]) input.addEventListener("change", () => { if (marks[about.id] || input.value.trim()) keep(marks[about.id]?.mark ?? "unsure"); });
  state();
  form.append(...answers, value, note);
  return form;
}
function show(badge, id) {
  badge.classList.remove("rv", "right", "wrong", "unsure");
  if (marks[id]) badge.classList.add("rv", marks[id].mark);
}
function count() {
  const n = Object.keys(marks).length;
  $("#marked").textContent = n;
  $("#export").disabled = n === 0;
}
$("#export").addEventListener("click", () => download(`marks-${data.key}.jsonl`, linesOf(marks)));
$("#reviewer").value = kept.get(REVIEWER) ?? "";
$("#reviewer").addEventListener("change", (event) => kept.set(REVIEWER, event.target.value.trim()));
figures.forEach((f, i) => { if (marks[data.records[i].id]) show(f, data.records[i].id); });
count();
