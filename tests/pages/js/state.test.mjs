import assert from "node:assert/strict";
import { test } from "node:test";

import { CHAT_KEPT, initial, liveHolds, reduce, serverNow } from "../../../idol/web/static/viewer/state.js";
import { hello, hold, jacket, order } from "./helpers.mjs";

const play = (events, now = 100, state = initial()) =>
  events.reduce((before, event) => reduce(before, event, now), state);
const said = (id, more = {}) => ({ type: "chat", id, kind: "viewer", name: "A", text: id, at: 1, ...more });

test("an unknown event changes nothing", () => {
  const state = initial();
  assert.equal(reduce(state, { type: "surprise" }, 1), state);
});

test("hello sets the server's clock and everything on show", () => {
  const state = play([hello({ holds: [hold()], card: 1 })]);
  assert.equal(serverNow(state, 100), 1000);
  assert.equal(state.listings[1].id, "jacket");
  assert.equal(state.card, 1);
  assert.deepEqual(liveHolds(state, 100).map((h) => h.id), ["h1"]);
  assert.equal(state.holds.h1.span, 300);
});

test("a hold is over when the server's clock says so", () => {
  const state = play([hello({ holds: [hold()] })]);
  assert.equal(liveHolds(state, 399).length, 1);
  assert.equal(liveHolds(state, 400).length, 0);
});

test("the ring keeps its span when hello comes again", () => {
  const state = play([hello({ holds: [hold()] })]);
  const later = reduce(state, hello({ holds: [hold()], now: 1200 }), 300);
  assert.equal(later.holds.h1.span, 300);
});

test("my line appears at once, and the host's copy takes its place", () => {
  let state = play([hello(), { type: "my_chat", id: "a", text: "hi" }]);
  assert.ok(state.chat[0].pending && state.chat[0].mine);
  state = reduce(state, said("a", { viewer: "v1", text: "hi" }), 101);
  assert.equal(state.chat.length, 1);
  assert.ok(state.chat[0].mine && !state.chat[0].pending);
});

test("an ack alone settles a line too", () => {
  const state = play([hello(), { type: "my_chat", id: "a", text: "hi" }, { type: "ack", id: "a" }]);
  assert.equal(state.chat[0].pending, false);
});

test("a line of another tab of mine is mine, another viewer's is not", () => {
  const state = play([hello(), said("x", { viewer: "v1" }), said("y", { viewer: "v2" })]);
  assert.deepEqual(state.chat.map((line) => line.mine), [true, false]);
});

test("a reconnect keeps what was not sent and drops no history", () => {
  const sent = [hello(), { type: "my_chat", id: "a", text: "one" }, { type: "my_chat", id: "b", text: "two" }];
  const state = play([...sent, hello({ chat: [said("old"), said("a", { viewer: "v1" })] })]);
  assert.deepEqual(state.chat.map((line) => [line.id, Boolean(line.pending)]), [["old", false], ["a", false], ["b", true]]);
});

test("a refusal that names a line fails that line and no other", () => {
  const lines = [{ type: "my_chat", id: "a", text: "1" }, { type: "my_chat", id: "b", text: "2" }];
  const state = play([hello(), ...lines, { type: "notice", level: "warn", code: "too_fast", text: "slow", id: "b" }]);
  assert.deepEqual(state.chat.map((line) => Boolean(line.failed)), [false, true]);
});

test("the chat is bounded", () => {
  const state = play([hello(), ...Array.from({ length: 400 }, (_, n) => said(`c${n}`))]);
  assert.equal(state.chat.length, CHAT_KEPT);
  assert.equal(state.chat.at(-1).id, "c399");
});

test("a listing that sells out is seen to sell out; one that was gone is not", () => {
  const gone = jacket({ state: "sold_out", left: 0 });
  let state = play([hello(), { type: "listing", ...gone }]);
  assert.equal(state.soldOut[1], 1000);
  state = play([hello({ listings: [gone] }), { type: "listing", ...gone }]);
  assert.equal(state.soldOut[1], undefined);
});

test("holding answers the asked hold and closes the question", () => {
  const asked = { type: "my_asked", message: { type: "hold", key: "k", listing: 1, sku: "b-l", quantity: 1 } };
  const ask = { type: "ask", message: "m", listing: 1, text: "?", options: [], quantity: 1 };
  const state = play([hello(), ask, asked, { type: "hold", ...hold() }]);
  assert.deepEqual(state.asked, {});
  assert.equal(state.ask, null);
});

test("an order answers the confirm; being paid is noticed once", () => {
  const asked = { type: "my_asked", message: { type: "confirm", key: "k", hold: "h1" } };
  let state = play([hello(), asked, { type: "hold", ...hold({ state: "confirmed" }) }]);
  assert.ok(state.asked.k, "the hold alone is no order yet");
  state = reduce(state, { type: "order", ...order() }, 100);
  assert.deepEqual(state.asked, {});
  assert.equal(state.paid, null);
  state = reduce(state, { type: "order", ...order({ state: "paid" }) }, 100);
  assert.equal(state.paid.id, "o1");
  const again = reduce(state, { type: "order", ...order({ state: "paid" }) }, 100);
  assert.equal(again.paid, state.paid);
});

test("an order that was paid before this page opened is no news", () => {
  const state = play([hello({ orders: [order({ state: "paid" })] })]);
  assert.equal(state.paid, null);
});

test("what gets no answer is given up with a word, once", () => {
  const asked = { type: "my_asked", message: { type: "hold", key: "k", listing: 1, sku: "b-l" } };
  const give = { type: "my_given_up", key: "k", text: "no answer" };
  const state = play([hello(), asked, give]);
  assert.equal(state.notices[0].text, "no answer");
  assert.equal(reduce(state, give, 100), state);
});

test("notices fade, do not repeat themselves, and are few", () => {
  const texts = ["a", "b", "a", "c", "d"];
  let state = play(texts.map((text) => ({ type: "notice", level: "info", text })));
  assert.deepEqual(state.notices.map((n) => n.text), ["a", "c", "d"]);
  state = reduce(state, { type: "my_tick" }, 200);
  assert.deepEqual(state.notices, []);
  assert.equal(reduce(state, { type: "my_tick" }, 201), state);
});

test("a caption goes only when its own utterance ends", () => {
  const caption = { type: "caption", utterance: "u2", text: "hi", language: "en", pts: 0 };
  let state = play([caption, { type: "caption_end", utterance: "u1" }]);
  assert.equal(state.caption.text, "hi");
  state = reduce(state, { type: "caption_end", utterance: "u2" }, 1);
  assert.equal(state.caption, null);
});

test("thanks leave a line in the chat", () => {
  const state = play([hello(), { type: "thanks", name: "阿茶" }]);
  assert.deepEqual([state.chat[0].kind, state.chat[0].name], ["thanks", "阿茶"]);
});
