/** Shows a code, waits until it was written in a platform's chat, then goes to the show as that account. */

const code = document.querySelector("#code");
const state = document.querySelector("#state");
const post = (url) => fetch(url, { method: "POST" });
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

async function run() {
  for (;;) {
    const asked = await post("/api/link");
    if (!asked.ok) {
      state.textContent = (await asked.json().catch(() => ({}))).text ?? "…";
      await pause(10_000);
      continue;
    }
    const { code: letters, ticket } = await asked.json();
    code.textContent = `!link ${letters}`;
    state.textContent = "";
    for (;;) {
      await pause(2000);
      const answer = await post(`/api/link/${encodeURIComponent(ticket)}`).catch(() => null);
      if (!answer) continue;
      if (!answer.ok) break; // it is out of date: another one
      const { linked } = await answer.json();
      if (!linked) continue;
      state.textContent = `${linked.platform}: ${linked.name} ✓`;
      await pause(1200);
      location.replace("/");
      return;
    }
  }
}

run();
