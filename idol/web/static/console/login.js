/** The door: one password, printed where the show was started. */

import { h } from "../viewer/dom.js";
import { t } from "./i18n.js";

/** `enter()` is called when the host has let us in; `language()` switches the language. */
export function loginForm(lang, { enter, language }) {
  async function submit(event) {
    event.preventDefault();
    const form = event.target;
    const [button, error] = [form.querySelector("[type=submit]"), form.querySelector(".error")];
    button.disabled = true;
    error.textContent = "";
    const answer = await fetch("/console/login", {
      method: "POST",
      headers: { "Content-Type": "application/json", "Accept-Language": lang },
      body: JSON.stringify({ password: form.elements.password.value }),
    }).catch(() => null);
    button.disabled = false;
    if (answer?.status === 204) return enter();
    const body = await answer?.json().catch(() => null);
    error.textContent = body?.text ?? t(lang, "no_answer");
    form.elements.password.select();
  }
  return h(
    "form",
    { class: "door", onsubmit: submit },
    h("button", { type: "button", class: "ghost lang", onclick: language, title: t(lang, "language_switch") }, t(lang, "language")),
    h("div", { class: "mark", "aria-hidden": "true" }),
    h("h1", {}, "Idol"),
    h("p", { class: "dim" }, t(lang, "title")),
    // For password managers, which want to know whose password it is.
    h("input", { type: "text", name: "username", autocomplete: "username", value: "operator", hidden: true }),
    h("label", {}, h("span", {}, t(lang, "password")),
      h("input", { name: "password", type: "password", autocomplete: "current-password", required: true, spellcheck: "false" })),
    h("p", { class: "error", role: "alert", opaque: true }),
    h("button", { type: "submit", class: "primary" }, t(lang, "log_in")),
    h("p", { class: "dim small" }, t(lang, "log_in_hint")),
  );
}
