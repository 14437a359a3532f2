/** The sheet of one product: colour, size, quantity, then hold, then one tap to confirm. */

import { cls, h } from "./dom.js";
import { day } from "./clock.js";
import { choice } from "./coupons.js";
import { swatch } from "./colours.js";
import { t } from "./i18n.js";
import { icon } from "./icons.js";
import * as money from "./money.js";
import { liveHolds, serverNow } from "./state.js";
import { isConfirming, placeOf, toPay } from "./perks.js";
import * as variants from "./variants.js";
import { waitFoot } from "./waiting.js";
import { flash, flippingPrice, iconButton, picture, price, ring, stockLine, was } from "./widgets.js";

/** The whole sheet for `state.choice`. */
export function picker(state, now, act) {
  const listing = state.listings[state.choice?.listing];
  if (!listing) return null;
  const { lang, choice } = state;
  const variant = variants.chosen(listing, choice);
  const held = liveHolds(state, now).find((hold) => hold.listing === listing.number);
  return [
    head(state, listing, variant, now),
    h(
      "div",
      { class: "sheet-body", key: "body" },
      colours(listing, choice, lang, act),
      sizes(listing, choice, lang, act),
      !(variant && placeOf(state, variant.sku)) && quantity(state, listing, variant, act),
      promise(variant, lang),
      facts(listing, lang),
    ),
    h(
      "div",
      { class: "sheet-foot", key: "foot" },
      held ? heldFoot(state, held, now, act) : holdFoot(state, listing, variant, act),
    ),
  ];
}

function head(state, listing, variant, now) {
  const { lang } = state;
  return h(
    "div",
    { class: "picker-head", key: "head" },
    picture(listing, lang, { class: "tile-big" }),
    h(
      "div",
      { class: "picker-words" },
      h("span", { class: "number" }, t(lang, "link", { n: listing.number })),
      h("h2", { id: "sheet-title" }, variants.said(listing.title, lang)),
      variant
        ? h("span", { class: "price-line", key: variant.sku }, price(variant.price, lang), was(variant.was, lang))
        : flippingPrice(listing, state.flips[listing.number], lang),
      h(
        "span",
        { class: "product-meta" },
        variant ? variantStock(variant, lang) : stockLine(listing, lang),
        listing.limit > 0 && h("span", { class: "soft" }, t(lang, "limit", { n: listing.limit })),
        flash(listing, lang, serverNow(state, now)),
      ),
    ),
  );
}

const variantStock = (variant, lang) =>
  stockLine(
    {
      ...variant,
      state: variant.left > 0 ? "live" : variants.isPresale(variant) ? "presale" : "sold_out",
    },
    lang,
  );

function options(legend, kids) {
  return h("fieldset", { class: "options", key: legend }, h("legend", null, legend), h("div", { class: "chips" }, kids));
}

function option(name, id, chosen, open, lang, label, look, onpick) {
  return h(
    "label",
    { key: id, class: cls("option", look && "option-colour", chosen && "option-on", !open && "option-gone") },
    h("input", {
      type: "radio",
      name,
      value: id,
      checked: chosen,
      "aria-label": open ? label : t(lang, "option_gone", { name: label }),
      onchange: onpick,
    }),
    look,
    label,
  );
}

function colours(listing, choice, lang, act) {
  const all = variants.colours(listing, lang, choice.size);
  if (!all.length) return null;
  return options(
    t(lang, "colour"),
    all.map(({ id, name, open }) => {
      const fill = swatch(id) || swatch(name);
      const look = h("span", { class: cls("swatch", !fill && "swatch-unknown"), style: fill ? { "--swatch": fill } : {} });
      return option("colour", id, choice.colour === id, open, lang, name, look, () => act.choose({ colour: id }));
    }),
  );
}

function sizes(listing, choice, lang, act) {
  const all = variants.sizes(listing, choice.colour);
  if (!all.length) return null;
  return options(
    t(lang, "size"),
    all.map(({ id, open }) =>
      option("size", id, choice.size === id, open, lang, id, null, () => act.choose({ size: id })),
    ),
  );
}

const limited = (state, listing) =>
  listing.limit > 0 && variants.owned(listing, state.holds, state.orders) >= listing.limit;

/** The quantity that will really be asked for: never above what may be taken. */
export function piecesWanted(state, listing, variant) {
  const already = variants.owned(listing, state.holds, state.orders);
  // Nothing chosen yet: anything. What is sold out may be waited for, up to the limit.
  const most = variant ? variants.most(listing, variant, already, variants.sellable(variant) < 1) : 99;
  return { most, wanted: Math.min(Math.max(1, state.choice.quantity), Math.max(1, most)) };
}

function quantity(state, listing, variant, act) {
  const { lang } = state;
  const { most, wanted } = piecesWanted(state, listing, variant);
  const step = (by) => () => act.choose({ quantity: wanted + by });
  return h(
    "div",
    { class: "options quantity", key: "quantity", role: "group", "aria-label": t(lang, "quantity") },
    h("span", { class: "legend" }, t(lang, "quantity")),
    h(
      "div",
      { class: "stepper" },
      iconButton("minus", t(lang, "fewer"), step(-1), { disabled: wanted <= 1 }),
      h("output", { class: "figures", "aria-live": "polite" }, wanted),
      iconButton("plus", t(lang, "more"), step(1), { disabled: wanted >= most }),
    ),
  );
}

function promise(variant, lang) {
  if (!variant?.ships_by || variants.sellable(variant) < 1) return null;
  const key = variants.isPresale(variant) ? "presale_ships" : "ships_by";
  return h("p", { class: "promise", key: "promise" }, icon("truck", 18), t(lang, key, { date: day(variant.ships_by, lang) }));
}

function facts(listing, lang) {
  if (!listing.facts?.length) return null;
  return h(
    "section",
    { class: "facts", key: "facts" },
    h("h3", null, t(lang, "details")),
    h("ul", null, listing.facts.map((fact) => h("li", { key: fact.slot }, fact[lang] || fact.zh || fact.en))),
  );
}

function holdFoot(state, listing, variant, act) {
  const { lang } = state;
  const busy = Object.values(state.asked).some((m) => m.type === "hold" && m.listing === listing.number);
  if (variant && variants.sellable(variant) < 1 && !limited(state, listing))
    return waitFoot(state, listing, variant, piecesWanted(state, listing, variant).wanted, act);
  const { most, wanted } = piecesWanted(state, listing, variant);
  let label = t(lang, "hold");
  let ready = Boolean(variant);
  if (!variant) label = t(lang, "pick_first", { what: missing(listing, state.choice, lang) });
  else if (most < 1) {
    const gone = variants.sellable(variant) < 1;
    [label, ready] = [t(lang, gone ? "sold_out" : "limit_reached"), false];
  } else {
    const total = { ...variant.price, minor: variant.price.minor * wanted };
    label = t(lang, "hold_total", { total: money.text(total, lang) });
  }
  return [
    h("p", { class: "soft center", key: "why" }, t(lang, "no_charge")),
    h(
      "button",
      {
        type: "button",
        key: "hold",
        class: "primary wide",
        disabled: busy || !ready,
        onclick: () => act.hold(listing.number, variant.sku, wanted),
      },
      busy ? t(lang, "holding") : label,
    ),
  ];
}

function missing(listing, choice, lang) {
  const open = [];
  const word = (key) => (lang === "zh" ? t(lang, key) : t(lang, key).toLowerCase());
  if (variants.colours(listing, lang).length && !choice.colour) open.push(word("colour"));
  if (variants.sizes(listing).length && !choice.size) open.push(word("size"));
  return open.join(t(lang, "and"));
}

function heldFoot(state, hold, now, act) {
  const { lang } = state;
  const busy = isConfirming(state, hold);
  return h(
    "div",
    { class: "held", key: hold.id, role: "status" },
    h(
      "div",
      { class: "held-row" },
      ring(hold, serverNow(state, now), lang, 56),
      h(
        "div",
        null,
        h("strong", null, t(lang, "held")),
        h("span", { class: "soft" }, [variants.said(hold.label, lang), t(lang, "pieces", { n: hold.quantity })].filter(Boolean).join(" · ")),
      ),
      h("button", { type: "button", class: "quiet", onclick: () => act.letGo(hold) }, t(lang, "let_go")),
    ),
    choice(state, hold, act),
    h(
      "button",
      { type: "button", class: "primary wide", disabled: busy, onclick: () => act.confirm(hold) },
      busy ? t(lang, "confirming") : t(lang, "confirm_total", { total: money.text(toPay(state, hold), lang) }),
    ),
  );
}
