/** The page of one order: what was bought, when it ships, and the way to pay or to cancel. */

import { delayQuestion, history, refundable, refundForm } from "./aftersale.js";
import { discountName, orderLines, payBy, payButton, statePill } from "./cart.js";
import { localNow, moment } from "./clock.js";
import { cls, h, patch } from "./dom.js";
import { confetti } from "./effects.js";
import { firstLanguage, t } from "./i18n.js";
import { icon } from "./icons.js";
import { orderActions } from "./orders.js";
import { Socket } from "./socket.js";
import * as money from "./money.js";
import { toasts } from "./stage.js";
import { initial, Store } from "./state.js";
import { price } from "./widgets.js";

const STEPS = ["placed", "paid", "shipped"];
const REACHED = { awaiting_payment: 1, paid: 2, shipped: 3 };

const id = decodeURIComponent(location.pathname.split("/").filter(Boolean).at(-1) ?? "");
const $ = (name) => document.getElementById(name);
const store = new Store(initial({ lang: firstLanguage(savedLanguage(), navigator.languages) }), localNow);
let asking = false; // "cancel this order?" is open
let wishing = false; // the refund form is open
let after = null; // parcels, requests, questions and refunds of the order
let known = ""; // of which state of the order `after` was asked for

const socket = new Socket({
  url: () => `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws?lang=${store.state.lang}`,
  onevent: (event) => store.send(event),
  onlink: (link) => store.send({ type: "my_link", link }),
});

const act = {
  ...orderActions({ store, here: true }),
  shutNotice: (key) => store.send({ type: "my_shut_notice", key }),
  ask: (open) => () => {
    asking = open;
    draw();
  },
  wish: (open) => () => {
    wishing = open;
    draw();
  },
  answerDelay: (consent) => change("delay", { consent }),
  askReturn: (wanted) => change("return", wanted),
  cancel: () => {
    asking = false;
    act.cancelOrder(store.state.orders[id]);
    draw();
  },
};

/** What happened since it was paid; asked for again whenever the host tells of the order. */
async function lookAfter() {
  const answer = await fetch(`/api/orders/${encodeURIComponent(id)}`).catch(() => null);
  if (!answer?.ok) return;
  after = (await answer.json()).after ?? null;
  draw();
}

async function change(verb, body) {
  const answer = await fetch(`/api/orders/${encodeURIComponent(id)}/${verb}?lang=${store.state.lang}`, {
    method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body),
  }).catch(() => null);
  const fresh = await answer?.json().catch(() => null);
  if (!answer?.ok) {
    store.send({ type: "my_notice", level: "warn", text: fresh?.text ?? t(store.state.lang, "no_answer") });
    return;
  }
  wishing = false;
  after = fresh.after ?? after;
  store.send({ ...fresh, type: "order" });
}

function savedLanguage() {
  try {
    return localStorage.getItem("idol.lang");
  } catch {
    return null;
  }
}

function draw() {
  const { state } = store;
  const { lang } = state;
  const order = state.orders[id];
  document.documentElement.lang = lang === "zh" ? "zh-CN" : "en";
  document.title = order ? t(lang, "order", { n: order.number }) : t(lang, "orders");
  patch($("order"), order ? paper(state, order) : state.ready ? nothing(lang) : waiting(lang));
  patch($("toasts"), toasts(state, act));
}

const waiting = (lang) =>
  h("div", { class: "paper bone-paper", key: "wait", role: "status" }, h("span", { class: "spinner" }), t(lang, "loading"));

const nothing = (lang) =>
  h(
    "div",
    { class: "paper empty", key: "none" },
    h("span", { class: "empty-icon" }, icon("bag", 40)),
    h("h1", null, t(lang, "order_missing")),
    h("p", { class: "soft" }, t(lang, "order_missing_hint")),
    h("a", { class: "primary", href: "/" }, t(lang, "to_show")),
  );

function paper(state, order) {
  const { lang } = state;
  const now = localNow();
  const waits = order.state === "awaiting_payment";
  return h(
    "article",
    { class: "paper", key: order.id },
    h("header", { class: "paper-head" }, h("h1", null, t(lang, "order", { n: order.number })), statePill(order, lang)),
    h("p", { class: "about", role: "status", key: order.state }, t(lang, `about_${order.state}`)),
    order.state in REACHED && steps(order, lang),
    delayQuestion(order, after, lang, act),
    orderLines(state, order),
    history(order, after, lang),
    h(
      "dl",
      { class: "sums" },
      row("placed_at", moment(order.created_at, lang), lang),
      order.discount && row("subtotal", money.text({ ...order.total, minor: order.total.minor + order.discount.minor }, lang), lang),
      order.discount && h("div", { key: "discount", class: "sum-off" }, h("dt", null, icon("ticket", 16), discountName(order, lang)), h("dd", null, `−${money.text(order.discount, lang)}`)),
      order.paid_at > 0 && row("paid_at", moment(order.paid_at, lang), lang),
      h("div", { class: "sum", key: "sum" }, h("dt", null, t(lang, "total")), h("dd", null, price(order.total, lang))),
    ),
    waits && !asking &&
      h(
        "div",
        { class: "paper-foot", key: "pay" },
        payBy(state, order, now),
        payButton(state, order, act, { class: "primary wide" }),
        h("button", { type: "button", class: "quiet", onclick: act.ask(true) }, t(lang, "cancel_order")),
      ),
    waits && asking &&
      h(
        "div",
        { class: "paper-foot", key: "sure", role: "alertdialog", "aria-label": t(lang, "cancel_sure") },
        h("strong", { class: "center" }, t(lang, "cancel_sure")),
        h("button", { type: "button", class: "primary wide", onclick: act.ask(false) }, t(lang, "cancel_no")),
        h("button", { type: "button", class: "quiet", onclick: act.cancel }, t(lang, "cancel_yes")),
      ),
    wishing && refundForm(order, after, lang, act),
    !wishing && h("a", { class: cls(waits ? "back" : "primary wide"), href: "/", key: "back" }, t(lang, "to_show")),
    !wishing && refundable(order, after).length > 0 &&
      h("button", { type: "button", class: "quiet", key: "wish", onclick: act.wish(true) }, t(lang, "refund_ask")),
  );
}

const row = (key, value, lang) => h("div", { key }, h("dt", null, t(lang, key)), h("dd", null, value));

const steps = (order, lang) =>
  h(
    "ol",
    { class: "steps", key: "steps" },
    STEPS.map((step, index) =>
      h(
        "li",
        { key: step, class: cls(index < REACHED[order.state] && "done") },
        h("span", { class: "step-dot" }, index < REACHED[order.state] && icon("check", 16)),
        t(lang, `step_${step}`),
      ),
    ),
  );

store.onchange = (state, before) => {
  const order = state.orders[id];
  if (order && order !== before.orders[id] && JSON.stringify(order) !== known) {
    known = JSON.stringify(order);
    lookAfter();
  }
  if (state.paid && state.paid !== before.paid && state.paid.id === id) confetti($("confetti"), 80);
  draw();
};
setInterval(() => {
  store.send({ type: "my_tick" });
  if (!document.hidden) draw();
}, 1000);
addEventListener("online", () => socket.retry());
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && store.state.link !== "open") socket.retry();
});

draw();
socket.open();
