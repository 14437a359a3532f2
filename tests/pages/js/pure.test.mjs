import assert from "node:assert/strict";
import { test } from "node:test";

import { Backoff } from "../../../idol/web/static/viewer/backoff.js";
import { countdown, day, MediaQueue, ptsOfRtp } from "../../../idol/web/static/viewer/clock.js";
import { swatch } from "../../../idol/web/static/viewer/colours.js";
import { firstLanguage, keys, t } from "../../../idol/web/static/viewer/i18n.js";
import { parts, saved, text, unitsPerMajor } from "../../../idol/web/static/viewer/money.js";
import * as variants from "../../../idol/web/static/viewer/variants.js";
import { cny, hold, jacket, order } from "./helpers.mjs";

test("money: round amounts have no decimals, others all of them", () => {
  assert.equal(text(cny(19900), "zh"), "¥199");
  assert.equal(text(cny(8990), "en"), "¥89.90");
  assert.equal(text({ minor: 1234500, currency: "USD" }, "en"), "$12,345");
  assert.equal(text({ minor: 500, currency: "JPY" }, "en"), "¥500");
  assert.deepEqual(parts(cny(5), "zh"), { symbol: "¥", whole: "0", fraction: ".05" });
  assert.equal(unitsPerMajor("JPY"), 1);
});

test("money: what is saved is never overstated", () => {
  assert.equal(saved(cny(19900), cny(29900)), 33);
  assert.equal(saved(cny(100), cny(100)), 0);
  assert.equal(saved(cny(100), null), 0);
  assert.equal(saved(cny(100), { minor: 900, currency: "USD" }), 0);
});

test("countdown rounds up and never goes below zero", () => {
  assert.deepEqual([125, 59.2, 60, 0, -3, 3661].map(countdown), ["2:05", "1:00", "1:00", "0:00", "0:00", "1:01:01"]);
});

test("promise dates do not move with the time zone", () => {
  assert.equal(day("2026-12-05", "zh"), "12月5日");
  assert.equal(day("2026-12-05", "en"), "Dec 5");
  assert.equal(day(null, "en"), "");
});

test("rtp time maps to media time, past its wrap too", () => {
  assert.equal(ptsOfRtp(90_000), 48_000);
  assert.equal(ptsOfRtp(0), 0);
  const wrapped = (2 ** 32 / 90_000) * 48_000;
  assert.ok(Math.abs(ptsOfRtp(90_000, wrapped) - wrapped - 48_000) < 1);
  assert.ok(Math.abs(ptsOfRtp(2 ** 32 - 90_000, wrapped) - wrapped + 48_000) < 1);
});

test("events wait for their picture, in order, and for nothing else", () => {
  const seen = [];
  const queue = new MediaQueue((event) => seen.push(event.pts), { patience: 4 });
  assert.equal(queue.hold({ pts: 100 }, 0), false, "without a picture nothing waits");
  queue.reached(50);
  assert.equal(queue.hold({ pts: 40 }, 0), false, "what is past is shown at once");
  assert.equal(queue.hold({}, 0), false, "what has no time is shown at once");
  assert.ok(queue.hold({ pts: 300 }, 0) && queue.hold({ pts: 100 }, 0));
  queue.reached(99);
  assert.deepEqual(seen, []);
  queue.reached(100);
  queue.sweep(3.9);
  assert.deepEqual(seen, [100]);
  queue.sweep(4);
  assert.deepEqual(seen, [100, 300]);
});

test("a lost picture releases what waited; what is over is dropped", () => {
  const seen = [];
  const queue = new MediaQueue((event) => seen.push(event.id));
  queue.reached(0);
  for (const id of ["a", "b"]) queue.hold({ id, pts: 10 }, 0);
  queue.drop((event) => event.id === "a");
  queue.release();
  assert.deepEqual(seen, ["b"]);
  assert.equal(queue.shown, null);
});

test("back-off doubles, is bounded, and starts over", () => {
  const backoff = new Backoff({ first: 100, most: 1000, random: () => 0.999 });
  const waits = Array.from({ length: 6 }, () => Math.round(backoff.next() / 100));
  assert.deepEqual(waits, [1, 2, 4, 8, 10, 10]);
  backoff.reset();
  assert.ok(backoff.next() <= 100);
});

test("every text is there in both languages, with the same parameters", () => {
  const holes = (lang, key) => [...t(lang, key).matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort();
  for (const key of keys()) {
    assert.ok(t("zh", key) && t("en", key), key);
    assert.deepEqual(holes("zh", key), holes("en", key), key);
  }
});

test("texts: parameters are filled in, and are only text", () => {
  assert.equal(t("en", "left", { n: 3 }), "3 left");
  assert.equal(t("en", "thanks", { name: "$& {name}" }), "Thank you, $& {name}!");
  assert.equal(t("en", "no_such_key"), "no_such_key");
});

test("the language is the saved one, else the browser's", () => {
  assert.equal(firstLanguage("zh", ["en-GB"]), "zh");
  assert.equal(firstLanguage(null, ["fr", "zh-TW"]), "zh");
  assert.equal(firstLanguage("xx", ["fr"]), "en");
});

test("variants: colours and sizes are open where something can be bought", () => {
  const it = jacket();
  assert.deepEqual(variants.colours(it, "zh").map((c) => [c.name, c.open]), [["black色", true], ["red色", true]]);
  assert.deepEqual(variants.colours(it, "en", "M").map((c) => c.open), [true, false]);
  assert.deepEqual(variants.sizes(it, "red").map((s) => [s.id, s.open]), [["M", false], ["L", true]]);
  assert.equal(variants.chosen(it, { colour: "red", size: "L" }).sku, "r-l");
  assert.equal(variants.chosen(it, { colour: "red" }), undefined);
});

test("variants: the only thing that can be bought is chosen at once", () => {
  const it = jacket();
  assert.deepEqual(variants.firstChoice(it), { colour: "", size: "" });
  it.variants = it.variants.slice(1, 3);
  assert.deepEqual(variants.firstChoice(it), { colour: "black", size: "L" });
});

test("variants: how many may be taken", () => {
  const it = jacket({ limit: 3 });
  const [, large, none, presale] = it.variants;
  assert.equal(variants.most(it, large, 0), 3);
  assert.equal(variants.most(it, large, 2), 1);
  assert.equal(variants.most(it, large, 9), 0);
  assert.equal(variants.most(it, none, 0), 0);
  assert.equal(variants.most(jacket(), presale, 0), 4);
});

test("variants: the limit counts live holds and orders that stand", () => {
  const holds = { a: hold({ quantity: 2 }), b: hold({ state: "confirmed" }) };
  const orders = { a: order(), b: order({ state: "cancelled" }) };
  assert.equal(variants.owned(jacket(), holds, orders), 3);
});

test("colours by name, in both languages; the unknown is not guessed", () => {
  assert.equal(swatch("Navy blue"), swatch("藏青"));
  assert.notEqual(swatch("off-white"), swatch("white"));
  assert.equal(swatch("octarine"), "");
});
