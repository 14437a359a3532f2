/** Health and log: is the picture on time, who uses the processor, what has happened. */

import { cls, h } from "../viewer/dom.js";
import { t } from "./i18n.js";
import { clock } from "./sales.js";

const TABS = ["health", "log"];

export function machine(state, act) {
  const { lang, tab } = state;
  const warnings = state.log.filter((entry) => entry.level !== "info" && entry.level !== "debug").length;
  return [
    h("div", { class: "head tabs", role: "tablist" },
      TABS.map((name) =>
        h("button", { type: "button", key: name, role: "tab", "aria-selected": String(tab === name), class: cls("tab", tab === name && "on"), onclick: () => act.change({ tab: name }) },
          t(lang, name), name === "log" && warnings > 0 && h("span", { class: "badge" }, String(warnings))))),
    tab === "health" ? health(state) : log(state),
  ];
}

function health(state) {
  const { lang, stats, samples } = state;
  const studio = stats?.studio;
  const share = studio?.frames ? (100 * studio.repeated) / studio.frames : 0;
  const cores = stats?.machine?.cores || 1;
  return h("div", { class: "scroll health", key: "health", role: "tabpanel", tabindex: "0", "aria-label": t(lang, "health") },
    h("div", { class: "charts" },
      chart(t(lang, "fps"), samples.map((s) => s.fps), 30, studio ? stats.fps.toFixed(1) : "–"),
      chart(t(lang, "cpu"), samples.map((s) => s.cpu), cores, stats ? `${Math.round((100 * stats.processes.reduce((a, p) => a + p.cpu, 0)) / cores)}%` : "–")),
    studio && h("dl", { class: "facts" },
      fact(t(lang, "repeated"), `${share.toFixed(2)}%`, share > 1),
      fact(t(lang, "late_audio"), String(studio.late_audio), studio.late_audio > 50),
      fact(t(lang, "render"), `${studio.render_ms.toFixed(1)} ms`, studio.render_ms > 30),
      fact(t(lang, "encode"), `${studio.encode_ms.toFixed(1)} ms`, studio.encode_ms > 30),
      fact(t(lang, "queue"), `${(studio.queued_ms / 1000).toFixed(1)} s`),
      fact(t(lang, "load"), (stats.machine?.load ?? 0).toFixed(2), stats.machine?.load > 2 * cores)),
    stats && h("table", { class: "grid" },
      h("thead", {}, h("tr", {}, h("th", {}, t(lang, "process")), h("th", { class: "n" }, t(lang, "cpu")), h("th", { class: "n" }, t(lang, "memory")), h("th", { class: "n" }, t(lang, "restarts")))),
      h("tbody", {}, stats.processes.map((process) =>
        h("tr", { key: process.name },
          h("td", {}, h("i", { class: cls("dot", process.up ? "good" : "bad") }), process.name, !process.up && ` · ${t(lang, "down")}`),
          h("td", { class: "n meter" }, h("i", { style: { transform: `scaleX(${Math.min(1, process.cpu)})` } }), h("span", {}, `${Math.round(process.cpu * 100)}%`)),
          h("td", { class: "n" }, `${process.rss_mb} MB`),
          h("td", { class: cls("n", process.restarts > 0 && "low") }, String(process.restarts)))))),
    stats && h("div", { class: "engines" },
      Object.entries(stats.engines ?? {}).map(([what, engine]) => h("span", { class: "chip", key: what }, `${what} · ${engine}`))));
}

function fact(name, value, bad) {
  return h("div", { class: cls(bad && "bad") }, h("dt", {}, name), h("dd", {}, value));
}

/** The last minute and a half as a line; `most` is the top of the scale. */
function chart(name, values, most, now) {
  const top = Math.max(most, ...values) || 1;
  const points = values.map((value, i) => `${(i * 100) / 89},${(30 - (28 * value) / top).toFixed(2)}`);
  return h("figure", { class: "chart" },
    h("figcaption", {}, h("span", {}, name), h("b", {}, now)),
    h("svg", { viewBox: "0 0 100 30", preserveAspectRatio: "none", "aria-hidden": "true" },
      points.length > 1 && h("polygon", { points: `0,30 ${points.join(" ")} ${((values.length - 1) * 100) / 89},30` }),
      h("polyline", { points: points.join(" ") })));
}

function log(state) {
  const { lang } = state;
  return h("ol", { class: "scroll log", key: "log", tabindex: "0" },
    state.log.length === 0 && h("li", { class: "empty" }, t(lang, "log_empty")),
    [...state.log].reverse().map((entry, i) =>
      h("li", { key: `${entry.at} ${state.log.length - i}`, class: entry.level },
        h("time", {}, clock(entry.at)), h("span", {}, entry.text))));
}
