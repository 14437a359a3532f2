/** The small pieces that several views share. Each returns a description for `patch`. */

import { cls, h } from "./dom.js";
import { countdown, day, localNow } from "./clock.js";
import { t } from "./i18n.js";
import { icon } from "./icons.js";
import * as money from "./money.js";
import { said } from "./variants.js";

/** A button with an icon and a spoken name. */
export const iconButton = (name, label, onclick, props = {}) =>
  h(
    "button",
    { type: "button", title: label, "aria-label": label, ...props, class: cls("icon-button", props.class), onclick },
    icon(name),
  );

/** A price tag: small symbol, big figure. */
export function price(amount, lang, props = {}) {
  const { symbol, whole, fraction } = money.parts(amount, lang);
  return h(
    "span",
    { ...props, class: cls("price", props.class) },
    h("span", { class: "price-symbol" }, symbol),
    h("span", { class: "price-whole" }, whole),
    fraction && h("span", { class: "price-fraction" }, fraction),
  );
}

/** The struck-out price, read aloud as such. */
export const was = (amount, lang) =>
  amount &&
  h("s", { class: "was" }, h("span", { class: "sr" }, `${t(lang, "was")} `), money.text(amount, lang));

const FLIP_SECONDS = 2.5;

/** The price of a listing; at a `price` event it flips over from the struck-out one. */
export function flippingPrice(listing, flippedAt, lang) {
  // Only while it is fresh: a list that is drawn later shows the price at rest.
  const flips = listing.was && flippedAt > localNow() - FLIP_SECONDS;
  const varies = new Set(listing.variants.map((variant) => variant.price.minor)).size > 1;
  return h(
    "span",
    { class: cls("price-line", flips && "flipping"), key: flips ? `flip-${flippedAt}` : "still" },
    flips && h("span", { class: "price-old", "aria-hidden": "true" }, price(listing.was, lang)),
    price(listing.price, lang, { class: "price-now" }),
    varies && lang === "zh" && h("span", { class: "from" }, t(lang, "from")),
    was(listing.was, lang),
  );
}

/** The product's picture on its pale tile; a bag where there is none or it does not load. */
export const picture = (listing, lang, props = {}) =>
  h(
    "span",
    { ...props, class: cls("tile", props.class, listing.state === "sold_out" && "tile-sold") },
    h("span", { class: "tile-empty" }, icon("bag", 28)),
    listing.picture &&
      h("img", {
        key: listing.picture,
        src: listing.picture,
        alt: said(listing.title, lang),
        loading: "lazy",
        decoding: "async",
        onerror: (event) => event.target.classList.add("broken"),
        onload: (event) => event.target.classList.add("loaded"),
      }),
  );

/** One line on what is left, when it ships, or that it is gone. */
export function stockLine(listing, lang) {
  if (listing.state === "sold_out") return h("span", { class: "stock stock-gone" }, t(lang, "sold_out"));
  if (listing.state === "presale")
    return h(
      "span",
      { class: "stock stock-presale" },
      listing.ships_by
        ? t(lang, "presale_ships", { date: day(listing.ships_by, lang) })
        : t(lang, "presale"),
    );
  const few = listing.left <= 10;
  return h(
    "span",
    { class: cls("stock", few && "stock-few"), key: `left-${listing.left}` },
    t(lang, few ? "left" : "stock", { n: listing.left }),
  );
}

/** "Flash price · ends in 1:23", or nothing. */
export function flash(listing, lang, serverNow) {
  const left = (listing.flash_until || 0) - serverNow;
  if (left <= 0 || listing.state === "sold_out") return null;
  return h(
    "span",
    { class: "flash", role: "timer" },
    icon("bolt", 14),
    h("span", { class: "flash-text" }, t(lang, "flash_ends")),
    h("span", { class: "figures" }, countdown(left)),
  );
}

/** A ring that empties as a hold runs out, with the minutes inside. */
export function ring(hold, serverNow, lang, size = 46) {
  const left = Math.max(0, hold.expires_at - serverNow);
  const radius = size / 2 - 3;
  const length = 2 * Math.PI * radius;
  const part = Math.min(1, left / hold.span);
  const circle = { cx: size / 2, cy: size / 2, r: radius };
  return h(
    "span",
    { class: cls("ring", left < 30 && "ring-late"), role: "timer", "aria-label": t(lang, "held_for", { time: countdown(left) }) },
    h(
      "svg",
      { width: size, height: size, viewBox: `0 0 ${size} ${size}`, "aria-hidden": "true" },
      h("circle", { ...circle, class: "ring-track" }),
      h("circle", {
        ...circle,
        class: "ring-left",
        "stroke-dasharray": length.toFixed(2),
        style: { "stroke-dashoffset": (length * (1 - part)).toFixed(2) },
      }),
    ),
    h("span", { class: "ring-time figures", "aria-hidden": "true" }, countdown(left)),
  );
}

/** Short, distinct tints for names, all readable on the dark chat. */
export function tint(name) {
  let hash = 7;
  for (const letter of name) hash = (hash * 31 + letter.codePointAt(0)) % 997;
  return `tint-${hash % 6}`;
}
