/** The operator's desk: login, connection, commands, keys; the panels draw it. */

import { localNow } from "../viewer/clock.js";
import { patch } from "../viewer/dom.js";
import { Socket } from "../viewer/socket.js";
import { WhepPlayer } from "../viewer/whep.js";
import { askToStop, helpDialog } from "./dialogs.js";
import { t } from "./i18n.js";
import { KEYS, wireKeys } from "./keys.js";
import { loginForm } from "./login.js";
import { machine } from "./machine.js";
import { bar, run, say, screenTop, transport } from "./panels.js";
import { chat, orders, products } from "./sales.js";
import { initial, reduce } from "./state.js";

const $ = (id) => document.getElementById(id);
const memory = {
  get: (name) => { try { return localStorage.getItem(`desk.${name}`); } catch { return null; } },
  set: (name, value) => { try { localStorage.setItem(`desk.${name}`, value); } catch { /* private window */ } },
};

const remembered = memory.get("lang");
const browser = (navigator.languages ?? []).find((tag) => /^(zh|en)/i.test(tag))?.slice(0, 2);
let state = initial(remembered ?? browser?.toLowerCase() ?? "zh");
let drawing = false;
let serial = 0;
const waiting = new Map(); // command id -> what to do with its answer

let wanted = ""; // what to focus after the next drawing

function change(next, focus = "") {
  state = { ...state, ...next };
  wanted ||= focus;
  draw();
}

function draw() {
  if (drawing) return;
  drawing = true;
  requestAnimationFrame(() => {
    drawing = false;
    render();
  });
}

function render() {
  const { lang } = state;
  document.documentElement.lang = lang === "zh" ? "zh-CN" : "en";
  document.title = `Idol · ${t(lang, "title")}`;
  if ($("desk").hidden) return;
  const now = localNow();
  document.body.dataset.link = state.link;
  patch($("bar"), bar(state, act, now));
  patch($("screen-top"), screenTop(state, act));
  patch($("transport"), transport(state, act));
  patch($("run"), run(state, act, now));
  patch($("say"), say(state, act));
  patch($("products"), products(state, act, now));
  patch($("orders"), orders(state, now));
  patch($("machine"), machine(state, act));
  const log = $("chat").querySelector(".scroll");
  const atEnd = !log || log.scrollHeight - log.scrollTop - log.clientHeight < 48;
  patch($("chat"), chat(state));
  if (atEnd) {
    const after = $("chat").querySelector(".scroll");
    after.scrollTop = after.scrollHeight;
  }
  const note = { connecting: "video_connecting", slow: "video_slow", lost: "video_lost" }[state.video];
  patch($("screen-note"), note ? t(lang, note) : "");
  if (wanted) document.querySelector(wanted)?.focus();
  wanted = "";
}

function toast(text, level = "info") {
  const node = document.createElement("p");
  node.className = level;
  node.textContent = text;
  $("toasts").append(node);
  setTimeout(() => node.remove(), level === "warn" ? 6000 : 2200);
}

/** Send a command; `answered(ok)` is called when the host has answered. */
function command(message, answered = () => {}) {
  const id = ++serial;
  waiting.set(id, answered);
  if (!socket.send({ ...message, id })) {
    waiting.delete(id);
    answered(false);
    toast(t(state.lang, "link_lost"), "warn");
  }
}

const act = {
  command,
  change,
  toast,
  pauseOrResume: () => command({ do: state.run?.paused ? "resume" : "pause" }),
  skip: () => command({ do: "skip" }),
  reload() {
    if (state.reloading) return;
    change({ reloading: true });
    command({ do: "reload" }, (ok) => {
      change({ reloading: false });
      if (ok) toast(t(state.lang, "reloaded"));
    });
  },
  mute: () => command({ do: "mute", on: !state.run?.muted }),
  stop: () => askToStop($("dialog"), state.lang, () => command({ do: "stop" })),
  help: () => helpDialog($("dialog"), state.lang, KEYS),
  jump: (segment) => command({ do: "jump", segment }, () => change({ chosen: null })),
  pin(number) {
    if (number === null || state.listings[number])
      command({ do: "pin", listing: state.run?.pinned === number ? null : number });
  },
  say(box) {
    const text = box.value.trim();
    if (!text || state.saying) return;
    change({ saying: true });
    command({ do: "say", text, language: state.sayLanguage }, (ok) => {
      change({ saying: false });
      if (!ok) return;
      box.value = "";
      toast(t(state.lang, "said"));
    });
  },
  setStock({ sku, to }) {
    command({ do: "stock", sku, on_hand: to }, (ok) => {
      if (ok) toast(t(state.lang, "stock_set"));
      change({ editing: null });
    });
  },
  sound() {
    const video = $("video");
    video.muted = !video.muted;
    change({ sound: !video.muted });
  },
  language() {
    const lang = state.lang === "zh" ? "en" : "zh";
    memory.set("lang", lang);
    change({ lang });
    if ($("desk").hidden) showLogin();
    else socket.retry(); // so that the host answers in this language too
  },
  async logOut() {
    await fetch("/console/logout", { method: "POST" }).catch(() => {});
    location.reload();
  },
  focusSay: () => $("say").querySelector("textarea")?.focus(),
  focusRun: () => $("run").querySelector("[aria-current=true], .segment")?.focus(),
};

const socket = new Socket({
  url: () =>
    `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/console/ws?lang=${state.lang}`,
  onevent(event) {
    if (event.type === "done" || event.type === "refused") {
      waiting.get(event.id)?.(event.type === "done");
      waiting.delete(event.id);
      if (event.type === "refused") toast(event.text, "warn");
      return;
    }
    state = reduce(state, event, localNow());
    draw();
  },
  async onlink(link) {
    change({ link });
    if (link !== "lost") return;
    for (const answered of waiting.values()) answered(false);
    waiting.clear();
    if ((await sessionOpen()) === false) location.reload(); // it has ended: back to the login
  },
});

const player = new WhepPlayer({
  video: $("video"),
  onstate: (video) => video !== state.video && change({ video }),
});

/** true, false, or null when the host does not answer. */
async function sessionOpen() {
  const answer = await fetch("/console/session").catch(() => null);
  return answer?.ok ? (await answer.json()).open : null;
}

function showLogin() {
  $("login").hidden = false;
  patch($("login"), loginForm(state.lang, { enter: open, language: act.language }));
  $("login").querySelector("[type=password]").focus();
}

function open() {
  $("login").hidden = true;
  $("desk").hidden = false;
  socket.open();
  player.start();
  render();
  setInterval(draw, 1000);
}

$("video").addEventListener("resize", () => {
  const { videoWidth, videoHeight } = $("video");
  document.body.dataset.picture = videoWidth > videoHeight ? "wide" : "tall";
});
addEventListener("online", () => socket.retry());
document.addEventListener("visibilitychange", () => {
  if (document.hidden || $("desk").hidden) return;
  if (state.link === "lost") socket.retry();
  player.wake();
});
wireKeys(act, () => !$("desk").hidden && !$("dialog").open);

render();
if (await sessionOpen()) open();
else showLogin();
