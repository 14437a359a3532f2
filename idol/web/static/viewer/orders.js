/** What can be done with an order that is not paid yet: over HTTP, so it works without the show. */

import { t } from "./i18n.js";

/** `here` leads to the payment in this tab; else in a new one, so that the show goes on. */
export function orderActions({ store, here = false }) {
  async function post(order, verb) {
    try {
      const response = await fetch(`/api/orders/${encodeURIComponent(order.id)}/${verb}`, { method: "POST" });
      if (!response.ok) throw new Error(String(response.status));
      const fresh = await response.json();
      store.send({ ...fresh, type: "order" });
      return fresh;
    } catch {
      store.send({ type: "my_notice", level: "warn", text: t(store.state.lang, "no_answer") });
      return null;
    }
  }

  return {
    here,
    /** Ask for the way to pay and go there. If a new tab is refused, the button is a link now. */
    async askToPay(order) {
      const fresh = await post(order, "pay");
      if (!fresh?.pay_url) return;
      if (here) location.assign(fresh.pay_url);
      else open(fresh.pay_url, "_blank", "noopener");
    },
    cancelOrder: (order) => post(order, "cancel"),
  };
}
