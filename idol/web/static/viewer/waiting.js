/** Waiting for what is sold out: the button, the own place, and leaving it. */

import { h } from "./dom.js";
import { t } from "./i18n.js";
import { icon } from "./icons.js";
import { isBusy, placeOf } from "./perks.js";
import { said, variantName } from "./variants.js";
import { picture } from "./widgets.js";

/** "3 pieces are wanted before yours", or "you are next". */
export const placeWords = (place, lang) =>
  place.before > 0 ? t(lang, "wait_before", { n: place.before }) : t(lang, "wait_next");

/** In the picker, where the hold button would be. */
export function waitFoot(state, listing, variant, wanted, act) {
  const { lang } = state;
  const place = placeOf(state, variant.sku);
  if (!place)
    return [
      h("p", { class: "soft center", key: "why" }, t(lang, "wait_hint")),
      h(
        "button",
        { type: "button", key: "wait", class: "primary wide wait-button", disabled: isBusy(state, "wait", "sku", variant.sku), onclick: () => act.wait(variant.sku, wanted) },
        icon("bell", 20),
        t(lang, "wait_join"),
      ),
    ];
  return h(
    "div",
    { class: "waiting", key: "waiting", role: "status" },
    h("span", { class: "waiting-icon" }, icon("bell", 24)),
    h("div", { class: "waiting-words" }, h("strong", null, t(lang, "wait_in")), h("span", { class: "soft" }, [placeWords(place, lang), place.quantity > 1 && t(lang, "wait_want", { n: place.quantity })].filter(Boolean).join(" · "))),
    leaveButton(state, place, act),
  );
}

const leaveButton = (state, place, act) =>
  h("button", { type: "button", class: "quiet", disabled: isBusy(state, "unwait", "sku", place.sku), onclick: () => act.unwait(place.sku) }, t(state.lang, "wait_leave"));

const againButton = (state, offer, act) =>
  h("button", { type: "button", class: "quiet", disabled: isBusy(state, "wait", "sku", offer.sku), onclick: () => act.wait(offer.sku, offer.quantity) }, t(state.lang, "missed_again"));

/** In the cart: everything that is waited for, and what was offered and missed. */
export function waitingList(state, act) {
  const { lang } = state;
  const { waiting, missed = [] } = state.mine;
  if (!waiting.length && !missed.length) return null;
  return [
    h("h3", { key: "waiting" }, t(lang, "wait_list")),
    waiting.map((place) => item(state, place, placeWords(place, lang), leaveButton(state, place, act))),
    missed.map((offer) => item(state, offer, t(lang, "missed"), againButton(state, offer, act))),
  ];
}

function item(state, { sku, quantity }, words, button) {
  const { lang } = state;
  const listing = Object.values(state.listings).find((one) => one.variants.some((v) => v.sku === sku));
  const variant = listing?.variants.find((v) => v.sku === sku);
  return h(
    "article",
    { class: "wait-item", key: `wait-${sku}` },
    picture({ ...(listing ?? { picture: "", title: {} }), state: "live" }, lang),
    h(
      "div",
      { class: "waiting-words" },
      h("strong", { class: "clip" }, listing ? said(listing.title, lang) : sku),
      h("span", { class: "soft" }, [variant && variantName(variant, lang), t(lang, "pieces", { n: quantity })].filter(Boolean).join(" · ")),
      h("span", { class: "waiting-place" }, words),
    ),
    button,
  );
}
