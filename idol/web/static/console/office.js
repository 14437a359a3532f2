/** The back office: what is in the books, and forms drawn from the actions that the host knows. */

import { h, patch } from "../viewer/dom.js";
import { openForm } from "./office_form.js";
import { adviser, SECTIONS } from "./office_lists.js";
import { t } from "./office_words.js";

const $ = (id) => document.getElementById(id);
const REFRESH_MS = 4000;

const memory = {
  get: () => { try { return localStorage.getItem("desk.lang"); } catch { return null; } },
  set: (lang) => { try { localStorage.setItem("desk.lang", lang); } catch { /* private window */ } },
};
const browser = (navigator.languages ?? []).find((tag) => /^(zh|en)/i.test(tag))?.slice(0, 2).toLowerCase();
const state = {
  lang: memory.get() ?? browser ?? "zh",
  tab: location.hash.slice(1) || "orders",
  books: null,
  note: "",
  advice: { sku: "", cost: "", salvage: "0", supplier: "", more: "10", result: null, plot: "", error: "" },
};

const TABS = {
  orders: ["orders"],
  returns: ["returns"],
  presale: ["alerts", "lots", "delays", "suppliers"],
  production: ["production", "adviser"],
  offers: ["waves", "groups", "coupons", "packets"],
};

function draw() {
  const { lang, books } = state;
  document.documentElement.lang = lang === "zh" ? "zh-CN" : "en";
  document.title = `Idol · ${t(lang, "title")}`;
  patch($("top"),
    h("span", { class: "mark small", "aria-hidden": "true" }), h("h1", {}, t(lang, "title")), h("span", { class: "spring" }),
    h("a", { href: "/console" }, t(lang, "desk")),
    h("button", { type: "button", class: "ghost", onclick: language }, t(lang, "language")));
  patch($("tabs"), Object.keys(TABS).map((tab) => {
    const count = waiting(tab);
    return h("button", { key: tab, type: "button", role: "tab", "aria-selected": String(tab === state.tab), onclick: () => show(tab) },
      t(lang, tab), count > 0 && h("span", { class: "count", key: "n" }, String(count)));
  }));
  if (!books) {
    patch($("books"), h("p", { class: "none", key: "note" }, t(lang, state.note || "none"), " ", state.note === "log_in" && h("a", { href: "/console" }, t(lang, "desk"))));
    return;
  }
  patch($("books"), (TABS[state.tab] ?? TABS.orders).map((name) =>
    name === "adviser" ? adviser(state, act) : SECTIONS[name](state, act)));
}

/** What waits for a hand: shown on the tab. */
function waiting(tab) {
  const books = state.books;
  if (!books) return 0;
  return {
    orders: books.orders.filter((order) => order.state === "paid").length,
    returns: books.returns.filter((item) => item.state === "asked").length,
    presale: books.alerts.length,
    production: books.production.filter((item) => item.state === "proposed").length,
  }[tab] ?? 0;
}

function show(tab) {
  state.tab = tab;
  history.replaceState(null, "", `#${tab}`);
  draw();
}

function language() {
  state.lang = state.lang === "zh" ? "en" : "zh";
  memory.set(state.lang);
  state.advice.result = null;
  draw();
}

function toast(text, level = "info") {
  const node = document.createElement("p");
  node.className = level;
  node.textContent = text;
  $("toasts").append(node);
  setTimeout(() => node.remove(), level === "warn" ? 6000 : 2200);
}

async function load() {
  try {
    const answer = await fetch("/console/office");
    state.note = answer.status === 401 ? "log_in" : answer.ok ? "" : "lost";
    state.books = answer.ok ? await answer.json() : null;
  } catch {
    state.note = "lost";
  }
  draw();
}

/** Send an action. Resolves to "" or to why it was refused. */
async function send(body) {
  const answer = await fetch(`/console/office?lang=${state.lang}`, {
    method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body),
  }).catch(() => null);
  if (!answer) return t(state.lang, "lost");
  const said = await answer.json();
  if (!answer.ok) return said.text;
  toast(t(state.lang, "done"));
  await load();
  return "";
}

const act = {
  /** Open the form of an action; `known` fills fields that the row already says. */
  form: (name, known = {}) => openForm($("dialog"), { lang: state.lang, name, fields: state.books.forms[name], known, books: state.books, send }),
  set(name, value) {
    state.advice[name] = value;
  },
  async advise() {
    const { sku, cost, salvage, supplier, more } = state.advice;
    const query = new URLSearchParams({ sku, cost, salvage, supplier, more, lang: state.lang });
    const answer = await fetch(`/console/office/advice?${query}`).catch(() => null);
    const said = answer ? await answer.json() : { text: t(state.lang, "lost") };
    Object.assign(state.advice, answer?.ok
      ? { result: said, plot: `/console/office/plot.svg?${query}`, error: "" }
      : { result: null, plot: "", error: said.text });
    draw();
  },
};

addEventListener("hashchange", () => show(location.hash.slice(1) || "orders"));
setInterval(() => !document.hidden && !$("dialog").open && load(), REFRESH_MS);
draw();
load();
