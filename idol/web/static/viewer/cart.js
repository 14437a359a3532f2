/** The cart sheet: what is held for this viewer, and the orders. Shared with the order page. */

import { h } from "./dom.js";
import { countdown, day } from "./clock.js";
import { choice, offers, wallet } from "./coupons.js";
import { t } from "./i18n.js";
import { icon } from "./icons.js";
import * as money from "./money.js";
import { applied, isConfirming, isOffered, toPay, together } from "./perks.js";
import { liveHolds, serverNow } from "./state.js";
import { said } from "./variants.js";
import { waitingList } from "./waiting.js";
import { picture, price, ring } from "./widgets.js";

const GONE = { picture: "", title: {}, state: "live" };

/** Holds first, they run out; then the orders, newest first. */
export function cart(state, now, act) {
  const { lang } = state;
  const holds = liveHolds(state, now);
  const orders = Object.values(state.orders).sort((a, b) => b.created_at - a.created_at);
  const empty =
    !holds.length && !orders.length && !state.mine.waiting.length && !state.mine.missed?.length &&
    h(
      "div",
      { class: "empty", key: "empty" },
      h("span", { class: "empty-icon" }, icon("cart", 40)),
      h("strong", null, t(lang, "cart_empty")),
      h("p", { class: "soft" }, t(lang, "cart_empty_hint")),
    );
  return h(
    "div",
    { class: "sheet-body", key: "cart" },
    empty,
    holds.length > 0 && h("h3", { key: "holds" }, t(lang, "holds")),
    holds.map((hold) => heldItem(state, hold, now, act)),
    holds.length > 1 && allOfThem(state, together(holds), act),
    waitingList(state, act),
    orders.length > 0 && h("h3", { key: "orders" }, t(lang, "orders")),
    orders.map((order) => orderItem(state, order, now, act)),
    offers(state, now, act),
    wallet(state, act),
  );
}

function heldItem(state, hold, now, act) {
  const { lang } = state;
  const listing = state.listings[hold.listing] ?? GONE;
  const busy = isConfirming(state, hold);
  return h(
    "article",
    { class: "held-item", key: `hold-${hold.id}` },
    picture(listing, lang),
    h(
      "div",
      { class: "held-words" },
      isOffered(state, hold) && h("span", { class: "offered" }, icon("bell", 14), t(lang, "offered")),
      h("strong", { class: "clip" }, said(listing.title, lang) || t(lang, "link", { n: hold.listing })),
      h("span", { class: "soft" }, [said(hold.label, lang), t(lang, "pieces", { n: hold.quantity })].filter(Boolean).join(" · ")),
      h("span", { class: "price-line" }, price(hold.total, lang), hold.ships_by && h("span", { class: "soft" }, t(lang, "ships_by", { date: day(hold.ships_by, lang) }))),
    ),
    ring(hold, serverNow(state, now), lang, 50),
    choice(state, hold, act),
    h(
      "div",
      { class: "held-buttons" },
      h("button", { type: "button", class: "quiet", onclick: () => act.letGo(hold) }, t(lang, "let_go")),
      h("button", { type: "button", class: "primary", disabled: busy, onclick: () => act.confirm(hold) }, busy ? t(lang, "confirming") : t(lang, "confirm_total", { total: money.text(toPay(state, hold), lang) })),
    ),
  );
}

/** All that is held in one order, with one payment. */
function allOfThem(state, all, act) {
  const { lang } = state;
  const busy = isConfirming(state, all);
  const off = applied(state, all);
  return h(
    "div",
    { class: "held-all", key: "held-all" },
    off && h("span", { class: "order-discount" }, icon("ticket", 16), t(lang, "coupon_off_short", { off: money.text(off.off, lang) })),
    h(
      "button",
      { type: "button", class: "primary wide", disabled: busy, onclick: () => act.confirm(all) },
      t(lang, busy ? "confirming" : "confirm_all", { n: all.holds.length, total: money.text(toPay(state, all), lang) }),
    ),
  );
}

/** Leads to the payment, or first asks the host for the way there. */
export const payButton = (state, order, act, props) =>
  order.pay_url
    ? h("a", { ...props, key: "pay", href: order.pay_url, ...(act.here ? {} : { target: "_blank", rel: "noopener" }) }, t(state.lang, "pay"))
    : h("button", { ...props, key: "ask", type: "button", onclick: () => act.askToPay(order) }, t(state.lang, "pay"));

/** "Please pay within 14:32", while the order waits. */
export const payBy = (state, order, now) => {
  const left = (order.pay_by || 0) - serverNow(state, now);
  return (
    order.state === "awaiting_payment" &&
    left > 0 &&
    h("span", { class: "pay-by figures", role: "timer" }, t(state.lang, "pay_by", { time: countdown(left) }))
  );
};

/** One order as a card, with the way to pay while it waits for payment. */
function orderItem(state, order, now, act) {
  const { lang } = state;
  return h(
    "article",
    { class: "order-item", key: `order-${order.id}` },
    h(
      "header",
      null,
      h("a", { href: `/orders/${encodeURIComponent(order.id)}`, target: "_blank", rel: "noopener" }, t(lang, "order", { n: order.number })),
      statePill(order, lang),
    ),
    orderLines(state, order),
    order.discount && h("p", { class: "order-discount" }, icon("ticket", 16), discountName(order, lang), h("b", { class: "figures" }, `−${money.text(order.discount, lang)}`)),
    payBy(state, order, now),
    h(
      "footer",
      null,
      h("span", { class: "soft" }, t(lang, "total")),
      price(order.total, lang),
      order.state === "awaiting_payment"
        ? payButton(state, order, act, { class: "primary compact" })
        : h("a", { class: "quiet", href: `/orders/${encodeURIComponent(order.id)}`, target: "_blank", rel: "noopener" }, t(lang, "view_order")),
    ),
  );
}

/** What took something off: the coupon by its code, or the red packet that it was won in. */
export function discountName(order, lang) {
  const { code, packet } = order.coupon ?? {};
  if (packet) return t(lang, "discount_packet", { title: said(packet, lang) });
  return code ? t(lang, "discount_coupon", { code }) : t(lang, "discount");
}

export const statePill = (order, lang) =>
  h("span", { class: `state state-${order.state}`, key: order.state }, t(lang, `state_${order.state}`));

/** The lines of an order: picture, name, variant, pieces, promise date, price. */
export function orderLines(state, order) {
  const { lang } = state;
  return h(
    "ul",
    { class: "order-lines" },
    order.lines.map((line) => {
      const listing = state.listings[line.listing] ?? GONE;
      const title = typeof line.title === "string" ? line.title : said(line.title, lang);
      const label = typeof line.label === "string" ? line.label : said(line.label, lang);
      return h(
        "li",
        { key: line.sku },
        picture({ ...listing, state: "live" }, lang),
        h(
          "div",
          { class: "order-words" },
          h("span", { class: "title" }, title || said(listing.title, lang)),
          h("span", { class: "soft" }, [label, t(lang, "pieces", { n: line.quantity })].filter(Boolean).join(" · ")),
          line.ships_by &&
            h("span", { class: "promise" }, icon("truck", 16), t(lang, "ships_by", { date: day(line.ships_by, lang) })),
        ),
        h("span", { class: "figures" }, money.text(line.total, lang)),
      );
    }),
  );
}
