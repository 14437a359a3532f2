/** What happened to an order since it was paid, and what its buyer can ask for: pure views. */

import { day, moment } from "./clock.js";
import { cls, h } from "./dom.js";
import { t } from "./i18n.js";
import { icon } from "./icons.js";
import * as money from "./money.js";
import { said } from "./variants.js";

const name = (line, lang) => [said(line.title, lang), said(line.label, lang)].filter(Boolean).join(" ");

/** A later date that the buyer must agree to, or not. */
export function delayQuestion(order, after, lang, act) {
  const open = after?.delays.filter((item) => item.state === "asked") ?? [];
  if (!open.length) return null;
  const [first] = open;
  return h(
    "section",
    { class: "ask-delay", key: "delay", role: "alert" },
    h("strong", null, t(lang, "delay_title")),
    h("p", null, said(first.reason, lang)),
    open.map((item) =>
      h("p", { class: "dates", key: item.line },
        h("span", { class: "title" }, name(order.lines[item.line], lang)),
        h("s", null, day(item.was_on, lang)), " → ", h("b", null, day(item.now_on, lang)))),
    h("p", { class: "soft" }, t(lang, "delay_by", { time: moment(first.answer_by, lang) })),
    h("button", { type: "button", class: "primary wide", onclick: () => act.answerDelay(true) }, t(lang, "delay_agree")),
    h("button", { type: "button", class: "quiet", onclick: () => act.answerDelay(false) }, t(lang, "delay_refund")),
  );
}

/** Parcels, requests and money that went back. */
export function history(order, after, lang) {
  if (!after) return null;
  const { parcels, returns, refunds, delays } = after;
  const agreed = delays.filter((item) => item.state === "consented");
  if (!parcels.length && !returns.length && !refunds.length && !agreed.length) return null;
  const currency = order.total.currency;
  return h(
    "ul",
    { class: "history", key: "history" },
    agreed.map((item) => h("li", { key: `d${item.line}${item.now_on}` }, icon("info", 18), h("span", null, t(lang, "agreed", { date: day(item.now_on, lang) })))),
    parcels.map((parcel) =>
      h("li", { key: parcel.tracking }, icon("truck", 18),
        h("span", null, `${parcel.carrier} `, h("b", { class: "tracking" }, parcel.tracking)),
        h("span", { class: "soft" }, parcel.delivered_at ? t(lang, "delivered_at", { time: moment(parcel.delivered_at, lang) }) : moment(parcel.shipped_at, lang)))),
    returns.map((item, i) =>
      h("li", { key: `r${i}`, class: cls(item.state === "refused" && "no") }, icon("bag", 18),
        h("span", null, `${name(order.lines[item.line], lang)} × ${item.quantity}`, item.answer && h("em", null, item.answer)),
        h("span", { class: "soft" }, t(lang, `return_${item.state}`)))),
    refunds.map((item, i) =>
      h("li", { key: `m${i}` }, icon("check", 18), h("span", null, t(lang, `refund_${item.reason}`)),
        h("b", { class: "figures" }, money.text({ minor: item.amount, currency }, lang)))),
  );
}

/** Lines that money may be asked back for: [line number, pieces]. */
export function refundable(order, after) {
  if (!after || !["paid", "shipped"].includes(order.state)) return [];
  return order.lines
    .map((line, number) => {
      const asked = after.returns.filter((item) => item.line === number && item.state !== "refused");
      const left = line.quantity - asked.reduce((sum, item) => sum + item.quantity, 0);
      const gone = after.parcels.some((parcel) => parcel.lines.includes(number));
      return [number, left, gone];
    })
    .filter(([number, left, gone]) => left > 0 && (gone || left === order.lines[number].quantity));
}

/** The form that asks for money back. */
export function refundForm(order, after, lang, act) {
  const lines = refundable(order, after);
  if (!lines.length) return null;
  const submit = (event) => {
    event.preventDefault();
    const fields = event.target.elements;
    const number = Number(fields.namedItem("line").value);
    const [, left, gone] = lines.find(([line]) => line === number);
    const wanted = Math.round(Number(fields.namedItem("quantity")?.value ?? left)) || left;
    act.askReturn({ line: number, quantity: gone ? Math.min(left, Math.max(1, wanted)) : left, reason: fields.namedItem("reason").value.trim() });
  };
  const several = lines.some(([, left, gone]) => gone && left > 1);
  return h(
    "form",
    { class: "refund-form", key: "refund", onsubmit: submit },
    h("strong", null, t(lang, "refund_ask")),
    h("p", { class: "soft" }, t(lang, order.state === "paid" ? "refund_before" : "refund_after")),
    h("label", null, t(lang, "refund_line"),
      h("select", { name: "line" }, lines.map(([number, left]) => h("option", { value: String(number), key: number }, `${name(order.lines[number], lang)} × ${left}`)))),
    several && h("label", { key: "n" }, t(lang, "refund_quantity"), h("input", { name: "quantity", type: "number", min: "1", max: String(Math.max(...lines.map(([, left]) => left))), value: "1", inputmode: "numeric" })),
    h("label", null, t(lang, "refund_reason"), h("textarea", { name: "reason", rows: "3", maxlength: "300" })),
    h("button", { type: "submit", class: "primary wide" }, t(lang, "refund_send")),
    h("button", { type: "button", class: "quiet", onclick: act.wish(false) }, t(lang, "cancel_no")),
  );
}
