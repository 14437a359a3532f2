/**
 * What the page knows: a pure reducer from events to state. Host events are those of
 * docs/protocol.md; the page's own begin with "my_". `now` is the page's Unix time in seconds.
 */

import * as perks from "./perks.js";

export const CHAT_KEPT = 150;
const NOTICES_KEPT = 3;
const NOTICE_SECONDS = { info: 4, warn: 7 };

export function initial({ lang = "zh", captions = false } = {}) {
  return {
    lang,
    captions,
    link: "connecting", // connecting, open, lost
    video: "connecting", // connecting, playing, slow, lost, full
    sound: false,
    skew: 0, // server clock minus ours, seconds
    ready: false, // hello has come
    viewer: { id: "", name: "" },
    show: { title: "", language: "zh", currency: "CNY" },
    idol: { name: "" },
    aiLabel: null,
    sponsor: null,
    listings: {}, // by number
    holds: {}, // by id, each with `span`: seconds it lives, for the ring
    orders: {}, // by id
    chat: [], // {id, kind, name, text, at, reply_to, mine, pending, failed}; kind "thanks" is ours
    packets: {}, // red packets by id
    offers: [], // coupons that everybody may claim
    mine: perks.NOTHING, // places, coupons, entries; see docs/protocol.md
    using: {}, // hold id -> code of the coupon chosen for it, "" for none
    seen: {}, // packet id -> its result was looked at
    checked: {}, // packet id -> what its own check found wrong
    ask: null,
    caption: null,
    card: null,
    flips: {}, // listing number -> page time of its last price flip
    soldOut: {}, // listing number -> server time at which we saw it sell out
    viewers: 0,
    notices: [], // {key, level, code, text, until}
    thanks: null, // {key, name, until}
    paid: null, // an order of ours that was just paid
    asked: {}, // keys of holds and confirms not answered yet -> message
    sheet: null, // null, shelf, picker, cart, me, packet
    choice: null, // {listing, colour, size, quantity, confirmed}, or {packet}
    serial: 0,
  };
}

/** The next state; the same object if nothing changed. Unknown events change nothing. */
export function reduce(state, event, now) {
  const handler = handlers[event.type];
  return handler ? handler(state, event, now) : state;
}

/** Server time now. */
export const serverNow = (state, now) => now + state.skew;

export const liveHolds = (state, now) =>
  Object.values(state.holds)
    .filter((hold) => hold.state === "live" && hold.expires_at > serverNow(state, now))
    .sort((a, b) => a.expires_at - b.expires_at);

export const openOrders = (state) =>
  Object.values(state.orders).filter((order) => order.state === "awaiting_payment");

const byKey = (items, key) => Object.fromEntries(items.map((item) => [item[key], item]));
const stamped = (state) => ({ ...state, serial: state.serial + 1 });

/** The hold with the longest time it was seen to have left: the whole ring. */
const spanned = (holds, hold, serverTime) => ({
  ...hold,
  span: Math.max(holds[hold.id]?.span ?? 1, hold.expires_at - serverTime),
});

function notice(state, { level = "info", code = "", text }, now) {
  if (!text) return state;
  const next = stamped(state);
  const fresh = { key: next.serial, level, code, text, until: now + (NOTICE_SECONDS[level] ?? 4) };
  const others = state.notices.filter((old) => old.text !== text);
  return { ...next, notices: [...others, fresh].slice(-NOTICES_KEPT) };
}

/** Whose line: by the viewer's id where the host tells it, else because we sent it. */
const isMine = (viewer, line, sent) =>
  line.viewer ? line.viewer === viewer.id : Boolean(sent?.has(line.id));

function hello(state, event, now) {
  const skew = event.now - now;
  const holds = byKey(event.holds.map((hold) => spanned(state.holds, hold, event.now)), "id");
  const known = new Set(event.chat.map((line) => line.id));
  const mine = new Set(state.chat.filter((line) => line.mine).map((line) => line.id));
  const unsent = state.chat.filter((line) => line.pending && !known.has(line.id));
  return {
    ...state,
    skew,
    ready: true,
    link: "open",
    viewer: event.viewer,
    show: event.show,
    idol: event.idol,
    aiLabel: event.ai_label ?? null,
    sponsor: event.sponsor ?? null,
    listings: byKey(event.listings, "number"),
    ...perks.fromHello(event),
    holds,
    orders: byKey(event.orders, "id"),
    chat: [...event.chat.map((line) => ({ ...line, mine: isMine(event.viewer, line, mine) })), ...unsent],
    card: event.card ?? null,
    caption: null,
    viewers: event.viewers,
  };
}

function chat(state, event) {
  const { type: _type, ...line } = event;
  const at = state.chat.findIndex((old) => old.id === line.id);
  const lines = [...state.chat];
  if (at >= 0) lines[at] = { ...line, mine: lines[at].mine };
  else lines.push({ ...line, mine: isMine(state.viewer, line) });
  return { ...state, chat: lines.slice(-CHAT_KEPT) };
}

function listing(state, event, now) {
  const { type: _type, ...fresh } = event.listing && typeof event.listing === "object" ? event.listing : event;
  const before = state.listings[fresh.number];
  const soldOut = { ...state.soldOut };
  if (fresh.state !== "sold_out") delete soldOut[fresh.number];
  else if (before && before.state !== "sold_out") soldOut[fresh.number] = serverNow(state, now);
  return { ...state, listings: { ...state.listings, [fresh.number]: fresh }, soldOut };
}

function hold(state, event, now) {
  const { type: _type, ...fresh } = event;
  const asked = Object.fromEntries(
    Object.entries(state.asked).filter(
      ([, message]) =>
        !(message.type === "hold" && message.sku === fresh.sku) &&
        !(message.type === "confirm" && (message.hold === fresh.id || message.holds?.includes(fresh.id)) && fresh.state === "ended"),
    ),
  );
  const ask = state.ask?.listing === fresh.listing ? null : state.ask;
  return { ...state, asked, ask, holds: { ...state.holds, [fresh.id]: spanned(state.holds, fresh, serverNow(state, now)) } };
}

function order(state, event) {
  const { type: _type, ...fresh } = event;
  const before = state.orders[fresh.id];
  const asked = Object.fromEntries(
    Object.entries(state.asked).filter(([, message]) => message.type !== "confirm"),
  );
  const next = { ...state, asked, orders: { ...state.orders, [fresh.id]: fresh } };
  const paidNow = fresh.state === "paid" && before && before.state !== "paid";
  return paidNow ? { ...stamped(next), paid: fresh } : next;
}

const handlers = {
  hello,
  chat,
  listing,
  hold,
  order,
  ...perks.handlers,
  mine: (state, event, now) =>
    perks.mine(state, event, (hold) => spanned(state.holds, hold, serverNow(state, now))),
  notice(state, event, now) {
    let next = notice(state, event, now);
    if (event.level === "warn") {
      // A refusal may name what it refuses; then that line, and no other, has failed.
      const chatLines = next.chat.map((line) =>
        event.id && line.id === event.id && line.pending ? { ...line, pending: false, failed: true } : line,
      );
      const asked = { ...next.asked };
      delete asked[event.key];
      // One that names nothing may be about anything: what waits can be tried again.
      next = { ...next, asked: event.key || event.id ? asked : {}, chat: chatLines };
    }
    return next;
  },
  ack: (state, event) => ({
    ...state,
    chat: state.chat.map((line) => (line.id === event.id ? { ...line, pending: false } : line)),
  }),
  caption: (state, event) => ({ ...state, caption: event }),
  caption_end: (state, event) =>
    state.caption?.utterance === event.utterance ? { ...state, caption: null } : state,
  card: (state, event) => ({ ...state, card: event.listing ?? null }),
  price: (state, event, now) => ({
    ...state,
    flips: { ...state.flips, [event.listing]: now },
  }),
  ask: (state, event) => ({ ...state, ask: event }),
  sponsor: (state, event) => ({ ...state, sponsor: event.text ?? null }),
  thanks(state, event, now) {
    const next = stamped(state);
    const line = { id: `thanks-${next.serial}`, kind: "thanks", name: event.name, text: "", at: serverNow(state, now) };
    const chatLines = [...next.chat, line].slice(-CHAT_KEPT);
    return { ...next, chat: chatLines, thanks: { key: next.serial, name: event.name, until: now + 4.5 } };
  },
  viewers: (state, event) => ({ ...state, viewers: event.count }),

  // ---- the page's own
  my_link: (state, event) => ({ ...state, link: event.link }),
  my_video: (state, event) => (state.video === event.video ? state : { ...state, video: event.video }),
  my_sound: (state, event) => ({ ...state, sound: event.on }),
  my_language: (state, event) => ({ ...state, lang: event.lang }),
  my_captions: (state) => ({ ...state, captions: !state.captions }),
  my_chat: (state, event, now) => ({
    ...state,
    chat: [
      ...state.chat.filter((line) => line.id !== event.id),
      {
        id: event.id,
        kind: "viewer",
        name: state.viewer.name,
        text: event.text,
        at: serverNow(state, now),
        reply_to: null,
        mine: true,
        pending: true,
      },
    ].slice(-CHAT_KEPT),
  }),
  my_unsay: (state, event) => ({ ...state, chat: state.chat.filter((line) => line.id !== event.id) }),
  my_name: (state, event) => ({ ...state, viewer: { ...state.viewer, name: event.name } }),
  my_notice: notice,
  my_asked: (state, event) => ({
    ...state,
    asked: { ...state.asked, [event.message.key]: event.message },
  }),
  my_given_up(state, event, now) {
    if (!state.asked[event.key]) return state;
    const asked = { ...state.asked };
    delete asked[event.key];
    return notice({ ...state, asked }, { level: "warn", text: event.text }, now);
  },
  my_sheet: (state, event) => ({ ...state, sheet: event.sheet, choice: event.choice ?? null }),
  my_choice: (state, event) =>
    state.choice ? { ...state, choice: { ...state.choice, ...event.choice } } : state,
  my_shut_ask: (state) => ({ ...state, ask: null }),
  my_shut_notice: (state, event) => ({
    ...state,
    notices: state.notices.filter((old) => old.key !== event.key),
  }),
  my_shut_paid: (state) => ({ ...state, paid: null }),
  my_tick(state, _event, now) {
    const notices = state.notices.filter((old) => old.until > now);
    const thanks = state.thanks && state.thanks.until > now ? state.thanks : null;
    if (notices.length === state.notices.length && thanks === state.thanks) return state;
    return { ...state, notices, thanks };
  },
};

/** Holds the state and tells one listener of each change. */
export class Store {
  constructor(state, now) {
    Object.assign(this, { state, now, onchange: () => {} });
  }

  /** Apply one event. */
  send(event) {
    const next = reduce(this.state, event, this.now());
    if (next === this.state) return;
    const before = this.state;
    this.state = next;
    this.onchange(next, before, event);
  }
}
