import assert from "node:assert/strict";
import { mock, test } from "node:test";

import { Backoff } from "../../../idol/web/static/viewer/backoff.js";
import { Socket, randomId } from "../../../idol/web/static/viewer/socket.js";

class FakeSocket {
  static made = [];
  constructor(url) {
    Object.assign(this, { url, readyState: 0, sent: [] });
    FakeSocket.made.push(this);
  }
  send(text) {
    this.sent.push(JSON.parse(text));
  }
  close() {
    this.readyState = 3;
  }
  hear(event) {
    this.readyState = 1;
    this.onmessage({ data: typeof event === "string" ? event : JSON.stringify(event) });
  }
}

function setup(unanswered = () => []) {
  FakeSocket.made = [];
  const heard = [];
  const links = [];
  const socket = new Socket({
    url: () => "ws://x/ws",
    onevent: (event) => heard.push(event.type),
    onlink: (link) => links.push(link),
    unanswered,
    Impl: FakeSocket,
    backoff: new Backoff({ first: 100, most: 100, random: () => 1 }),
  });
  return { socket, heard, links, made: FakeSocket.made };
}

test("nonsense from the line is ignored", () => {
  const { socket, heard, made } = setup();
  socket.open();
  for (const junk of ["not json", "null", "[1]", '{"type":3}']) made[0].hear(junk);
  assert.deepEqual(heard, []);
});

test("after a loss it comes back and says again what had no answer", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { socket, links, made } = setup(() => [{ type: "chat", id: "a", text: "hi" }]);
  socket.open();
  made[0].hear({ type: "hello" });
  made[0].onclose();
  assert.equal(socket.send({ type: "x" }), false);
  mock.timers.tick(100);
  made[1].hear({ type: "hello" });
  assert.deepEqual(links, ["open", "lost", "open"]);
  assert.deepEqual(made[1].sent, [{ type: "chat", id: "a", text: "hi" }]);
  mock.timers.reset();
});

test("a line that was replaced is not heard any more", () => {
  const { socket, heard, made } = setup();
  socket.open();
  const late = made[0].onmessage;
  socket.retry();
  late({ data: '{"type":"chat"}' });
  assert.deepEqual(heard, []);
  assert.equal(made.length, 2);
});

test("closed is closed", () => {
  const { socket, made } = setup();
  socket.open();
  socket.close();
  socket.retry();
  assert.equal(made.length, 1);
});

test("ids do not repeat", () => {
  assert.equal(new Set(Array.from({ length: 500 }, randomId)).size, 500);
  assert.match(randomId(), /^[0-9a-f]{24}$/);
});
