/** What the desk knows: a pure reducer over the host's events (docs/protocol.md). */

const CHAT_KEPT = 200;
const LOG_KEPT = 300;
const SALES_KEPT = 200;
const SAMPLES_KEPT = 90;

export function initial(lang) {
  return {
    lang,
    ready: false,
    link: "connecting",
    video: "connecting",
    sound: false,
    skew: 0, // host clock minus ours, seconds
    show: { title: "", language: "zh", currency: "CNY" },
    idol: { name: "" },
    listings: {},
    chat: [],
    caption: "",
    card: null,
    viewers: 0,
    run: null, // Stage.status()
    runAt: 0, // our time at which it came
    stats: null,
    samples: [], // {fps, cpu} of the last seconds
    totals: null,
    sales: [], // newest first
    log: [], // newest last
    tab: "health",
    open: {}, // listing number -> its variants are shown
    editing: null, // {sku, from, to, sure}
    chosen: null, // segment id picked in the run of show
    sayLanguage: null,
    saying: false, // the say box waits for its answer
  };
}

const handlers = {
  hello(state, event, now) {
    const run = event.state ?? null;
    return {
      ...state,
      ready: true,
      link: "open",
      skew: event.now - now,
      show: event.show,
      idol: event.idol,
      listings: Object.fromEntries(event.listings.map((item) => [item.number, item])),
      chat: event.chat,
      card: event.card ?? null,
      viewers: event.viewers,
      run,
      runAt: now,
      stats: event.stats?.processes ? event.stats : state.stats,
      totals: event.totals ?? null,
      sales: [...(event.sales ?? [])].reverse(),
      log: event.log ?? [],
      sayLanguage: state.sayLanguage ?? event.show.language,
      saying: false,
    };
  },
  chat(state, { type: _type, ...line }) {
    const chat = [...state.chat.filter((old) => old.id !== line.id), line];
    return { ...state, chat: chat.slice(-CHAT_KEPT) };
  },
  caption: (state, event) => ({ ...state, caption: event.text }),
  caption_end: (state) => ({ ...state, caption: "" }),
  card: (state, event) => ({ ...state, card: event.listing }),
  viewers: (state, event) => ({ ...state, viewers: event.count }),
  listing(state, { type: _type, ...item }) {
    return { ...state, listings: { ...state.listings, [item.number]: item } };
  },
  state(state, { type: _type, ...run }, now) {
    return { ...state, run, runAt: now, card: run.card ?? state.card };
  },
  stats(state, event) {
    const cpu = event.processes.reduce((sum, process) => sum + process.cpu, 0);
    const samples = [...state.samples, { fps: event.fps, cpu }].slice(-SAMPLES_KEPT);
    return { ...state, stats: event, samples };
  },
  totals: (state, { type: _type, ...totals }) => ({ ...state, totals }),
  sale(state, { type: _type, ...sale }) {
    const sales = [sale, ...state.sales.filter((old) => old.id !== sale.id)];
    return { ...state, sales: sales.slice(0, SALES_KEPT) };
  },
  log(state, { type: _type, ...entry }) {
    return { ...state, log: [...state.log, entry].slice(-LOG_KEPT) };
  },
};

/** The next state; the same object if the event is not known. `now`: our Unix time, seconds. */
export function reduce(state, event, now) {
  return handlers[event.type]?.(state, event, now) ?? state;
}

/** Seconds that the current segment has been on. */
export function elapsed(state, now) {
  if (!state.run?.segment) return 0;
  return state.run.paused ? state.run.elapsed : state.run.elapsed + Math.max(0, now - state.runAt);
}

/** How much of a segment is done, 0 to 1: by time where it has one, else by lines. */
export function progress(state, segment, now) {
  if (segment.seconds) return Math.min(1, elapsed(state, now) / segment.seconds);
  return segment.lines ? Math.min(1, (state.run.line + 0.5) / segment.lines) : 0;
}
