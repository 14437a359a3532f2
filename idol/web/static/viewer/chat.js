/** The chat: lines, the question "which one?", the strip of a live hold, and the input bar. */

import { cls, h } from "./dom.js";
import { payBy, payButton } from "./cart.js";
import { t } from "./i18n.js";
import { icon } from "./icons.js";
import * as money from "./money.js";
import { applied, isConfirming, isOffered, toPay, together } from "./perks.js";
import { liveHolds, openOrders, serverNow } from "./state.js";
import { said } from "./variants.js";
import { iconButton, price, ring, tint } from "./widgets.js";

export const MOST_LETTERS = 200;

/** The lines, newest last. `act.find(id)` scrolls to a line, `act.again(line)` sends once more. */
export function lines(state, act) {
  const { lang } = state;
  if (!state.ready && !state.chat.length)
    return [1, 2, 3].map((n) => h("li", { key: `bone-${n}`, class: "line bone", "aria-hidden": "true" }));
  if (!state.chat.length) return h("li", { key: "empty", class: "line line-system" }, t(lang, "chat_empty"));
  const byId = new Map(state.chat.map((line) => [line.id, line]));
  return state.chat.map((line) => {
    if (line.kind === "thanks")
      return h("li", { key: line.id, class: "line line-thanks" }, icon("heart", 15), t(lang, "thanks", { name: line.name }));
    const question = line.reply_to ? byId.get(line.reply_to) : undefined;
    const kind = line.kind === "viewer" && line.mine ? "mine" : line.kind;
    return h(
      "li",
      { key: line.id, "data-id": line.id, class: cls("line", `line-${kind}`, line.pending && "line-pending") },
      question &&
        h(
          "button",
          { type: "button", class: "quote", onclick: () => act.find(question.id) },
          icon("reply", 13),
          h("span", { class: "sr" }, t(lang, "replying")),
          h("span", { class: "quote-name" }, question.name),
          h("span", { class: "quote-text" }, question.text),
        ),
      line.kind === "host" && h("span", { class: "badge" }, t(lang, "host")),
      line.kind !== "system" &&
        h("span", { class: cls("name", line.kind === "viewer" && tint(line.name)) }, line.mine ? t(lang, "you") : line.name),
      h("span", { class: "text" }, line.texts?.[lang] ?? line.text),
      line.pending && h("span", { class: "sending" }, h("span", { class: "sr" }, t(lang, "sending"))),
      line.failed &&
        h("button", { type: "button", class: "failed", onclick: () => act.again(line) }, t(lang, "failed")),
    );
  });
}

/** "Which one?": options that put a hold on with one tap. */
export function ask(state, act) {
  const question = state.ask;
  if (!question) return null;
  const { lang } = state;
  return h(
    "section",
    { class: "ask glass", "aria-label": t(lang, "ask_title"), key: question.message },
    h(
      "div",
      { class: "ask-head" },
      h("span", { class: "badge" }, t(lang, "host")),
      h("strong", null, question.text || t(lang, "ask_title")),
      iconButton("close", t(lang, "close"), act.shutAsk, { class: "small" }),
    ),
    h(
      "div",
      { class: "chips" },
      question.options.length === 0 &&
        (question.listings ?? [])
          .map((number) => state.listings[number])
          .filter(Boolean)
          .map((listing) =>
            h(
              "button",
              { type: "button", class: "chip", key: listing.number, onclick: () => act.pick(listing, question.quantity) },
              h("span", { class: "number" }, listing.number),
              said(listing.title, lang),
            ),
          ),
      question.options.map((option) => {
        const label = typeof option.label === "string" ? option.label : said(option.label, lang);
        return h(
          "button",
          {
            type: "button",
            class: "chip",
            key: option.sku,
            disabled: option.left <= 0,
            onclick: () => act.hold(question.listing, option.sku, question.quantity || 1),
          },
          label,
          option.left > 0 && option.left <= 10 && h("small", null, t(lang, "left", { n: option.left })),
        );
      }),
    ),
  );
}

/** The hold that runs out first, with its one-tap confirm; else an order that waits for payment. */
export function holdStrip(state, now, act) {
  const { lang } = state;
  const holds = liveHolds(state, now);
  const hold = holds[0];
  if (!hold) return orderStrip(state, now, act);
  if (holds.length > 1) return holdsStrip(state, holds, now, act);
  const listing = state.listings[hold.listing];
  const off = applied(state, hold);
  const back = isOffered(state, hold);
  const busy = isConfirming(state, hold);
  return h(
    "section",
    { class: cls("strip glass", back && "strip-offer"), key: hold.id, "aria-label": t(lang, back ? "offered" : "held") },
    ring(hold, serverNow(state, now), lang),
    h(
      "div",
      { class: "strip-words" },
      back && h("span", { class: "offered" }, icon("bell", 14), t(lang, "offered")),
      h("strong", { class: "clip" }, listing ? said(listing.title, lang) : t(lang, "link", { n: hold.listing })),
      h(
        "span",
        { class: "soft clip" },
        [said(hold.label, lang), t(lang, "pieces", { n: hold.quantity }), money.text(toPay(state, hold), lang), off && t(lang, "coupon_off_short", { off: money.text(off.off, lang) })]
          .filter(Boolean)
          .join(" · "),
      ),
    ),
    h(
      "button",
      { type: "button", class: "primary compact", disabled: busy, onclick: () => act.confirm(hold) },
      t(lang, busy ? "confirming" : "confirm_short"),
    ),
    iconButton("close", t(lang, "let_go"), () => act.letGo(hold), { class: "small" }),
  );
}

/** Several things held: one order of them all, the cart for each by itself. */
function holdsStrip(state, holds, now, act) {
  const { lang } = state;
  const all = together(holds);
  const busy = isConfirming(state, all);
  const off = applied(state, all);
  const names = [...new Set(holds.map((hold) => said(hold.label, lang) || said(state.listings[hold.listing]?.title, lang)))];
  return h(
    "section",
    { class: "strip glass", key: "all", "aria-label": t(lang, "held") },
    ring(holds[0], serverNow(state, now), lang),
    h(
      "button",
      { type: "button", class: "strip-words plain", onclick: () => act.sheet("cart") },
      h("strong", { class: "clip" }, [t(lang, "things", { n: holds.length }), money.text(toPay(state, all), lang)].join(" · ")),
      h("span", { class: "soft clip" }, [names.filter(Boolean).join(lang === "zh" ? "、" : ", "), off && t(lang, "coupon_off_short", { off: money.text(off.off, lang) })].filter(Boolean).join(" · ")),
    ),
    h(
      "button",
      { type: "button", class: "primary compact", disabled: busy, onclick: () => act.confirm(all) },
      t(lang, busy ? "confirming" : "confirm_short"),
    ),
  );
}

function orderStrip(state, now, act) {
  const { lang } = state;
  const order = openOrders(state).at(-1);
  if (!order) return null;
  return h(
    "section",
    { class: "strip strip-order glass", key: order.id, "aria-label": t(lang, "state_awaiting_payment") },
    h("span", { class: "strip-icon" }, icon("check", 22)),
    h(
      "button",
      { type: "button", class: "strip-words plain", onclick: () => act.sheet("cart") },
      h("strong", { class: "clip" }, t(lang, "order", { n: order.number })),
      payBy(state, order, now) || h("span", { class: "soft clip" }, t(lang, "state_awaiting_payment")),
    ),
    h("span", { class: "strip-total" }, price(order.total, lang)),
    payButton(state, order, act, { class: "primary compact" }),
  );
}

/** The bar at the bottom: shelf, what you say, cart. The input is opaque: it keeps its own text. */
export function bar(state, now, act) {
  const { lang } = state;
  const waiting = liveHolds(state, now).length + openOrders(state).length;
  const count = Object.keys(state.listings).length;
  return [
    h(
      "button",
      {
        type: "button",
        key: "shelf",
        class: "shelf-button",
        "aria-label": t(lang, "shelf_open", { n: count }),
        onclick: () => act.sheet("shelf"),
      },
      icon("bag", 26),
      count > 0 && h("span", { class: "count" }, count),
    ),
    h(
      "form",
      { class: "say", key: "say", onsubmit: act.submit },
      h("label", { class: "sr", for: "say" }, t(lang, "chat_place")),
      h("input", {
        id: "say",
        type: "text",
        autocomplete: "off",
        enterkeyhint: "send",
        maxlength: MOST_LETTERS,
        placeholder: t(lang, "chat_place"),
        "aria-keyshortcuts": "/",
      }),
      h("button", { class: "send", "aria-label": t(lang, "send"), title: t(lang, "send") }, icon("send", 20)),
    ),
    h(
      "button",
      {
        type: "button",
        key: "cart",
        class: "cart-button",
        "aria-label": t(lang, "cart_open", { n: waiting }),
        onclick: () => act.sheet("cart"),
      },
      icon("cart", 24),
      waiting > 0 && h("span", { class: "count", key: `n-${waiting}` }, waiting),
    ),
  ];
}
