/** Pure questions about a listing: what can be chosen, and how many. */

const label = (names, lang) => names?.[lang] || names?.zh || names?.en || "";

/** The text of `{zh, en}` in `lang`, or in the other language where that one is missing. */
export const said = label;

/** Pieces that can be sold now, from stock or presale. */
export const sellable = (variant) => Math.max(0, variant.left) + Math.max(0, variant.presale ?? 0);

/** A variant that is out of stock but may be presold. */
export const isPresale = (variant) => variant.left <= 0 && (variant.presale ?? 0) > 0;

/** Distinct colours in order: `[{id, name, open}]`; empty where the product has none. */
export function colours(listing, lang, size = "") {
  const found = new Map();
  for (const variant of listing.variants) {
    const id = colourId(variant);
    if (!id) continue;
    const entry = found.get(id) ?? { id, name: label(variant.colour, lang), open: false };
    entry.open ||= sellable(variant) > 0 && (!size || variant.size === size);
    found.set(id, entry);
  }
  return [...found.values()];
}

/** Distinct sizes in order: `[{id, open}]`; `open` under the chosen colour. */
export function sizes(listing, colour = "") {
  const found = new Map();
  for (const variant of listing.variants) {
    if (!variant.size) continue;
    const entry = found.get(variant.size) ?? { id: variant.size, open: false };
    entry.open ||= sellable(variant) > 0 && (!colour || colourId(variant) === colour);
    found.set(variant.size, entry);
  }
  return [...found.values()];
}

/** One name for a colour, whatever the language of the page. */
export const colourId = (variant) => variant.colour?.en || variant.colour?.zh || "";

/** The variant meant by a choice, or undefined while something is still open. */
export function chosen(listing, { colour = "", size = "" }) {
  const fits = listing.variants.filter(
    (variant) => (!colour || colourId(variant) === colour) && (!size || variant.size === size),
  );
  return fits.length === 1 ? fits[0] : undefined;
}

/** The choice to begin with: all that is given when only one thing can be bought, else nothing. */
export function firstChoice(listing, sku = "") {
  const open = listing.variants.filter((variant) => sellable(variant) > 0);
  const only = listing.variants.find((v) => v.sku === sku) ?? (open.length === 1 ? open[0] : undefined);
  if (only) return { colour: colourId(only), size: only.size };
  const same = (pick) => (new Set(listing.variants.map(pick)).size === 1 ? pick(listing.variants[0]) : "");
  return { colour: same(colourId), size: same((variant) => variant.size) };
}

/** Pieces of a listing that this viewer already holds or owns. */
export function owned(listing, holds, orders) {
  let pieces = 0;
  for (const hold of Object.values(holds))
    if (hold.listing === listing.number && hold.state === "live") pieces += hold.quantity;
  for (const order of Object.values(orders)) {
    if (order.state === "cancelled" || order.state === "refunded") continue;
    for (const line of order.lines) if (line.listing === listing.number) pieces += line.quantity;
  }
  return pieces;
}

/**
 * How many of `variant` may be taken: by stock (or presale) and by the limit per viewer; or be
 * waited for, by the limit alone.
 */
export function most(listing, variant, already, waiting = false) {
  // One piece never mixes stock and presale: the promise date would be two dates.
  const left = variant.left > 0 ? variant.left : (variant.presale ?? 0);
  const allowed = listing.limit ? Math.max(0, listing.limit - already) : 99;
  return Math.max(0, Math.min(waiting ? 99 : left, allowed, 99));
}

/** "Black · L", or "" for a product with a single variant. */
export const variantName = (variant, lang) =>
  [label(variant.colour, lang), variant.size].filter(Boolean).join(" · ");
