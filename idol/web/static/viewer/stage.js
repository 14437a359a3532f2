/** Around the picture: who and how many, labels, controls, sound, captions, and what goes wrong. */

import { cls, h } from "./dom.js";
import { t } from "./i18n.js";
import { icon } from "./icons.js";
import { said } from "./variants.js";
import { iconButton } from "./widgets.js";

const words = (value, lang) => (typeof value === "string" ? value : said(value, lang));

/** The top line: idol, title, viewers, the AI label that is always there, and the controls. */
export function top(state, act) {
  const { lang } = state;
  const name = words(state.idol.name, lang);
  return [
    h(
      "div",
      { class: "who glass", key: "who" },
      h("span", { class: "face", "aria-hidden": "true" }, [...name][0] ?? icon("spark", 18)),
      h(
        "div",
        { class: "who-words" },
        h("strong", { class: "clip" }, name || t(lang, "connecting")),
        h("span", { class: "ai-label", title: t(lang, "ai_explain") }, aiLabel(state)),
      ),
    ),
    h("h1", { class: "show-title clip", key: "title" }, words(state.show.title, lang)),
    h(
      "div",
      { class: "labels", key: "labels" },
      h(
        "span",
        { class: "label", key: "viewers" },
        h("span", { class: "live-dot", "aria-hidden": "true" }),
        state.ready ? t(lang, "watching", { n: state.viewers }) : t(lang, "live"),
      ),
      state.sponsor &&
        h("span", { class: "label label-sponsor", key: "sponsor" }, t(lang, "sponsor", { name: words(state.sponsor, lang) })),
    ),
    h(
      "div",
      { class: "controls", key: "controls" },
      iconButton(state.sound ? "sound" : "muted", t(lang, state.sound ? "sound_off" : "sound_on"), act.toggleSound, {
        "aria-keyshortcuts": "m",
      }),
      iconButton("captions", t(lang, state.captions ? "captions_off" : "captions_on"), act.toggleCaptions, {
        class: state.captions ? "on" : "",
        "aria-pressed": String(state.captions),
        "aria-keyshortcuts": "c",
      }),
      h(
        "button",
        {
          type: "button",
          class: "icon-button language",
          title: t(lang, "language_switch"),
          "aria-label": t(lang, "language_switch"),
          lang: lang === "zh" ? "en" : "zh",
          onclick: act.switchLanguage,
        },
        lang === "zh" ? "EN" : "中",
      ),
      iconButton("person", t(lang, "me_open", { name: state.viewer.name }), () => act.sheet("me")),
    ),
  ];
}

function aiLabel(state) {
  const given = state.aiLabel;
  if (given && typeof given === "object") return said(given, state.lang);
  return t(state.lang, "ai_label");
}

/** What lies over the picture: the sound invitation, the state of the stream, the caption. */
export function overlay(state, act) {
  const { lang } = state;
  const note =
    state.video === "slow"
      ? t(lang, "slow")
      : state.video === "lost" || state.video === "full"
        ? t(lang, `video_${state.video}`)
        : state.link === "lost"
          ? t(lang, "chat_lost")
          : "";
  return [
    note && h("div", { class: "note glass", key: "note", role: "status" }, h("span", { class: "spinner", "aria-hidden": "true" }), note),
    !state.sound &&
      state.video === "playing" &&
      h(
        "button",
        { type: "button", class: "tap-sound", key: "sound", onclick: act.toggleSound },
        h(
          "span",
          { class: "tap-orb", "aria-hidden": "true" },
          h("span", { class: "tap-ring" }),
          h("span", { class: "tap-ring tap-ring-late" }),
          h("span", { class: "bars" }, [1, 2, 3, 4, 5].map((n) => h("i", { key: n }))),
        ),
        h("span", { class: "tap-words" }, t(lang, "tap_sound")),
      ),
  ];
}

/** The line she is saying. */
export const caption = (state) =>
  state.captions &&
  state.caption &&
  h("p", { class: "caption", key: state.caption.utterance, lang: state.caption.language }, h("span", null, state.caption.text));

/** Veil and light before the first picture: never a black hole. */
export const poster = (state) =>
  state.video !== "playing" &&
  state.video !== "slow" &&
  h(
    "div",
    { class: cls("poster", state.video === "lost" && "poster-lost"), key: "poster" },
    h("span", { class: "poster-ring", "aria-hidden": "true" }),
    state.video === "connecting" && h("span", { class: "poster-words" }, t(state.lang, "connecting")),
  );

/** Notices, newest last. */
export const toasts = (state, act) =>
  state.notices.map((notice) =>
    h(
      "div",
      { class: cls("toast glass", `toast-${notice.level}`), key: notice.key, role: notice.level === "warn" ? "alert" : "status" },
      icon(notice.level === "warn" ? "warn" : "info", 20),
      h("span", null, notice.text),
      iconButton("close", t(state.lang, "close"), () => act.shutNotice(notice.key), { class: "small" }),
    ),
  );

/** The celebration of a buyer. The picture shows its own; this one stands in while it cannot. */
export const thanks = (state) =>
  state.thanks &&
  state.video !== "playing" &&
  h(
    "div",
    { class: "thanks", key: state.thanks.key },
    h("span", { class: "thanks-heart", "aria-hidden": "true" }, icon("heart", 30)),
    h("strong", null, t(state.lang, "thanks", { name: state.thanks.name })),
  );

/** The sheet in which a viewer sets the name she calls them by. */
export function me(state, act) {
  const { lang } = state;
  return h(
    "form",
    { class: "sheet-body me", key: "me", onsubmit: act.saveName },
    h("label", { for: "my-name", class: "soft" }, t(lang, "me_hint")),
    h("input", { id: "my-name", type: "text", maxlength: 24, autocomplete: "nickname", placeholder: state.viewer.name }),
    h("button", { class: "primary wide" }, t(lang, "save")),
  );
}
