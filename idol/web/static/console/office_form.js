/** A dialog for one action, drawn from what the host says that it asks for. */

import { h, patch } from "../viewer/dom.js";
import { t } from "./office_words.js";

const WIDE = new Set(["reason_zh", "reason_en", "answer", "url", "tiers", "prizes", "title_zh", "title_en", "tracking"]);
/** Fields whose value is one of what the books hold. */
const CHOICES = {
  sku: (books) => books.variants.map((item) => item.sku),
  supplier: (books) => books.suppliers.map((item) => item.id),
};

export function openForm(dialog, { lang, name, fields, known, books, send }) {
  let error = "";
  let busy = false;
  const shown = fields.filter((field) => !(field.name in known));

  const submit = async (event) => {
    event.preventDefault();
    if (busy) return;
    busy = true;
    const body = { do: name, ...known };
    for (const field of shown) {
      const input = event.target.elements.namedItem(field.name);
      const value = read(field, input);
      if (value !== undefined) body[field.name] = value;
    }
    error = await send(body);
    busy = false;
    if (error) draw();
    else dialog.close();
  };

  function draw() {
    patch(dialog, h("form", { class: "sheet", onsubmit: submit, key: name },
      h("h2", { id: "dialog-title" }, t(lang, name)),
      Object.keys(known).length > 0 && h("p", { class: "hint" }, Object.entries(known).map(([key, value]) => `${t(lang, `f_${key}`)} ${value}`).join(" · ")),
      h("div", { class: "form" }, shown.map((field) => control(lang, field, books))),
      h("p", { class: "error", role: "alert" }, error),
      h("div", { class: "row end" },
        h("button", { type: "button", class: "ghost", onclick: () => dialog.close() }, t(lang, "close")),
        h("button", { type: "submit", class: "primary" }, t(lang, "ok")))));
  }

  patch(dialog);
  draw();
  if (!dialog.open) dialog.showModal();
}

function control(lang, field, books) {
  const label = t(lang, `f_${field.name}`);
  const first = field.value ?? "";
  if (field.type === "bool")
    return h("label", { class: "check wide", key: field.name },
      h("input", { type: "checkbox", name: field.name, checked: Boolean(field.value ?? true) }), label);
  const choices = CHOICES[field.name]?.(books);
  return h("label", { class: WIDE.has(field.name) ? "wide" : "", key: field.name }, label,
    choices?.length
      ? h("select", { name: field.name, required: field.required }, choices.map((value) => h("option", { key: value, value }, value)))
      : h("input", {
          name: field.name,
          type: field.type === "date" ? "date" : "text",
          inputmode: field.type === "number" ? "decimal" : undefined,
          required: field.required,
          value: Array.isArray(first) ? first.join(",") : String(first),
          autocomplete: "off",
          placeholder: field.required ? "" : t(lang, "optional"),
        }));
}

function read(field, input) {
  if (field.type === "bool") return input.checked;
  const text = input.value.trim();
  if (text === "") return field.required ? "" : undefined;
  if (field.type === "number") return Number(text);
  if (field.type === "numbers") return text.split(/[,，\s]+/).filter(Boolean).map(Number);
  return text;
}
