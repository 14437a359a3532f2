import assert from "node:assert/strict";
import { test } from "node:test";

import * as perks from "../../../idol/web/static/viewer/perks.js";
import { initial, reduce } from "../../../idol/web/static/viewer/state.js";
import { check } from "../../../idol/web/static/viewer/verify.js";
import { cny, hello, hold } from "./helpers.mjs";

const play = (events, now = 100, state = initial()) => events.reduce((before, event) => reduce(before, event, now), state);
const fit = (code, off, why = "") => ({ hold: "h1", code, off: why ? null : cny(off), pay: cny(19900 - off), why });
const packet = (id, more = {}) => ({ type: "packet", id, state: "open", closes_at: 1100, entrants: 1, ...more });

test("the best coupon goes on a hold by itself, another or none by choice", () => {
  const mine = { type: "mine", ...perks.NOTHING, holds: [hold()], fits: [fit("A", 2000), fit("B", 500), fit("C", 0, "coupon_least")] };
  let state = play([hello(), mine]);
  assert.equal(perks.applied(state, hold()).code, "A");
  assert.deepEqual(perks.toPay(state, hold()), cny(17900));
  state = reduce(state, { type: "my_use", hold: "h1", code: "B" }, 100);
  assert.equal(perks.applied(state, hold()).code, "B");
  state = reduce(state, { type: "my_use", hold: "h1", code: "C" }, 100);
  assert.equal(perks.applied(state, hold()).code, "A", "one that does not apply is never used");
  state = reduce(state, { type: "my_use", hold: "h1", code: "" }, 100);
  assert.deepEqual(perks.toPay(state, hold()), cny(19900));
});

test("mine answers what was asked of its kind, and nothing else", () => {
  const asked = ["claim", "hold", "enter"].map((type) => ({ type: "my_asked", message: { type, key: type } }));
  const state = play([hello(), ...asked, { type: "mine", ...perks.NOTHING, holds: [] }]);
  assert.deepEqual(Object.keys(state.asked), ["hold"]);
});

test("the packet that closes first is on show; a result only to whom it concerns, until seen", () => {
  const entered = [{ packet: "p1", place: 0, nonce: "n", won: "" }];
  let state = play([hello({ mine: { ...perks.NOTHING, entered } }), packet("p1", { closes_at: 1200 }), packet("p2")]);
  assert.equal(perks.onShow(state, 1000).id, "p2");
  state = play([packet("p1", { state: "drawn" }), packet("p2", { state: "drawn" })], 100, state);
  assert.equal(perks.onShow(state, 1150).id, "p1");
  assert.equal(perks.onShow(state, 2000), undefined);
  assert.equal(perks.onShow(reduce(state, { type: "my_seen", packet: "p1" }, 100), 1150), undefined);
});

test("only what concerns this viewer makes them ask again", () => {
  const entered = [{ packet: "p1", place: 0, nonce: "n", won: "" }];
  const state = play([hello({ mine: { ...perks.NOTHING, entered, waiting: [{ sku: "x", quantity: 1, before: 0 }] } })]);
  const asks = (event) => perks.stale(state, event);
  assert.ok(asks({ type: "prize" }) && asks(packet("p1", { state: "drawn" })) && asks({ type: "hold" }));
  assert.ok(asks({ type: "listing", variants: [{ sku: "x" }] }) && asks({ type: "notice", code: "coupon_used" }));
  assert.ok(!asks(packet("p1")) && !asks(packet("p2", { state: "drawn" })) && !asks({ type: "chat" }));
  assert.ok(!asks({ type: "listing", variants: [{ sku: "y" }] }) && !asks({ type: "order" }));
});

test("a browser that cannot compute says so, and a changed seed is found out", async () => {
  const record = { rules: { prizes: [{ minor: 1, count: 1 }] }, seed: "00", commitment: "", entries: [], digest: "", winners: {} };
  assert.equal(await check(record, null), null);
  assert.deepEqual(await check(record), ["commitment", "digest"]);
});
