/** The selling half of the desk: products with stock, chat, orders. */

import { countdown } from "../viewer/clock.js";
import { cls, h } from "../viewer/dom.js";
import { text as money } from "../viewer/money.js";
import { t, words } from "./i18n.js";
import { heading, key } from "./panels.js";

export function products(state, act, now) {
  const { lang } = state;
  const items = Object.values(state.listings).sort((a, b) => a.number - b.number);
  return [
    heading(t(lang, "products"), h("span", { class: "spring" }), key("1–9")),
    h("div", { class: "scroll" },
      h("table", { class: "grid" },
        h("thead", {}, h("tr", {},
          h("th", { class: "n" }, "#"),
          h("th", {}, t(lang, "product")),
          h("th", { class: "n" }, t(lang, "price")),
          h("th", { class: "n" }, t(lang, "stock")),
          h("th", { class: "n" }, t(lang, "sold")),
          h("td", {}))),
        items.map((item) => body(state, act, item, now)))),
  ];
}

function body(state, act, item, now) {
  const { lang } = state;
  const single = item.variants.length === 1;
  const open = state.open[item.number];
  const pinned = state.run?.pinned === item.number;
  const left = item.flash_until - (now + state.skew);
  const toggle = () => act.change({ open: { ...state.open, [item.number]: !open } });
  const title = words(item.title, lang);
  return h("tbody", { key: item.number, class: cls(item.state, state.card === item.number && "on-card") },
    h("tr", {},
      h("td", { class: "n" }, h("b", { class: "link" }, String(item.number))),
      h("td", {},
        single ? h("span", { class: "title" }, title)
          : h("button", { type: "button", class: "plain title", "aria-expanded": String(!!open), onclick: toggle }, h("i", { class: "arrow", "aria-hidden": "true" }), title),
        h("span", { class: "tags" },
          state.card === item.number && h("span", { class: "chip on", key: "card" }, t(lang, "on_card")),
          left > 0 && h("span", { class: "chip hot", key: "flash" }, t(lang, "flash", { time: countdown(left) })),
          item.presale > 0 && h("span", { class: "chip", key: "presale" }, t(lang, "presale_n", { n: item.presale })),
          item.state === "sold_out" && h("span", { class: "chip bad", key: "out" }, t(lang, "sold_out")),
          !single && h("span", { class: "dim", key: "variants" }, t(lang, "variants", { n: item.variants.length })))),
      h("td", { class: "n" }, money(item.price, lang), item.was && h("s", {}, money(item.was, lang))),
      h("td", { class: "n" }, single ? stock(state, act, item.variants[0], title) : h("span", { class: cls("count", item.left <= 5 && "low") }, String(item.left))),
      h("td", { class: "n dim" }, String(item.sold)),
      h("td", { class: "n" },
        h("button", { type: "button", class: cls("ghost pin", pinned && "on"), "aria-pressed": String(pinned), "aria-label": t(lang, "pin_this", { n: item.number }), onclick: () => act.pin(item.number) }, t(lang, pinned ? "unpin" : "pin")))),
    open && !single && item.variants.map((variant) => {
      const label = [words(variant.colour, lang), variant.size].filter(Boolean).join(" ") || variant.sku;
      return h("tr", { key: variant.sku, class: "variant" },
        h("td", {}), h("td", {}, label, " ", h("code", {}, variant.sku)),
        h("td", { class: "n" }, money(variant.price, lang)),
        h("td", { class: "n" }, stock(state, act, variant, `${title} ${label}`)),
        h("td", {}), h("td", {}));
    }));
}

/** A number that can be edited: click, type, Enter; then it asks once, and only then is it set. */
function stock(state, act, variant, name) {
  const { lang, editing } = state;
  if (editing?.sku !== variant.sku) {
    return h("button", {
      key: "show",
      type: "button",
      class: cls("plain count", variant.left <= 5 && "low"),
      "aria-label": t(lang, "edit_stock", { name, n: variant.left }),
      onclick() {
        act.change({ editing: { sku: variant.sku, from: variant.left, to: null } }, "input.stock");
      },
    }, String(variant.left));
  }
  const stop = () => act.change({ editing: null });
  if (editing.to === null) {
    const done = (event) => {
      const to = Number.parseInt(event.target.value, 10);
      if (Number.isNaN(to) || to < 0 || to === editing.from) return stop();
      act.change({ editing: { ...editing, to } }, ".sure .primary");
    };
    return h("input", {
      key: "edit", class: "stock", type: "number", min: "0", max: "1000000", step: "1",
      inputmode: "numeric", "aria-label": t(lang, "edit_stock", { name, n: editing.from }),
      placeholder: String(editing.from),
      onkeydown: (event) => (event.key === "Enter" ? done(event) : event.key === "Escape" ? stop() : undefined),
      onblur: (event) => (event.target.value ? done(event) : stop()),
    });
  }
  return h("span", { key: "sure", class: "sure" },
    h("span", {}, t(lang, "set_to", editing)),
    h("button", { type: "button", class: "primary", "aria-label": `${t(lang, "confirm")} ${t(lang, "set_to", editing)}`, onclick: () => act.setStock(editing) }, "✓"),
    h("button", { type: "button", class: "ghost", "aria-label": t(lang, "cancel"), onclick: stop }, "✕"));
}

export function chat(state) {
  const { lang } = state;
  const byId = new Map(state.chat.map((line) => [line.id, line]));
  return [
    heading(t(lang, "chat")),
    h("div", { class: "scroll", role: "log", "aria-live": "off", "aria-label": t(lang, "chat"), tabindex: "0" }, h("ol", { class: "lines" },
      state.chat.length === 0 && h("li", { class: "empty" }, t(lang, "chat_empty")),
      state.chat.map((line) => {
        const asked = byId.get(line.reply_to);
        const name = line.kind === "host" ? words(state.idol.name, lang) || t(lang, "host") : line.kind === "system" ? t(lang, "system") : line.name;
        return h("li", { key: line.id, class: line.kind },
          h("time", {}, clock(line.at)),
          h("div", {},
            asked && h("p", { class: "quote clip" }, `${asked.name}: ${asked.text}`),
            h("b", {}, name), " ", h("span", {}, line.text)));
      }))),
  ];
}

export function orders(state) {
  const { lang, totals } = state;
  return [
    heading(t(lang, "orders")),
    totals && h("div", { class: "totals" },
      total(t(lang, "gmv"), money(totals.gmv, lang), "main"),
      total(t(lang, "paid_orders"), `${totals.paid}`),
      total(t(lang, "all_orders"), `${totals.orders}`),
      total(t(lang, "pieces"), `${totals.pieces}`),
      total(t(lang, "refunded"), money(totals.refunded, lang))),
    h("ol", { class: "scroll sales", tabindex: "0", "aria-label": t(lang, "orders") },
      state.sales.length === 0 && h("li", { class: "empty" }, t(lang, "orders_empty")),
      state.sales.map((sale) =>
        h("li", { key: sale.id, class: sale.state },
          h("time", {}, clock(sale.created_at)),
          h("span", { class: "chip state" }, t(lang, `state_${sale.state}`)),
          h("div", { class: "what" },
            h("b", { class: "clip" }, sale.viewer),
            h("span", { class: "clip dim" }, sale.lines.map((line) => [words(line.title, lang), words(line.label, lang)].filter(Boolean).join(" ") + ` ×${line.quantity}`).join(lang === "zh" ? "，" : ", "))),
          h("b", { class: "sum" }, money(sale.total, lang))))),
  ];
}

function total(name, value, mood) {
  return h("div", { class: cls("total", mood) }, h("span", {}, name), h("b", {}, value));
}

export function clock(seconds) {
  return seconds ? new Date(seconds * 1000).toLocaleTimeString("zh-CN", { hour12: false }) : "";
}
