/** The viewer page: puts the pieces together. */

import { actions } from "./actions.js";
import * as chat from "./chat.js";
import { cart } from "./cart.js";
import { localNow, MediaQueue, ptsOfRtp } from "./clock.js";
import { h, patch } from "./dom.js";
import { ambient, confetti } from "./effects.js";
import { firstLanguage, t } from "./i18n.js";
import * as packets from "./packets.js";
import { stale } from "./perks.js";
import { picker } from "./picker.js";
import { syncSheet, wireSheet } from "./sheet.js";
import { card, shelf } from "./shelf.js";
import { Socket } from "./socket.js";
import * as stage from "./stage.js";
import { initial, Store } from "./state.js";
import { iconButton } from "./widgets.js";
import { WhepPlayer } from "./whep.js";

const $ = (id) => document.getElementById(id);
const video = $("video");
const desk = matchMedia("(min-width: 1000px)");
const memory = remember();
const store = new Store(
  initial({
    lang: firstLanguage(memory.get("lang"), navigator.languages),
    captions: memory.get("captions") === "on",
  }),
  localNow,
);

// ---- events from the host, some of which wait for their picture

let rtpFromZero = false;
const queue = new MediaQueue((event) => store.send(event));
const TIMED = new Set(["card", "price", "caption"]);

function heard(event) {
  if (event.type === "hello") {
    rtpFromZero = event.rtp_origin === 0;
    queue.release();
  }
  if (event.type === "caption_end")
    queue.drop((held) => held.type === "caption" && held.utterance === event.utterance);
  if (TIMED.has(event.type) && queue.hold(event, localNow())) return;
  const { mine } = store.state;
  if (stale(store.state, event)) askMine();
  store.send(event);
  if (event.type === "mine") news(mine, event);
}

/** What the host tells of me has changed something that I am glad to hear. */
function news(before, event) {
  const { lang, mine, packets: shown, seen } = store.state;
  const say = (key, params) => store.send({ type: "my_notice", level: "info", text: t(lang, key, params) });
  const back = event.offered.filter((id) => !before.offered.includes(id));
  if (back.length) say("offer_back");
  const won = mine.entered.find((entry) => entry.won && !before.entered.some((old) => old.packet === entry.packet && old.won));
  if (won && shown[won.packet] && !seen[won.packet]) confetti($("confetti"), 80);
  const claimed = mine.coupons.some((coupon) => !coupon.packet && !before.coupons.some((old) => old.code === coupon.code));
  if (claimed) say("coupon_claimed");
}

/** Ask what I have now, once for several reasons at a time. */
let errand = 0;
function askMine() {
  if (errand) return;
  errand = setTimeout(() => {
    errand = 0;
    socket.send({ type: "mine" });
  }, 150);
}

const socket = new Socket({
  url: () => `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws?lang=${store.state.lang}`,
  onevent: heard,
  onlink(link) {
    const was = store.state.link;
    store.send({ type: "my_link", link });
    if (link === "open" && was === "lost")
      store.send({ type: "my_notice", text: t(store.state.lang, "back") });
  },
  unanswered: () => [
    ...store.state.chat
      .filter((line) => line.pending)
      .map((line) => ({ type: "chat", id: line.id, text: line.text })),
    ...Object.values(store.state.asked),
  ],
});

// ---- picture and sound

const player = new WhepPlayer({
  video,
  onstate(state) {
    store.send({ type: "my_video", video: state });
    if (state === "lost") queue.release();
  },
  onframe(rtp) {
    if (rtpFromZero && rtp !== null) queue.reached(ptsOfRtp(rtp, queue.shown ?? 0));
  },
});

video.addEventListener("resize", () => {
  document.body.dataset.picture = video.videoWidth > video.videoHeight ? "wide" : "tall";
});

function toggleSound() {
  video.muted = !video.muted;
  if (!video.muted) video.play().catch(() => (video.muted = true));
}
video.addEventListener("volumechange", () => store.send({ type: "my_sound", on: !video.muted }));

// ---- drawing

const act = actions({ store, socket, save: memory.set, toggleSound });
const log = $("log");
let frame = 0;

function draw() {
  frame = 0;
  const { state } = store;
  const now = localNow();
  document.documentElement.lang = state.lang === "zh" ? "zh-CN" : "en";
  if (state.idol.name) document.title = `${text(state.idol.name)} · ${text(state.show.title)}`;
  $("skip").textContent = t(state.lang, "skip_chat");
  video.setAttribute("aria-label", t(state.lang, "video_label", { idol: text(state.idol.name) }));
  patch($("top"), stage.top(state, act));
  patch($("poster"), stage.poster(state));
  patch($("overlay"), stage.overlay(state, act));
  patch($("caption"), stage.caption(state));
  patch($("thanks"), stage.thanks(state));
  patch($("bar"), chat.bar(state, now, act));
  patch($("strip"), chat.ask(state, act), chat.holdStrip(state, now, act));
  drawLog(state);
  patch($("card"), card(state, now, act));
  patch($("packet"), packets.widget(state, now, act));
  patch($("shelf"), desk.matches && [h("h2", { key: "title" }, t(state.lang, "shelf")), shelf(state, now, act)]);
  drawSheet(state, now);
  patch($(state.sheet ? "toasts-sheet" : "toasts"), stage.toasts(state, act));
  patch($(state.sheet ? "toasts" : "toasts-sheet"));
}

const text = (value) => (typeof value === "string" ? value : (value?.[store.state.lang] ?? ""));

function drawLog(state) {
  const last = state.chat.at(-1)?.id;
  const grew = last !== log.dataset.last;
  for (const part of [log, $("dock")]) part.setAttribute("aria-label", t(state.lang, "chat"));
  patch($("lines"), chat.lines(state, act));
  log.dataset.last = last ?? "";
  const mine = state.chat.at(-1)?.mine && grew;
  if (pinned || mine) {
    pinned = true;
    log.scrollTop = log.scrollHeight;
    $("newer").hidden = true;
  } else if (grew) {
    $("newer").hidden = false;
  }
  $("newer").textContent = t(state.lang, "newer");
}

function drawSheet(state, now) {
  const { lang, sheet } = state;
  const names = { shelf: "shelf", cart: "cart", me: "me" };
  const bodies = {
    shelf: () => h("div", { class: "sheet-body", key: "shelf" }, shelf(state, now, act)),
    picker: () => picker(state, now, act),
    cart: () => cart(state, now, act),
    me: () => stage.me(state, act),
    packet: () => packets.sheet(state, now, act),
  };
  patch(
    $("panel"),
    h(
      "div",
      { class: "sheet-head", key: "head" },
      sheet in names && h("h2", { id: "sheet-title", key: "title" }, t(lang, names[sheet])),
      iconButton("close", t(lang, "close"), act.shut, { class: "sheet-close" }),
    ),
    h("div", { class: "sheet-scroll", key: "scroll" }, sheet && bodies[sheet]()),
  );
  syncSheet($("sheet"), sheet);
}

store.onchange = (state, before, event) => {
  if (!frame) frame = document.hidden ? setTimeout(draw, 200) : requestAnimationFrame(draw);
  if (state.thanks && state.thanks !== before.thanks) confetti($("confetti"));
  if (state.paid && state.paid !== before.paid) {
    confetti($("confetti"), 80);
    const words = t(state.lang, "paid_text", { n: state.paid.number });
    store.send({ type: "my_notice", level: "info", text: words });
  }
  // Our own confirm was answered: show the order and the way to pay.
  if (event.type === "order" && Object.values(before.asked).some((m) => m.type === "confirm"))
    act.sheet("cart");
};

// When the strip below grows the log shrinks: what was at the end stays in sight.
let pinned = true;
new ResizeObserver(() => pinned && (log.scrollTop = log.scrollHeight)).observe(log);

$("newer").addEventListener("click", () => {
  log.scrollTo({ top: log.scrollHeight, behavior: "smooth" });
  $("newer").hidden = true;
});
log.addEventListener("scroll", () => {
  pinned = log.scrollHeight - log.scrollTop - log.clientHeight < 48;
  if (pinned) $("newer").hidden = true;
});
wireSheet($("sheet"), act.shut);
desk.addEventListener("change", () => {
  if (desk.matches && store.state.sheet === "shelf") act.shut();
  draw();
});

// ---- keys: "/" to the chat, "m" sound, "c" captions

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (store.state.sheet || /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) return;
  const run = { m: toggleSound, c: act.toggleCaptions, "/": () => $("say").focus() }[event.key];
  if (!run) return;
  event.preventDefault();
  run();
});

// ---- time, sleep and waking

const PLACE_SECONDS = 20;
let looked = localNow();
let lastTick = localNow();
setInterval(() => {
  const now = localNow();
  const slept = now - lastTick > 20;
  lastTick = now;
  queue.sweep(now);
  store.send({ type: "my_tick" });
  // Others leave the queue without a word: the own place is looked up now and then.
  if (store.state.mine.waiting.length && !document.hidden && now - looked > PLACE_SECONDS) {
    looked = now;
    askMine();
  }
  if (slept && !document.hidden) wake(true);
  if (!document.hidden && !frame) frame = requestAnimationFrame(draw); // countdowns
}, 1000);

function wake(long) {
  if (long || store.state.link !== "open") socket.retry();
  player.wake();
}
let hiddenAt = 0;
document.addEventListener("visibilitychange", () => {
  if (document.hidden) hiddenAt = localNow();
  else wake(localNow() - hiddenAt > 60);
});
addEventListener("online", () => wake(true));
addEventListener("pageshow", (event) => event.persisted && (socket.retry(), player.start()));

/** Small things kept between visits; a browser that forbids storage just forgets. */
function remember() {
  const attempt = (run) => {
    try {
      return run();
    } catch {
      return null;
    }
  };
  return {
    get: (name) => attempt(() => localStorage.getItem(`idol.${name}`)),
    set: (name, value) => attempt(() => localStorage.setItem(`idol.${name}`, value)),
  };
}

draw();
ambient(video, $("ambient"));
socket.open();
player.start();
