/**
 * Checks a published draw (GET /api/packets/ID) by itself, as `idol.commerce.draw.check` does:
 * the seed is the one that was committed to, no entry is missing, and the seed draws these winners.
 */

const utf8 = new TextEncoder();
const hex = (bytes) => Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
const unhex = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));

/** Keys sorted, nothing between: the form that is hashed. */
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value && typeof value === "object")
    return `{${Object.keys(value).sort().map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(",")}}`;
  return JSON.stringify(value);
}

/**
 * What is wrong, as keys: commitment, entries, digest, winners; empty if the draw was honest.
 * Null where the browser cannot compute (no HTTPS).
 */
export async function check(record, subtle = globalThis.crypto?.subtle) {
  if (!subtle) return null;
  const sha = async (text) => hex(await subtle.digest("SHA-256", utf8.encode(text)));
  const wrong = [];
  const { rules, seed, entries } = record;
  if ((await sha(`${seed}\n${canonical(rules)}`)) !== record.commitment) wrong.push("commitment");
  if (entries.some((entry, at) => entry.place !== at)) wrong.push("entries");
  const digest = await sha(entries.map((e) => `${e.place} ${e.person} ${e.nonce}`).join("\n"));
  if (digest !== record.digest) wrong.push("digest");
  const winners = await draw(subtle, seed, digest, entries, rules.prizes);
  if (canonical(winners) !== canonical(record.winners)) wrong.push("winners");
  return wrong;
}

async function draw(subtle, seed, digest, entries, prizes) {
  const key = await subtle.importKey("raw", unhex(seed), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  let count = 0;
  const below = async (limit) => {
    const fair = 2n ** 64n - (2n ** 64n % BigInt(limit));
    for (;;) {
      const signed = await subtle.sign("HMAC", key, utf8.encode(`${digest}:${count}`));
      count += 1;
      const number = new DataView(signed).getBigUint64(0);
      if (number < fair) return Number(number % BigInt(limit));
    }
  };
  const won = prizes.flatMap((prize, index) => Array(prize.count).fill(index));
  const places = entries.map((entry) => entry.place);
  const winners = {};
  for (let index = 0; index < Math.min(won.length, places.length); index += 1) {
    const chosen = index + (await below(places.length - index));
    [places[index], places[chosen]] = [places[chosen], places[index]];
    winners[places[index]] = won[index];
  }
  return winners;
}
