/** The lists of the back office, each a pure function of the books. */

import { h } from "../viewer/dom.js";
import * as money from "../viewer/money.js";
import { words } from "./i18n.js";
import { t } from "./office_words.js";

export const SECTIONS = { orders, returns, alerts, lots, delays, suppliers, production, waves, groups, coupons, packets };

function section(state, name, rows, ...heads) {
  const { lang } = state;
  const about = t(lang, `about_${name}`);
  return h("section", { key: name },
    h("div", { class: "sheet-head" }, h("h2", {}, t(lang, name)), h("span", { class: "spring" }), heads,
      about !== `about_${name}` && h("p", {}, about)),
    rows.length ? h("div", { class: "cards" }, rows) : h("p", { class: "none" }, t(lang, "none")));
}

const chip = (lang, state) =>
  h("span", { class: `chip ${{ paid: "on", asked: "hot", proposed: "hot", refused: "bad", cancelled: "bad", refunded: "bad", shipped: "reply", received: "reply", arrived: "reply", acknowledged: "reply", open: "on" }[state] ?? ""}` }, t(lang, state));

const fact = (lang, name, value) =>
  value !== "" && value !== null && value !== undefined && h("span", { key: name }, h("span", {}, t(lang, name)), String(value));

const button = (lang, act, name, known, style = "") =>
  h("button", { type: "button", key: name, class: style, onclick: () => act.form(name, known) }, t(lang, name));

function card(key, { name, facts, acts = [], why, meter, alarm }) {
  return h("article", { class: alarm ? "card alarm" : "card", key },
    h("div", {}, h("div", { class: "name" }, name), h("div", { class: "facts" }, facts)),
    acts.some(Boolean) && h("div", { class: "acts" }, acts),
    meter !== undefined && h("div", { class: "meter", role: "img", "aria-label": `${Math.round(100 * meter)}%` }, h("i", { style: { width: `${Math.min(100, 100 * meter).toFixed(1)}%` } })),
    why && h("p", { class: "why" }, why));
}

const clock = (lang, seconds) => new Date(seconds * 1000).toLocaleString(lang === "zh" ? "zh-CN" : "en-GB", { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" });

function orders(state, act) {
  const { lang, books } = state;
  return section(state, "orders", books.orders.map((order) => card(order.id, {
    name: [h("span", {}, order.number), chip(lang, order.state)],
    facts: [
      fact(lang, "buyer", order.viewer.name),
      fact(lang, "total", money.text(order.total, lang)),
      order.lines.map((line, i) => h("span", { key: `l${i}` }, `${words(line.title, lang)} ${words(line.label, lang)} ×${line.quantity}`, " ", h("span", {}, `${t(lang, "ships_by")} ${line.ships_by}`))),
      order.parcels.map((parcel) => h("span", { key: parcel.id }, h("span", {}, parcel.carrier), parcel.tracking, parcel.delivered_at > 0 && ` · ${t(lang, "delivered")}`)),
    ],
    acts: [
      order.state === "paid" && button(lang, act, "ship", { order: order.number }, "primary"),
      order.parcels.filter((parcel) => !parcel.delivered_at).map((parcel) => [
        h("button", { type: "button", key: `t${parcel.id}`, onclick: () => act.form("track", { parcel: parcel.id }) }, t(lang, "track")),
        h("button", { type: "button", key: `d${parcel.id}`, onclick: () => act.form("deliver", { parcel: parcel.id }) }, t(lang, "deliver")),
      ]),
      order.state === "paid" && button(lang, act, "refund", { order: order.number }, "danger"),
    ],
  })));
}

function returns(state, act) {
  const { lang, books } = state;
  return section(state, "returns", books.returns.map((item) => card(item.id, {
    name: [h("span", {}, item.order_number), chip(lang, item.state)],
    facts: [h("span", { key: "sku" }, `${item.sku} ×${item.quantity}`), item.amount > 0 && fact(lang, "total", money.text({ minor: item.amount, currency: item.currency }, lang)), fact(lang, "at", clock(lang, item.asked_at))],
    why: [item.reason, item.answer && `→ ${item.answer}`].filter(Boolean).join(" "),
    acts: [
      item.state === "asked" && button(lang, act, "decide-return", { request: item.id }, "primary"),
      item.state === "approved" && button(lang, act, "receive-return", { request: item.id }, "primary"),
    ],
  })));
}

function alerts(state) {
  const { lang, books } = state;
  return section(state, "alerts", books.alerts.map((item) => card(`${item.lot}${item.sku}${item.ships_by}`, {
    alarm: true,
    name: [h("span", {}, item.lot || item.sku), h("span", { class: "chip bad" }, `${t(lang, "chance")} ${item.chance}%`)],
    facts: [fact(lang, "ships_by", item.ships_by), h("span", { key: "n" }, `${t(lang, "orders_n", { n: item.orders })} · ${t(lang, "pieces", { n: item.pieces })}`)],
  })));
}

function lots(state, act) {
  const { lang, books } = state;
  const selling = (lot) => !["arrived", "cancelled"].includes(lot.state);
  return section(state, "lots", books.lots.map((lot) => card(lot.name, {
    name: [h("span", {}, lot.name), chip(lang, lot.state)],
    facts: [h("span", { key: "sku" }, lot.sku), fact(lang, "f_supplier", lot.supplier), fact(lang, "ready", lot.ready_on), fact(lang, "allow", t(lang, "days", { n: lot.delay })), fact(lang, "sold", `${lot.reserved} / ${lot.capacity}`)],
    meter: lot.capacity ? lot.reserved / lot.capacity : 0,
    acts: selling(lot) ? [button(lang, act, "arrive", { lot: lot.name }, "primary"), button(lang, act, "delay", { lot: lot.name }), button(lang, act, "resize-lot", { lot: lot.name }), lot.reserved === 0 && button(lang, act, "cancel-lot", { lot: lot.name }, "danger")] : [],
  })), books.suppliers.length > 0 && button(lang, act, "lot", {}, "primary"));
}

function delays(state) {
  const { lang, books } = state;
  return books.delays.length > 0 && section(state, "delays", books.delays.map((item) => card(item.id, {
    name: [h("span", {}, item.lot), h("span", { class: "chip" }, `${item.was_on} → ${item.now_on}`)],
    facts: [fact(lang, "asked", item.asked ?? 0), fact(lang, "consented", item.consented ?? 0), fact(lang, "refunded", item.refunded ?? 0), fact(lang, "answer_by", clock(lang, item.answer_by))],
  })));
}

function suppliers(state, act) {
  const { lang, books } = state;
  return section(state, "suppliers", books.suppliers.map((item) => card(item.id, {
    name: [h("span", {}, item.name), h("code", {}, item.id)],
    facts: [fact(lang, "f_minimum", item.minimum), fact(lang, "f_step", item.step), item.most < 1000000 && fact(lang, "f_most", item.most), fact(lang, "f_lead", item.lead), fact(lang, "late", item.delays.slice(0, 8).join(" ")), fact(lang, "f_url", item.url)],
    acts: [button(lang, act, "day", { place: item.id })],
  })), button(lang, act, "day", { place: "" }), button(lang, act, "supplier", {}, "primary"));
}

function production(state, act) {
  const { lang, books } = state;
  return section(state, "production", books.production.map((item) => card(item.id, {
    name: [item.sequence > 0 && h("span", {}, `#${item.sequence}`), h("span", {}, item.lot), chip(lang, item.state)],
    facts: [h("span", { key: "sku" }, `${item.sku} ×${item.quantity}`), fact(lang, "f_supplier", item.supplier), fact(lang, "ready", item.ready_on), fact(lang, "by", item.approved_by)],
    why: words(item.reason, lang),
    acts: [
      item.state === "proposed" && button(lang, act, "approve", { production: item.id }, "primary"),
      item.state === "approved" && button(lang, act, "send", { production: item.id }, "primary"),
      item.state === "sent" && button(lang, act, "acknowledge", { production: item.id }),
      ["proposed", "approved", "refused"].includes(item.state) && button(lang, act, "withdraw", { production: item.id }, "danger"),
    ],
  })), h("a", { href: "/console/office/production.csv", download: "production.csv", class: "dim" }, t(lang, "csv")), books.suppliers.length > 0 && button(lang, act, "propose", {}));
}

export function adviser(state, act) {
  const { lang, books, advice } = state;
  const field = (name, key, options) => h("label", { key: name }, t(lang, key),
    options
      ? h("select", { onchange: (event) => act.set(name, event.target.value), value: advice[name] }, [h("option", { value: "", key: "" }, "–"), options.map((value) => h("option", { value, key: value }, value))])
      : h("input", { value: advice[name], inputmode: "decimal", oninput: (event) => act.set(name, event.target.value) }));
  const submit = (event) => { event.preventDefault(); act.advise(); };
  return h("section", { key: "adviser" },
    h("div", { class: "sheet-head" }, h("h2", {}, t(lang, "adviser")), h("p", {}, t(lang, "about_adviser"))),
    h("form", { class: "advice", onsubmit: submit },
      h("div", { class: "form" }, field("sku", "f_sku", books.variants.map((item) => item.sku)), field("supplier", "f_supplier", books.suppliers.map((item) => item.id)), field("cost", "f_cost"), field("salvage", "f_salvage"), field("more", "f_more_minutes")),
      h("div", { class: "row" }, h("button", { type: "submit", class: "primary" }, t(lang, "ask_advice")), advice.error && h("span", { class: "error", role: "alert" }, advice.error)),
      advice.result && h("div", { key: "result", class: "advice" },
        h("p", { class: "lot" }, t(lang, "pieces", { n: advice.result.lot })),
        h("p", { class: "reason" }, words(advice.result.reason, lang)),
        h("img", { src: advice.plot, alt: words(advice.result.reason, lang) }),
        advice.supplier && advice.result.lot > 0 && h("div", { class: "row" }, h("button", { type: "button", class: "primary", onclick: () => act.form("propose", { sku: advice.sku, supplier: advice.supplier, quantity: advice.result.lot, cost: advice.cost, salvage: advice.salvage || "0", more_minutes: Number(advice.more) || 10 }) }, t(lang, "propose_lot"))))));
}

function waves(state, act) {
  const { lang, books } = state;
  return section(state, "waves", books.waves.map((item) => card(item.id, {
    name: [h("span", {}, item.sku), chip(lang, item.state)],
    facts: [h("span", { key: "n" }, t(lang, "pieces", { n: item.quantity })), item.at && fact(lang, "at", clock(lang, item.at))],
    acts: item.state === "planned" ? [button(lang, act, "release", { wave: item.id }, "primary"), button(lang, act, "withdraw-wave", { wave: item.id })] : [],
  })), button(lang, act, "wave", {}, "primary"));
}

function groups(state, act) {
  const { lang, books } = state;
  const price = (minor, currency) => money.text({ minor, currency }, lang);
  return section(state, "groups", books.groups.map((item) => card(item.id, {
    name: [h("span", {}, `${item.listing} · ${words(books.titles[item.listing] ?? {}, lang)}`), chip(lang, item.state)],
    facts: [item.tiers.map(([least, minor]) => h("span", { key: least }, h("span", {}, `≥ ${least}`), price(minor, item.currency))), fact(lang, "reached", item.now ?? 0), item.final && fact(lang, "final", price(item.final, item.currency)), fact(lang, "at", clock(lang, item.closes_at))],
    meter: Math.min(1, (item.now ?? 0) / item.tiers.at(-1)[0]),
    acts: item.state === "open" ? [button(lang, act, "close-group", { group: item.id })] : [],
  })), button(lang, act, "put-listing", {}), button(lang, act, "flash", {}), button(lang, act, "group", {}, "primary"));
}

function coupons(state, act) {
  const { lang, books } = state;
  return section(state, "coupons", books.coupons.map((item) => card(item.code, {
    name: [h("span", {}, item.code), h("span", { class: "chip on" }, item.kind === "amount" ? `−${money.text({ minor: item.value, currency: item.currency }, lang)}` : `−${item.value / 100}%`)],
    facts: [item.least > 0 && fact(lang, "f_least", money.text({ minor: item.least, currency: item.currency }, lang)), fact(lang, "used", `${item.used} / ${item.uses}`), fact(lang, "at", clock(lang, item.until_at))],
  })), button(lang, act, "coupon", {}, "primary"));
}

function packets(state, act) {
  const { lang, books } = state;
  return section(state, "packets", books.packets.map((item) => card(item.id, {
    name: [h("span", {}, words(item.title, lang)), chip(lang, item.state)],
    facts: [fact(lang, "entrants", `${item.entrants} / ${item.most}`), fact(lang, "odds", item.odds), fact(lang, "at", clock(lang, item.closes_at)), h("code", { key: "c" }, item.commitment.slice(0, 16))],
  })), button(lang, act, "packet", {}, "primary"));
}
