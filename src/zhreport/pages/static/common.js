"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

/* Text from a report only ever becomes a text node: there is no innerHTML in these scripts. */
function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "click") made.addEventListener("click", value);
    else if (value === true) made.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(key, value);
  }
  made.append(...children.filter((c) => c !== null && c !== undefined));
  return made;
}
const button = (words, click, attributes = {}) => element("button", { type: "button", click, ...attributes }, words);

/* A browser that keeps nothing (a private window, a sandbox) lets one review and export all the same. */
const memory = new Map();
const kept = {
  get(key) {
    try { return localStorage.getItem(key) ?? memory.get(key) ?? null; } catch { return memory.get(key) ?? null; }
  },
  set(key, value) {
    memory.set(key, value);
    try { localStorage.setItem(key, value); return true; } catch { return false; }
  },
};
const PREFIX = "zhreport:marks:";
const REVIEWER = "zhreport:reviewer";
function marksOf(key) {
  try { return JSON.parse(kept.get(PREFIX + key)) ?? {}; } catch { return {}; }
}
function download(name, text) {
  const link = element("a", { href: URL.createObjectURL(new Blob([text], { type: "application/x-ndjson" })), download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}
/* One object a line, in the order of the text. */
const linesOf = (marks) => Object.values(marks).sort((a, b) => a.start - b.start || (a.id < b.id ? -1 : 1)).map((m) => JSON.stringify(m) + "\n").join("");
