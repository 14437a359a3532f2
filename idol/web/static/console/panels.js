/** The directing half of the desk: top bar, programme, transport, run of show, say-now. */

import { countdown } from "../viewer/clock.js";
import { cls, h } from "../viewer/dom.js";
import { half, t, words } from "./i18n.js";
import { arrows } from "./keys.js";
import { elapsed, progress } from "./state.js";

export function key(name) {
  return h("kbd", { "aria-hidden": "true" }, name);
}

export function heading(text, ...more) {
  return h("div", { class: "head" }, h("h2", {}, text), more);
}

export function bar(state, act, now) {
  const { lang, run, stats } = state;
  const light =
    state.link !== "open" ? "lost" : run?.stopped ? "stopped" : run?.paused ? "paused" : "on_air";
  const cpu = stats ? stats.processes.reduce((sum, p) => sum + p.cpu, 0) : null;
  const slow = stats && stats.studio && stats.fps > 0 && stats.fps < 23.5;
  return [
    h("div", { class: "brand" }, h("span", { class: "mark small", "aria-hidden": "true" }), h("h1", {}, "Idol"), h("span", { class: "dim" }, t(lang, "title"))),
    h("div", { class: cls("light", light), role: "status" }, t(lang, light === "lost" ? "link_lost" : light)),
    run?.muted && h("div", { class: "light muted", key: "muted" }, t(lang, "muted")),
    h("div", { class: "show-title clip", key: "title" }, words(state.show.title, lang)),
    h("div", { class: "figures", key: "figures" },
      figure(t(lang, "viewers"), state.viewers),
      figure(t(lang, "players"), stats?.players ?? "–"),
      figure(t(lang, "fps"), stats?.studio ? stats.fps.toFixed(1) : "–", slow && "bad"),
      figure(t(lang, "cpu"), cpu === null ? "–" : `${Math.round((100 * cpu) / (stats.machine?.cores || 1))}%`),
      figure("", new Date((now + state.skew) * 1000).toLocaleTimeString("zh-CN", { hour12: false }), "clock")),
    h("div", { class: "row", key: "tools" },
      h("a", { class: "office", href: "/console/shop", target: "_blank", rel: "noopener" }, t(lang, "office")),
      h("button", { type: "button", class: "ghost", onclick: act.help, title: t(lang, "shortcuts"), "aria-label": t(lang, "shortcuts") }, key("?")),
      h("button", { type: "button", class: "ghost", onclick: act.language, title: t(lang, "language_switch") }, t(lang, "language")),
      h("button", { type: "button", class: "ghost", onclick: act.logOut }, t(lang, "log_out"))),
  ];
}

function figure(name, value, mood) {
  return h("div", { class: cls("figure", mood) }, name && h("span", {}, name), h("b", {}, String(value)));
}

export function screenTop(state, act) {
  const { lang } = state;
  return [
    h("span", { class: "chip" }, t(lang, "monitor")),
    h("button", { type: "button", class: cls("chip button", state.sound && "on"), "aria-pressed": String(state.sound), onclick: act.sound },
      t(lang, state.sound ? "sound_off" : "sound_on"), key("V")),
    h("button", { type: "button", class: "chip button", id: "reload", disabled: state.reloading, title: t(lang, "reload_title"), onclick: act.reload },
      t(lang, state.reloading ? "reloading" : "reload")),
  ];
}

export function transport(state, act) {
  const { lang, run } = state;
  const saying = run?.saying || state.caption;
  const busy = run?.busy && run.busy !== "none" ? `busy_${run.busy}` : "";
  return [
    h("p", { class: cls("now", !saying && "dim"), "aria-live": "off" },
      busy && h("span", { class: cls("chip", run.busy) }, t(lang, busy)), " ", saying || t(lang, "silent")),
    h("div", { class: "buttons" },
      h("button", { type: "button", class: cls("wide", run?.paused && "primary"), onclick: act.pauseOrResume }, t(lang, run?.paused ? "resume" : "pause"), key("Space")),
      h("button", { type: "button", class: "wide", onclick: act.skip }, t(lang, "skip"), key("N")),
      h("button", { type: "button", class: cls("wide", run?.muted && "warn"), "aria-pressed": String(!!run?.muted), onclick: act.mute }, t(lang, run?.muted ? "unmute" : "mute"), key("M")),
      h("button", { type: "button", class: "wide danger", onclick: act.stop }, t(lang, "stop"), key("⇧X"))),
  ];
}

export function run(state, act, now) {
  const { lang } = state;
  const segments = state.run?.segments ?? [];
  return [
    heading(t(lang, "run"),
      state.run && h("span", { class: "dim" }, t(lang, "lap", { n: (state.run.laps ?? 0) + 1 })),
      h("span", { class: "spring" }), key("J")),
    h("ol", { class: "scroll segments", onkeydown: arrows },
      segments.map((segment, i) => row(state, act, segment, i, now))),
  ];
}

function row(state, act, segment, i, now) {
  const { lang } = state;
  const current = state.run.segment === segment.id;
  const chosen = state.chosen === segment.id && !current;
  const product = segment.listing ? state.listings[segment.listing] : null;
  const name = product ? words(product.title, lang) : segment.id;
  const line = Math.min(segment.lines, state.run.line + 1);
  const measure = segment.seconds
    ? current
      ? `${countdown(elapsed(state, now))} / ${countdown(segment.seconds)}`
      : countdown(segment.seconds)
    : t(lang, current ? "line_of" : "lines", current ? { n: line, all: segment.lines } : { n: segment.lines });
  return h("li", { key: segment.id, class: cls(current && "current", chosen && "chosen", segment.refused && "refused") },
    h("button", {
      type: "button",
      class: "segment",
      "aria-current": current ? "true" : undefined,
      "aria-expanded": current ? undefined : String(chosen),
      onclick: () => act.change({ chosen: chosen ? null : segment.id }),
    },
      h("span", { class: "no" }, String(i + 1)),
      h("span", { class: cls("kind", segment.kind) }, t(lang, `kind_${segment.kind}`)),
      h("span", { class: "name clip" }, name),
      h("span", { class: "measure" }, measure)),
    current && h("div", { class: "progress", key: "p" }, h("i", { style: { transform: `scaleX(${progress(state, segment, now).toFixed(3)})` } })),
    segment.refused && h("p", { class: "why", key: "w" }, t(lang, "refused"), half(segment.refused, lang)),
    chosen && h("div", { class: "row jump", key: "j" },
      h("button", { type: "button", class: "ghost", onclick: () => act.change({ chosen: null }) }, t(lang, "cancel")),
      h("button", { type: "button", class: "primary", "aria-label": t(lang, "jump_to", { name }), onclick: () => act.jump(segment.id) }, t(lang, "jump"))));
}

export function say(state, act) {
  const { lang } = state;
  const box = (event) => event.target.closest("form").querySelector("textarea");
  const submit = (event) => {
    event.preventDefault();
    act.say(box(event));
  };
  return h("form", { onsubmit: submit },
    heading(t(lang, "say"), h("span", { class: "dim" }, t(lang, "say_hint")), h("span", { class: "spring" }), key("S")),
    h("textarea", {
      rows: "2",
      maxlength: "300",
      "aria-label": t(lang, "say"),
      placeholder: t(lang, "say_place"),
      onkeydown: (event) => event.key === "Enter" && !event.shiftKey && !event.isComposing && submit(event),
    }),
    h("div", { class: "row" },
      ["zh", "en"].map((each) =>
        h("button", { type: "button", key: each, class: cls("ghost", state.sayLanguage === each && "on"), "aria-pressed": String(state.sayLanguage === each), onclick: () => act.change({ sayLanguage: each }) }, each === "zh" ? "中文" : "English")),
      h("span", { class: "spring" }),
      h("button", { type: "submit", class: "primary", disabled: state.saying }, t(lang, "speak"), key("⏎"))));
}
