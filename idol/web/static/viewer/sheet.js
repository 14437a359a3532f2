/** One modal dialog for all sheets. The browser keeps the focus inside and gives it back. */

/** Wire `dialog` so that Escape, the back gesture and a tap beside the panel call `onshut`. */
export function wireSheet(dialog, onshut) {
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    onshut();
  });
  dialog.addEventListener("pointerdown", (event) => {
    if (event.target === dialog) onshut();
  });
}

/** Open or shut the dialog as the state says. */
export function syncSheet(dialog, name) {
  if (name && !dialog.open) dialog.showModal();
  if (!name && dialog.open) dialog.close();
  if (name && dialog.dataset.name !== name) dialog.querySelector(".sheet-scroll").scrollTop = 0;
  dialog.dataset.name = name ?? "";
}
