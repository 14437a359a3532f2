/** Keyboard shortcuts. They rest while somebody types or a dialog is open. */

/** [what is shown, text key] for the help. */
export const KEYS = [
  ["Space", "key_space"],
  ["N", "key_n"],
  ["M", "key_m"],
  ["S", "key_s"],
  ["J", "key_j"],
  ["1–9", "key_digit"],
  ["V", "key_v"],
  ["L", "key_l"],
  ["Shift+X", "key_x"],
  ["?", "key_help"],
];

export function wireKeys(act, awake) {
  const byKey = {
    n: act.skip,
    m: act.mute,
    s: act.focusSay,
    "/": act.focusSay,
    j: act.focusRun,
    v: act.sound,
    l: act.language,
    "?": act.help,
  };
  addEventListener("keydown", (event) => {
    if (event.key === "Escape") document.activeElement?.blur();
    const typing = event.target.closest?.("input, textarea, select");
    if (!awake() || typing || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    const key = event.key.toLowerCase();
    let deed = byKey[key];
    if (event.key === " " && !event.target.closest("button, a")) deed = act.pauseOrResume;
    else if (event.shiftKey && key === "x") deed = act.stop;
    else if (/^\d$/.test(key)) deed = () => act.pin(key === "0" ? null : Number(key));
    if (!deed) return;
    event.preventDefault();
    deed();
  });
}

/** Arrow keys move the focus among the buttons of a list. */
export function arrows(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  const all = [...event.currentTarget.querySelectorAll(".segment")];
  const next = all[all.indexOf(document.activeElement) + step];
  if (next) {
    event.preventDefault();
    next.focus();
  }
}
