/** Red packets, coupons and places in a queue: pure questions, and how events change them. */

export const NOTHING = { waiting: [], coupons: [], claimed: [], entered: [], offered: [], missed: [], fits: [] };
const RESULT_SECONDS = 600;

const byId = (items) => Object.fromEntries(items.map((item) => [item.id, item]));

/** What `hello` says of them. */
export const fromHello = (event) => ({
  packets: byId(event.packets ?? []),
  offers: event.offers ?? [],
  mine: event.mine ?? NOTHING,
});

/** Handlers for the reducer. `spanned(holds, hold)` is a hold with its whole time. */
export const handlers = {
  packet(state, event) {
    const { type: _type, ...fresh } = event;
    return { ...state, packets: { ...state.packets, [fresh.id]: fresh } };
  },
  offers: (state, event) => ({ ...state, offers: event.coupons }),
  my_use: (state, event) => ({ ...state, using: { ...state.using, [event.hold]: event.code } }),
  my_seen: (state, event) => ({ ...state, seen: { ...state.seen, [event.packet]: true } }),
  my_checked: (state, event) => ({ ...state, checked: { ...state.checked, [event.packet]: event.wrong } }),
};

const PERKS = new Set(["enter", "claim", "wait", "unwait"]);

/** `mine` is the whole truth of what this viewer has: it answers whatever was asked of that kind. */
export function mine(state, event, spanned) {
  const { type: _type, holds = [], ...fresh } = event;
  const asked = Object.fromEntries(Object.entries(state.asked).filter(([, m]) => !PERKS.has(m.type)));
  const live = Object.fromEntries(holds.map((hold) => [hold.id, spanned(hold)]));
  return { ...state, asked, mine: fresh, holds: { ...state.holds, ...live } };
}

/** Whether an event makes what we know of ourselves stale. `state` is the one before it. */
export function stale(state, event) {
  const { coupons, waiting, entered, offered } = state.mine;
  switch (event.type) {
    case "prize":
      return true;
    case "packet":
      return event.state === "drawn" && entered.some((entry) => entry.packet === event.id);
    case "hold":
      return coupons.length + waiting.length > 0 || offered.includes(event.id);
    case "order":
      return coupons.length > 0 || Boolean(event.discount);
    case "listing":
      return waiting.some((place) => event.variants?.some((variant) => variant.sku === place.sku));
    case "notice":
      return /coupon|packet|stock/.test(event.code ?? "");
    default:
      return false;
  }
}

export const entryOf = (state, packet) => state.mine.entered.find((entry) => entry.packet === packet.id);
export const placeOf = (state, sku) => state.mine.waiting.find((place) => place.sku === sku);
export const isOffered = (state, hold) => state.mine.offered.includes(hold.id);
export const isBusy = (state, type, field, value) =>
  Object.values(state.asked).some((m) => m.type === type && m[field] === value);

/** What was won, as the coupon it is; undefined while it is not known, or used. */
export const prizeOf = (state, packet) =>
  state.mine.coupons.find((coupon) => coupon.packet === packet.id);

/** The packet on show: the open one that closes first, else one whose result I have not seen. */
export function onShow(state, serverTime) {
  const all = Object.values(state.packets);
  const open = all.filter((packet) => packet.state === "open").sort((a, b) => a.closes_at - b.closes_at);
  if (open.length) return open[0];
  return all
    .filter((packet) => entryOf(state, packet) && !state.seen[packet.id] && serverTime < packet.closes_at + RESULT_SECONDS)
    .sort((a, b) => b.closes_at - a.closes_at)[0];
}

/** The coupon that will be used for a hold: the chosen one, else the best; null for none. */
export function applied(state, hold) {
  const chosen = state.using[hold.id];
  if (chosen === "") return null;
  const fits = state.mine.fits.filter((fit) => fit.hold === hold.id && !fit.why);
  return fits.find((fit) => fit.code === chosen) ?? fits[0] ?? null;
}

/** What will be paid for a hold: the host's figure. */
export const toPay = (state, hold) => applied(state, hold)?.pay ?? hold.total;

/** All of these holds as one order; the host knows it by the id "all". */
export const together = (holds) => ({
  id: "all",
  holds: holds.map((hold) => hold.id),
  total: { ...holds[0].total, minor: holds.reduce((sum, hold) => sum + hold.total.minor, 0) },
});

/** Whether a hold is being confirmed, by itself or with others. */
export const isConfirming = (state, hold) =>
  Object.values(state.asked).some(
    (m) => m.type === "confirm" && (m.hold === hold.id || m.holds?.some((id) => id === hold.id || hold.holds?.includes(id))),
  );

/** Offers that I can still claim. */
export const claimable = (state, serverTime) =>
  state.offers.filter((offer) => offer.until > serverTime && !state.mine.claimed.includes(offer.code));
