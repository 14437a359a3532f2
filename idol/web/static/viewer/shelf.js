/** The shelf of numbered links, and the card that pops up when she speaks of a product. */

import { cls, h } from "./dom.js";
import { t } from "./i18n.js";
import { offers } from "./coupons.js";
import { placeOf } from "./perks.js";
import { serverNow } from "./state.js";
import { said } from "./variants.js";
import { flash, flippingPrice, picture, stockLine } from "./widgets.js";
import { saved } from "./money.js";

const inOrder = (state) => Object.values(state.listings).sort((a, b) => a.number - b.number);

/** What the button of a listing says. */
function verb(state, listing) {
  const { lang } = state;
  const waits = listing.variants.some((variant) => placeOf(state, variant.sku));
  if (listing.state === "sold_out") return t(lang, waits ? "wait_short" : "wait_join");
  if (listing.state === "presale") return t(lang, "presale");
  return t(lang, listing.variants.length > 1 ? "choose" : "buy");
}

const offBadge = (listing, lang) => {
  const percent = saved(listing.price, listing.was);
  return percent >= 5 && h("span", { class: "off" }, t(lang, "off", { n: percent }));
};

/** The whole shelf, as a list. */
export function shelf(state, now, act) {
  const { lang } = state;
  if (!state.ready)
    return h("ul", { class: "shelf" }, [1, 2, 3, 4].map((n) => h("li", { key: n, class: "product bone", "aria-hidden": "true" })));
  return [offers(state, now, act), h(
    "ul",
    { class: "shelf", key: "shelf" },
    inOrder(state).map((listing) => {
      const gone = listing.state === "sold_out";
      return h(
        "li",
        { key: listing.number, class: cls("product", gone && "product-gone", state.card === listing.number && "product-on") },
        h(
          "button",
          { type: "button", class: "product-open", onclick: () => act.pick(listing) },
          picture(listing, lang),
          h(
            "span",
            { class: "product-words" },
            h(
              "span",
              { class: "product-tags" },
              h("span", { class: "number" }, t(lang, "link", { n: listing.number })),
              state.card === listing.number && h("span", { class: "on-now" }, t(lang, "on_now")),
            ),
            h("span", { class: "title" }, said(listing.title, lang)),
            h(
              "span",
              { class: "product-meta" },
              stockLine(listing, lang),
              listing.sold > 0 && h("span", { class: "soft" }, t(lang, "sold", { n: listing.sold })),
              flash(listing, lang, serverNow(state, now)),
            ),
            h(
              "span",
              { class: "product-buy" },
              flippingPrice(listing, state.flips[listing.number], lang),
              h("span", { class: cls("pill", gone && "pill-wait") }, verb(state, listing)),
            ),
          ),
        ),
        gone && h("span", { class: cls("stamp", state.soldOut[listing.number] && "stamp-new"), "aria-hidden": "true" }, t(lang, "sold_out")),
      );
    }),
  )];
}

/**
 * The card of the product on show, or nothing. It stands exactly over the card that is drawn in
 * the picture, and is the one that can be tapped, read aloud, and speaks the page's language.
 */
export function card(state, now, act) {
  const listing = state.listings[state.card];
  if (!listing) return null;
  const { lang } = state;
  const gone = listing.state === "sold_out";
  return h(
    "button",
    { type: "button", class: cls("card", gone && "card-gone"), key: listing.number, onclick: () => act.pick(listing) },
    h("span", { class: "sr" }, t(lang, "on_now")),
    h(
      "span",
      { class: "card-head" },
      picture(listing, lang, { class: "tile-card" }),
      h(
        "span",
        { class: "card-words" },
        h("span", { class: "number" }, t(lang, "link", { n: listing.number })),
        h("span", { class: "title" }, said(listing.title, lang)),
      ),
    ),
    h("span", { class: "card-price" }, flippingPrice(listing, state.flips[listing.number], lang), offBadge(listing, lang)),
    h(
      "span",
      { class: "card-foot" },
      flash(listing, lang, serverNow(state, now)) ?? stockLine(listing, lang),
      h("span", { class: cls("pill", gone && "pill-wait") }, verb(state, listing)),
    ),
    gone && h("span", { class: cls("stamp", state.soldOut[listing.number] && "stamp-new"), "aria-hidden": "true" }, t(lang, "sold_out")),
  );
}
