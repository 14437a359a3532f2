/** One modal dialog for all sheets. The browser keeps the focus inside and gives it back. */

let keyed = false; // the last that came was a key, not a finger

/** Wire `dialog` so that Escape, the back gesture and a tap beside the panel call `onshut`. */
export function wireSheet(dialog, onshut) {
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    onshut();
  });
  dialog.addEventListener("pointerdown", (event) => {
    if (event.target === dialog) onshut();
  });
  addEventListener("keydown", () => (keyed = true), true);
  addEventListener("pointerdown", () => (keyed = false), true);
}

/** Open or shut the dialog as the state says. */
export function syncSheet(dialog, name) {
  if (name && !dialog.open) dialog.showModal();
  if (!name && dialog.open) dialog.close();
  if (name && dialog.dataset.name !== name) dialog.querySelector(".sheet-scroll").scrollTop = 0;
  dialog.dataset.name = name ?? "";
  // The button that was pressed is gone, for the next step: the keyboard goes on there.
  if (name && keyed && document.activeElement === document.body)
    dialog.querySelector(".primary:not(:disabled)")?.focus();
}
