/** Line icons on a 24 px grid, drawn for this page. They are decoration: buttons carry the words. */

import { h } from "./dom.js";

const PATHS = {
  bag: ["M5.5 8.5h13l1 11.5h-15z", "M8.7 11V7a3.3 3.3 0 0 1 6.6 0v4"],
  cart: ["M3 4.5h2.4l2.3 10.6h9.8l2-7.6H6.3", "M9.3 19.3h.01", "M16.4 19.3h.01"],
  sound: ["M4 9.5v5h3.5l4.5 4v-13l-4.5 4z", "M15.5 9a4.2 4.2 0 0 1 0 6", "M18.2 6.5a7.8 7.8 0 0 1 0 11"],
  muted: ["M4 9.5v5h3.5l4.5 4v-13l-4.5 4z", "M16 9.8l4.4 4.4", "M20.4 9.8L16 14.2"],
  captions: ["M3.5 6h17v12h-17z", "M10.3 10.5a2 2 0 1 0 0 3", "M16.8 10.5a2 2 0 1 0 0 3"],
  globe: ["M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17z", "M3.8 12h16.4", "M12 3.5c5 5 5 12 0 17c-5-5-5-12 0-17z"],
  person: ["M12 4.2a3.9 3.9 0 1 0 0 7.8 3.9 3.9 0 0 0 0-7.8z", "M4.8 20c.8-7 13.6-7 14.4 0"],
  send: ["M4 12l16-8-5.5 16.5-3-6.5z", "M11.5 14L20 4"],
  close: ["M6 6l12 12", "M18 6L6 18"],
  plus: ["M12 5v14", "M5 12h14"],
  minus: ["M5 12h14"],
  check: ["M5 12.8l4.6 4.6L19 7.5"],
  truck: ["M2.8 6.5h11v10h-11z", "M13.8 10h4l3.2 3.4v3.1h-7.2", "M7.2 18.3h.01", "M17.2 18.3h.01"],
  down: ["M6 9.5l6 6 6-6"],
  reply: ["M9.5 6L4.5 11l5 5", "M5 11h8.5a6 6 0 0 1 6 6v1"],
  bolt: ["M13 3L5.5 13.5H11L10 21l8-11h-5.5z"],
  heart: ["M12 20C2 13.5 3.5 5.5 8 5.2c2 0 3.2 1.1 4 2.6.8-1.5 2-2.6 4-2.6 4.5.3 6 8.3-4 14.8z"],
  info: ["M12 3.8a8.2 8.2 0 1 0 0 16.4 8.2 8.2 0 0 0 0-16.4z", "M12 11v5.5", "M12 7.8h.01"],
  warn: ["M12 4.2L21 19.5H3z", "M12 10v4.5", "M12 17h.01"],
  wave: ["M4 10v4", "M8 7v10", "M12 4v16", "M16 8v8", "M20 10.5v3"],
  spark: ["M12 3.5l2 6.5 6.5 2-6.5 2-2 6.5-2-6.5-6.5-2 6.5-2z"],
};

/** An icon by name. */
export const icon = (name, size = 22) =>
  h(
    "svg",
    { viewBox: "0 0 24 24", width: size, height: size, class: "icon", "aria-hidden": "true", focusable: "false" },
    PATHS[name].map((d) => h("path", { d })),
  );
