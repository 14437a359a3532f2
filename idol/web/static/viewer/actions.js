/** What a viewer can do. Each act changes the state at once and tells the host. */

import { t } from "./i18n.js";
import { orderActions } from "./orders.js";
import { applied } from "./perks.js";
import { randomId } from "./socket.js";
import { firstChoice } from "./variants.js";
import { check } from "./verify.js";
import { MOST_LETTERS } from "./chat.js";

const PATIENCE_MS = 8000;

/** `save(name, value)` keeps a small thing between visits. */
export function actions({ store, socket, save, toggleSound }) {
  const text = (key) => t(store.state.lang, key);
  function sheet(name, choice) {
    const { sheet: before, choice: was, packets } = store.state;
    if (before === "packet" && packets[was?.packet]?.state === "drawn") store.send({ type: "my_seen", packet: was.packet });
    store.send({ type: "my_sheet", sheet: name, choice });
  }

  function sendChat(id, words) {
    store.send({ type: "my_chat", id, text: words });
    socket.send({ type: "chat", id, text: words }); // else it goes when the line is open again
  }

  /** Send something that must be answered; it is sent again after a reconnect, same key. */
  function request(message) {
    if (store.state.link !== "open") {
      store.send({ type: "my_notice", level: "warn", text: text("offline_action") });
      return;
    }
    store.send({ type: "my_asked", message });
    socket.send(message);
    setTimeout(
      () => store.send({ type: "my_given_up", key: message.key, text: text("no_answer") }),
      PATIENCE_MS,
    );
  }

  return {
    ...orderActions({ store }),
    sheet,
    toggleSound,
    shut: () => sheet(null),
    submit(event) {
      event.preventDefault();
      const input = event.target.querySelector("input");
      const words = input.value.trim().slice(0, MOST_LETTERS);
      if (!words) return;
      input.value = "";
      sendChat(randomId(), words);
    },
    /** A refused line is a new message to the host: the old id has had its answer. */
    again(line) {
      store.send({ type: "my_unsay", id: line.id });
      sendChat(randomId(), line.text);
    },
    find(id) {
      const line = document.querySelector(`[data-id="${CSS.escape(id)}"]`);
      line?.scrollIntoView({ block: "center", behavior: "smooth" });
      line?.classList.remove("found");
      void line?.offsetWidth; // restart the animation
      line?.classList.add("found");
    },
    pick(listing, quantity = 1) {
      socket.send({ type: "click", listing: listing.number });
      sheet("picker", { listing: listing.number, quantity, ...firstChoice(listing) });
    },
    choose: (choice) => store.send({ type: "my_choice", choice }),
    hold(listing, sku, quantity) {
      request({ type: "hold", key: randomId(), listing, sku, quantity });
    },
    /** One hold, or several as `together` puts them. */
    confirm(hold) {
      const coupon = applied(store.state, hold)?.code;
      const what = hold.holds ? { holds: hold.holds } : { hold: hold.id };
      request({ type: "confirm", key: randomId(), ...what, ...(coupon ? { coupon } : {}) });
    },
    enter: (packet) => request({ type: "enter", key: randomId(), packet: packet.id, nonce: randomId() }),
    openPacket: (packet) => sheet("packet", { packet: packet.id }),
    /** Compute the draw again from what is published. */
    async check(packet) {
      try {
        const answer = await fetch(`/api/packets/${encodeURIComponent(packet.id)}`);
        if (!answer.ok) throw new Error(String(answer.status));
        store.send({ type: "my_checked", packet: packet.id, wrong: await check(await answer.json()) });
      } catch {
        store.send({ type: "my_notice", level: "warn", text: text("no_answer") });
      }
    },
    claim: (code) => request({ type: "claim", key: randomId(), code }),
    claimCode(event) {
      event.preventDefault();
      const input = event.target.querySelector("input");
      const code = input.value.trim();
      if (code) request({ type: "claim", key: randomId(), code });
      input.value = "";
    },
    use: (hold, code) => store.send({ type: "my_use", hold: hold.id, code }),
    wait: (sku, quantity) => request({ type: "wait", key: randomId(), sku, quantity }),
    unwait: (sku) => request({ type: "unwait", key: randomId(), sku }),
    letGo: (hold) => socket.send({ type: "cancel", hold: hold.id }),
    shutAsk: () => store.send({ type: "my_shut_ask" }),
    shutNotice: (key) => store.send({ type: "my_shut_notice", key }),
    toggleCaptions() {
      store.send({ type: "my_captions" });
      save("captions", store.state.captions ? "on" : "off");
    },
    switchLanguage() {
      const lang = store.state.lang === "zh" ? "en" : "zh";
      store.send({ type: "my_language", lang });
      save("lang", lang);
      socket.send({ type: "language", language: lang });
    },
    saveName(event) {
      event.preventDefault();
      const name = event.target.querySelector("input").value.trim().slice(0, 24);
      if (name) {
        store.send({ type: "my_name", name });
        socket.send({ type: "name", name });
      }
      sheet(null);
    },
  };
}
