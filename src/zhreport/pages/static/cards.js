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
const idOf = (r) => `${data.key}:${r.start}`; // as in the tables
function recordAt(i) { // a record with what its page can tell itself
  const r = data.records[i], surface = figures[i].textContent;
  return { role: "level", status: "reported", ...r, id: idOf(r), surface, end: endOf(i), dimension: `${data.dimensions[r.dimension] ?? ""} ${r.dimension}` };
}
let pinned = false, open = -1, opener = null;

function openCard(i, pin = true) {
  const r = recordAt(i), rows = element("dl");
  const row = (name, ...what) => rows.append(element("dt", {}, name), element("dd", {}, ...what));
  for (const [key, name] of FIELDS) if (r[key] !== undefined) row(name, key === "role" || key === "status" ? WORDS[r[key]] ?? r[key] : String(r[key]));
  if (r.section !== undefined) row("节 section", sectionName(r.section));
  if (r.part_of !== undefined) row("属于 part of", goButton(r.part_of));
  const claims = findingsAt(r.start);
  if (claims.length) row("核对 findings", ...claims.map((k) => button(data.findings[k].formula, () => select(k), { class: "go" })));
  const why = element("dd", { class: "why" });
  for (const w of r.why) why.append(element("div", {}, ...reason(data.words[w])));
  if (data.reviews[r.id]) row("已审 reviewed", ...data.reviews[r.id].map((words) => element("div", {}, words)));
  rows.append(element("dt", {}, "理由 why"), why);
  card.replaceChildren(
    element("h2", {}, r.surface), element("p", { class: "told" }, r.told),
    element("div", { class: "walk" }, button("‹", () => walk(-1), { "aria-label": "上一个数字 previous figure" }), button("›", () => walk(1), { "aria-label": "下一个数字 next figure" }), button("×", () => closeCard(true), { "aria-label": "关闭 close" })),
    rows,
  );
  if (pin) card.append(judge({ what: "record", id: r.id, start: r.start, end: r.end, surface: r.surface, extracted: extractedOf(r) }, figures[i]));
  card.setAttribute("aria-label", `${r.surface} ${r.indicator ?? ""}`);
  card.hidden = false;
  $("#notes").classList.remove("peek"); // one sheet at a time
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
  return button(a ? $$("b, span", a).map((part) => part.textContent).join(" ") : "", () => { bring(byStart(data.sections[i][0]), "start"); }, { class: "go" });
}
function reason(words) { // 2021年@33 stands at that place of the text
  const [, name, rest] = /^(.*?): (.*)$/s.exec(words) ?? [, "", words], [, before, offset] = /^(.*)@(\d+)/s.exec(rest) ?? [];
  const label = element("span", { class: "soft" }, name);
  if (offset === undefined) return [label, rest];
  return [label, before, button("↗", () => flash(+offset), { class: "at", "aria-label": `原文此处 show in the text: ${before}` }), rest.slice(before.length + 1 + offset.length)];
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

/* Right, wrong or unsure, why, and what should stand in the place of what was extracted. */
const CORRECTABLE = [["value", "值 value"], ["low", "下限 low"], ["high", "上限 high"], ["unit", "单位 unit"], ["indicator", "指标 indicator"], ["period", "时期 period"], ["place", "地点 place"]];
function extractedOf(r) {
  const bounds = r.value === undefined && (r.low !== undefined || r.high !== undefined);
  const names = CORRECTABLE.map(([name]) => name).filter((name) => (name === "low" || name === "high" ? bounds : name !== "value" || !bounds));
  return Object.fromEntries(names.map((name) => [name, r[name] ?? null]));
}
function judge(about, badge) {
  const seen = about.extracted ?? {}, mine = () => marks[about.id];
  const form = element("div", { class: "judge", role: "group", "aria-label": "审阅 review" });
  const note = element("input", { class: "note-input", placeholder: "说明 note", "aria-label": "说明 note", value: mine()?.note ?? "" });
  const fields = CORRECTABLE.filter(([name]) => name in seen).map(([name, words]) => {
    const corrected = mine()?.corrected ?? {};
    const input = element("input", { "data-field": name, value: (name in corrected ? corrected[name] : seen[name]) ?? "", placeholder: "无 none", "aria-label": words + " 应为 should be", spellcheck: "false" });
    return { name, input, label: element("label", {}, element("span", {}, words), input) };
  });
  const corrections = element("div", { class: "corrections" }, element("p", {}, "应为（改动的才算） should be (only what you change counts)"), ...fields.map((f) => f.label));
  const answers = [["right", "✓ 对 right"], ["wrong", "✗ 错 wrong"], ["unsure", "? 存疑 unsure"]].map(([mark, words]) =>
    button(words, () => { keep(mine()?.mark === mark ? null : mark); if (mine()?.mark === "wrong") fields[0]?.input.focus(); }, { "data-mark": mark }));
  const differences = () => Object.fromEntries(fields.map(({ name, input }) => [name, input.value.trim() || null]).filter(([name, value]) => value !== seen[name]));
  function state() {
    const mark = mine()?.mark;
    answers.forEach((b) => b.setAttribute("aria-pressed", mark === b.dataset.mark));
    corrections.hidden = mark !== "wrong";
    if (mark !== "wrong") for (const { name, input } of fields) input.value = seen[name] ?? "";
    place();
  }
  function keep(mark) {
    if (mark === null) delete marks[about.id];
    else {
      const told = { ...about, source: data.source, mark, note: note.value.trim(), reviewer: $("#reviewer").value.trim() || null, at: new Date().toISOString() };
      if (about.what === "record") told.corrected = mark === "wrong" ? differences() : {};
      marks[about.id] = told;
    }
    statusLine.textContent = kept.set(PREFIX + data.key, JSON.stringify(marks)) ? "已保存在本浏览器 kept in this browser" : "本浏览器不保存，请导出 this browser keeps nothing: export";
    state(); show(badge, about.id); count();
  }
  // What is written before any mark is given is doubt, and is not lost.
  note.addEventListener("change", () => { if (mine() || note.value.trim()) keep(mine()?.mark ?? "unsure"); });
  for (const { input } of fields) input.addEventListener("change", () => keep("wrong"));
  form.append(...answers, corrections, note);
  state();
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
data.records.forEach((r, i) => { if (marks[idOf(r)]) show(figures[i], idOf(r)); });
count();
