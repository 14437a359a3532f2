/** Coupons as tickets: to claim, to hold, and which one goes on which hold. */

import { soon } from "./clock.js";
import { cls, h } from "./dom.js";
import { t } from "./i18n.js";
import { icon } from "./icons.js";
import * as money from "./money.js";
import { applied, claimable, isBusy } from "./perks.js";
import { serverNow } from "./state.js";

/** "¥20" or, for a share, "-15%" / "8.5折". */
export function worth(coupon, lang) {
  if (coupon.off) return money.text(coupon.off, lang);
  if (lang !== "zh") return `${coupon.percent / 100}%`;
  return `${(10_000 - coupon.percent) / 1000}折`;
}

/** The condition in words: from which value, on which link. */
export function terms(coupon, lang) {
  const least = coupon.least ? t(lang, "coupon_from", { least: money.text(coupon.least, lang) }) : t(lang, "coupon_any");
  return coupon.listing ? `${least} · ${t(lang, "coupon_on", { n: coupon.listing })}` : least;
}

/** Why a coupon does not apply, in words. */
function why(fit, coupon, lang) {
  if (fit.why === "coupon_least" && coupon.least) return t(lang, "coupon_from", { least: money.text(coupon.least, lang) });
  if (fit.why === "coupon_listing") return t(lang, "coupon_on", { n: coupon.listing });
  const key = `why_${fit.why}`;
  return t(lang, ["why_coupon_least", "why_coupon_over", "why_coupon_used"].includes(key) ? key : "why_other");
}

function ticket(coupon, lang, foot) {
  return h(
    "li",
    { class: "ticket", key: coupon.code },
    h("span", { class: "ticket-worth" }, h("strong", { class: "figures" }, worth(coupon, lang)), h("span", null, t(lang, "coupon"))),
    h(
      "span",
      { class: "ticket-words" },
      h("span", { class: "ticket-terms" }, terms(coupon, lang)),
      h("span", { class: "soft" }, coupon.packet ? t(lang, "coupon_packet") : t(lang, "coupon_until", { time: soon(coupon.until, lang) })),
      coupon.packet && h("span", { class: "soft" }, t(lang, "coupon_until", { time: soon(coupon.until, lang) })),
    ),
    foot,
  );
}

/** What may be claimed now, in a row; nothing where there is nothing. */
export function offers(state, now, act) {
  const { lang } = state;
  const open = claimable(state, serverNow(state, now));
  if (!open.length) return null;
  return h(
    "section",
    { class: "offers", key: "offers", "aria-label": t(lang, "coupons_open") },
    h(
      "ul",
      { class: "tickets" },
      open.map((offer) => {
        const busy = isBusy(state, "claim", "code", offer.code);
        const label = t(lang, "coupon_claim_name", { off: worth(offer, lang), terms: terms(offer, lang) });
        return ticket(offer, lang, h("button", { type: "button", class: "ticket-take", disabled: busy, "aria-label": label, onclick: () => act.claim(offer.code) }, t(lang, "coupon_claim")));
      }),
    ),
  );
}

/** The viewer's own coupons, and the field for a code that was told. */
export function wallet(state, act) {
  const { lang } = state;
  const own = state.mine.coupons;
  return [
    h("h3", { key: "wallet" }, t(lang, "coupons_mine")),
    own.length > 0 && h("ul", { class: "tickets tickets-own", key: "own" }, own.map((coupon) => ticket(coupon, lang))),
    h(
      "form",
      { class: "coupon-code", key: "code", onsubmit: act.claimCode },
      h("label", { class: "sr", for: "coupon-code" }, t(lang, "coupon_code")),
      h("input", { id: "coupon-code", type: "text", maxlength: 24, autocomplete: "off", autocapitalize: "characters", placeholder: t(lang, "coupon_code") }),
      h("button", { class: "quiet" }, t(lang, "coupon_claim")),
    ),
  ];
}

/** Which coupon goes on a hold. Amounts are the host's. */
export function choice(state, hold, act) {
  const { lang } = state;
  const fits = state.mine.fits.filter((fit) => fit.hold === hold.id);
  if (!fits.length) return null;
  const used = applied(state, hold);
  const name = `coupon-${hold.id}`;
  const option = (code, on, open, words, extra) =>
    h(
      "label",
      { class: cls("coupon-option", on && "coupon-on", !open && "coupon-off"), key: code || "none" },
      h("input", { type: "radio", name, value: code, checked: on, disabled: !open, onchange: () => act.use(hold, code) }),
      h("span", null, words),
      extra,
    );
  return h(
    "fieldset",
    { class: "coupon-choice", key: "coupon" },
    h("legend", { class: "sr" }, t(lang, "coupon_which")),
    h("span", { class: "coupon-line", "aria-hidden": "true" }, icon("ticket", 18), t(lang, "coupon"), used && h("b", { class: "figures" }, `−${money.text(used.off, lang)}`)),
    fits.map((fit) => {
      const coupon = state.mine.coupons.find((own) => own.code === fit.code);
      if (!coupon) return null;
      const words = fit.why ? worth(coupon, lang) : t(lang, "coupon_off", { off: money.text(fit.off, lang) });
      return option(fit.code, used?.code === fit.code, !fit.why, words, fit.why && h("small", null, why(fit, coupon, lang)));
    }),
    fits.some((fit) => !fit.why) && option("", !used, true, t(lang, "coupon_none")),
  );
}
