/** The two dialogs: "end this show?", and the list of shortcuts. */

import { h, patch } from "../viewer/dom.js";
import { t } from "./i18n.js";

export function askToStop(dialog, lang, stop) {
  show(
    dialog,
    h("h2", { id: "dialog-title" }, t(lang, "stop_title")),
    h("p", {}, t(lang, "stop_text")),
    h("div", { class: "row end" },
      h("button", { type: "button", class: "ghost", autofocus: true, onclick: () => dialog.close() }, t(lang, "cancel")),
      h("button", { type: "button", class: "danger", onclick: () => { dialog.close(); stop(); } }, t(lang, "stop"))),
  );
}

export function helpDialog(dialog, lang, keys) {
  show(
    dialog,
    h("h2", { id: "dialog-title" }, t(lang, "shortcuts")),
    h("dl", { class: "keys" },
      keys.map(([key, text]) => h("div", {}, h("dt", {}, h("kbd", {}, key)), h("dd", {}, t(lang, text))))),
    h("div", { class: "row end" },
      h("button", { type: "button", class: "ghost", onclick: () => dialog.close() }, t(lang, "close"))),
  );
}

function show(dialog, ...kids) {
  patch(dialog, h("div", { class: "sheet" }, kids));
  if (!dialog.open) dialog.showModal();
}
