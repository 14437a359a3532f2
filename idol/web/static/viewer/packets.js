/** The red packet (福袋): the envelope over the picture, and its sheet with odds, hash and result. */

import { countdown } from "./clock.js";
import { cls, h } from "./dom.js";
import { t } from "./i18n.js";
import { icon } from "./icons.js";
import * as money from "./money.js";
import { entryOf, isBusy, onShow, prizeOf } from "./perks.js";
import { serverNow } from "./state.js";
import { said } from "./variants.js";

/** The envelope, drawn here; its seal says 福 in either language. */
const envelope = (size) =>
  h(
    "svg",
    { viewBox: "0 0 96 112", width: size, height: (size * 112) / 96, class: "envelope", "aria-hidden": "true", focusable: "false" },
    h("rect", { class: "envelope-back", x: 6, y: 4, width: 84, height: 104, rx: 13 }),
    h("path", { class: "envelope-glow", d: "M6 84v11a13 13 0 0 0 13 13h58a13 13 0 0 0 13-13V84Q48 104 6 84z" }),
    h("path", { class: "envelope-flap", d: "M6 17A13 13 0 0 1 19 4h58a13 13 0 0 1 13 13v19Q48 74 6 36z" }),
    h("path", { class: "envelope-edge", d: "M6 36q42 38 84 0" }),
    h("circle", { class: "envelope-seal", cx: 48, cy: 54, r: 18 }),
    h("circle", { class: "envelope-ring", cx: 48, cy: 54, r: 14.5 }),
    h("text", { class: "envelope-sign", x: 48, y: 61, "text-anchor": "middle" }, "福"),
  );

const timeLeft = (state, packet, now) => packet.closes_at - serverNow(state, now);

/** Over the picture: one tap takes part, a tap on the envelope shows everything. */
export function widget(state, now, act) {
  const packet = onShow(state, serverNow(state, now));
  if (!packet) return null;
  const { lang } = state;
  const entry = entryOf(state, packet);
  const left = timeLeft(state, packet, now);
  const prize = prizeOf(state, packet);
  const drawn = packet.state === "drawn";
  const open = () => act.openPacket(packet);
  const busy = isBusy(state, "enter", "packet", packet.id);
  return h(
    "section",
    { class: cls("packet", entry && "packet-in", drawn && prize && "packet-won"), key: packet.id, "aria-label": t(lang, "packet") },
    h(
      "button",
      { type: "button", class: "packet-open", "aria-label": t(lang, "packet_about", { name: said(packet.title, lang) }), onclick: open },
      h("span", { class: "packet-rays", "aria-hidden": "true" }),
      envelope(62),
      h("span", { class: "packet-time figures", role: "timer" }, drawn ? t(lang, "packet_drawn") : left > 0 ? countdown(left) : t(lang, "packet_drawing")),
    ),
    !drawn && !entry && left > 0
      ? h("button", { type: "button", class: "packet-take", key: "take", disabled: busy, onclick: () => act.enter(packet) }, t(lang, busy ? "packet_entering" : "packet_take"))
      : h(
          "button",
          { type: "button", class: cls("packet-take", "packet-done"), key: "done", onclick: open },
          drawn ? (prize ? t(lang, "packet_won_short", { off: couponWorth(prize, lang) }) : t(lang, "packet_result")) : entry ? [icon("check", 15), t(lang, "packet_in")] : t(lang, "packet_see"),
        ),
  );
}

const couponWorth = (coupon, lang) => (coupon.off ? money.text(coupon.off, lang) : "");

/** The whole sheet of one packet. */
export function sheet(state, now, act) {
  const packet = state.packets[state.choice?.packet];
  if (!packet) return null;
  const { lang } = state;
  return h(
    "div",
    { class: "sheet-body packet-sheet", key: `packet-${packet.id}` },
    h(
      "div",
      { class: "packet-hero" },
      h("span", { class: "packet-rays", "aria-hidden": "true" }),
      envelope(104),
      h("h2", { id: "sheet-title" }, said(packet.title, lang)),
    ),
    status(state, packet, now, act),
    h(
      "dl",
      { class: "packet-facts" },
      fact(t(lang, "packet_entrants"), t(lang, "packet_of", { n: packet.entrants, most: packet.most })),
      fact(t(lang, "packet_odds"), packet.entrants ? packet.odds : "—"),
      fact(t(lang, "packet_at_least"), packet.at_least),
    ),
    h("h3", { key: "prizes" }, t(lang, "packet_prizes")),
    h(
      "ul",
      { class: "packet-prizes" },
      packet.prizes.map((prize, at) =>
        h("li", { key: at }, icon("ticket", 20), h("span", null, t(lang, "packet_prize", { off: money.text(prize.amount, lang) })), h("b", { class: "figures" }, t(lang, "packet_times", { n: prize.count }))),
      ),
    ),
    fairness(state, packet, act),
  );
}

const fact = (name, value) => h("div", { key: name }, h("dt", null, name), h("dd", { class: "figures" }, value));

function status(state, packet, now, act) {
  const { lang } = state;
  const entry = entryOf(state, packet);
  const left = timeLeft(state, packet, now);
  const busy = isBusy(state, "enter", "packet", packet.id);
  if (packet.state === "drawn") return result(state, packet, entry, act);
  if (left <= 0) return h("p", { class: "packet-say", role: "status", key: "drawing" }, h("span", { class: "spinner" }), t(lang, "packet_drawing"));
  return h(
    "div",
    { class: "packet-act", key: "open" },
    h("p", { class: "packet-clock", role: "timer" }, h("span", { class: "soft" }, t(lang, "packet_closes")), h("span", { class: "figures" }, countdown(left))),
    entry
      ? h("p", { class: "packet-say", role: "status", key: "in" }, icon("check", 20), t(lang, "packet_place", { n: entry.place + 1 }))
      : h("button", { type: "button", class: "primary wide", key: "take", disabled: busy, onclick: () => act.enter(packet) }, t(lang, busy ? "packet_entering" : "packet_take_free")),
  );
}

function result(state, packet, entry, act) {
  const { lang } = state;
  const prize = prizeOf(state, packet);
  if (entry?.won)
    return h(
      "div",
      { class: "packet-act", key: "won", role: "status" },
      h("strong", { class: "packet-prize" }, prize ? t(lang, "packet_won", { off: couponWorth(prize, lang) }) : t(lang, "packet_won_used")),
      h("p", { class: "soft center" }, t(lang, "packet_won_hint")),
      h("button", { type: "button", class: "primary wide", onclick: () => act.sheet("cart") }, t(lang, "packet_use")),
    );
  return h("p", { class: "packet-say", role: "status", key: "over" }, t(lang, entry ? "packet_lost" : "packet_missed", { n: packet.entrants }));
}

/** How anybody can check the draw: the hash from the start, the seed at the end. */
function fairness(state, packet, act) {
  const { lang } = state;
  const entry = entryOf(state, packet);
  const wrong = state.checked[packet.id];
  const code = (name, value) => value && h("div", { key: name }, h("dt", null, t(lang, name)), h("dd", null, h("code", null, value)));
  return h(
    "details",
    { class: "packet-fair", key: "fair" },
    h("summary", null, icon("shield", 18), t(lang, "packet_fair")),
    h("p", { class: "soft" }, t(lang, "packet_fair_how")),
    h("dl", null, code("packet_hash", packet.commitment), code("packet_nonce", entry?.nonce), code("packet_seed", packet.seed)),
    packet.state === "drawn" &&
      h("button", { type: "button", class: "quiet", key: "check", onclick: () => act.check(packet) }, t(lang, "packet_check")),
    wrong !== undefined &&
      h(
        "p",
        { class: cls("packet-check", wrong?.length > 0 && "packet-bad"), role: "status", key: "checked" },
        icon(wrong?.length === 0 ? "check" : "warn", 18),
        t(lang, wrong === null ? "packet_uncheckable" : wrong.length ? "packet_wrong" : "packet_honest"),
      ),
    packet.state === "drawn" && h("a", { class: "packet-record", href: `/api/packets/${encodeURIComponent(packet.id)}`, target: "_blank", rel: "noopener", key: "record" }, t(lang, "packet_record")),
  );
}
