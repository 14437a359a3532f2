/** The preview page: one socket; wishes go out as JSON, pictures come in as JPEG. */

const TEXTS = {
  title: ["形象调试台", "Avatar preview"], params: ["参数", "Parameters"],
  still: ["全部定住", "Hold all still"], free: ["全部放开", "Let all go"],
  emotion: ["情绪", "Emotion"], gesture: ["动作", "Gesture"], viseme: ["口型", "Mouth"],
  activity: ["状态", "Activity"], none: ["自动", "auto"], talk: ["说话", "Talk"],
  card: ["商品卡", "Card"], portrait: ["竖屏", "Portrait"], landscape: ["横屏", "Landscape"],
  stage: ["场景", "Stage"], theme: ["卡片主题", "Theme"], loading: ["载入中…", "Loading…"], live: ["实时", "Live"],
  errors: ["有错误，仍显示之前的画面：", "Not loaded; the picture before goes on:"],
  bad: ["有错误", "Mistakes"], lost: ["连接断开，重连中…", "Connection lost, trying again…"],
  remarks: ["提醒：", "Remarks:"], switch: ["EN", "中文"], release: ["放开", "let go"],
  neutral: ["平静", "neutral"], happy: ["开心", "happy"], excited: ["兴奋", "excited"],
  shy: ["害羞", "shy"], surprised: ["惊讶", "surprised"], thinking: ["思考", "thinking"],
  laughing: ["大笑", "laughing"], loving: ["喜爱", "loving"], touched: ["感动", "touched"],
  playful: ["调皮", "playful"], relaxed: ["放松", "relaxed"], worried: ["担心", "worried"],
  pouting: ["嘟嘴", "pouting"], sad: ["难过", "sad"], angry: ["生气", "angry"], proud: ["得意", "proud"],
  wave: ["挥手", "wave"], point: ["指商品", "point"], count: ["倒数", "count"],
  heart: ["比心", "heart"], clap: ["鼓掌", "clap"], bow: ["鞠躬", "bow"],
  present: ["展示", "present"], think: ["思考", "think"], cheer: ["欢呼", "cheer"],
  surprise: ["吃惊", "surprise"], nod: ["点头", "nod"], idle: ["闲置", "idle"], listening: ["倾听", "listening"],
  speaking: ["讲解", "speaking"], waiting: ["等付款", "waiting"], celebrating: ["庆祝", "celebrating"],
};
const query = (id) => document.getElementById(id);
const state = { language: navigator.language.startsWith("zh") ? "zh" : "en", params: {}, about: null,
  emotion: "neutral", viseme: null, activity: "idle", talk: false, card: false,
  orientation: "portrait", stage: "", theme: "night", told: null, version: 0, frames: 0 };
window.state = state;
const say = (key) => TEXTS[key]?.[state.language === "zh" ? 0 : 1] ?? key;
let socket = null;

function send(changes) {
  Object.assign(state, changes);
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(changes));
}

function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

function keys(kind, names, { small = false, toggle = true } = {}) {
  const row = element("div", { className: small ? "keys small" : "keys" });
  for (const name of names) {
    const button = element("button", { type: "button", textContent: name === null ? say("none") : say(name) });
    button.dataset.kind = kind;
    button.dataset.value = name ?? "";
    if (toggle) button.setAttribute("aria-pressed", String(state[kind] === name));
    button.onclick = () => {
      send({ [kind]: name });
      if (!toggle) return;
      for (const other of row.children) other.setAttribute("aria-pressed", String(other === button));
    };
    row.append(button);
  }
  return element("div", { className: "group" }, element("h2", { textContent: say(kind) }), row);
}

function flip(kind) {
  const button = element("button", { type: "button", textContent: say(kind) });
  button.dataset.kind = kind;
  button.setAttribute("aria-pressed", String(state[kind]));
  button.onclick = () => {
    send({ [kind]: !state[kind] });
    button.setAttribute("aria-pressed", String(state[kind]));
  };
  return button;
}

function choice(kind, names) {
  const select = element("select", { ariaLabel: say(kind) });
  for (const name of names) select.append(element("option", { value: name, textContent: say(name) }));
  select.value = state[kind];
  select.dataset.kind = kind;
  select.onchange = () => send({ [kind]: select.value });
  return select;
}

function slider(param) {
  const row = element("div", { className: "param" });
  const range = element("input", { type: "range", id: param.name, min: param.low, max: param.high, step: (param.high - param.low) / 200 });
  range.value = state.params[param.name] ?? param.rest;
  const value = element("button", { type: "button", title: say("release") });
  const show = () => {
    const held = param.name in state.params;
    row.classList.toggle("held", held);
    value.textContent = held ? Number(range.value).toFixed(param.high > 3 ? 0 : 2) : "—";
    value.setAttribute("aria-label", `${param.name}: ${held ? say("release") : say("none")}`);
  };
  range.oninput = () => { state.params[param.name] = Number(range.value); send({ params: state.params }); show(); };
  value.onclick = () => { delete state.params[param.name]; range.value = param.rest; send({ params: state.params }); show(); };
  show();
  row.append(element("label", { htmlFor: param.name, textContent: param.name.replace("Param", "") }), range, value);
  return row;
}

function draw() {
  const about = state.about;
  document.documentElement.lang = state.language === "zh" ? "zh-CN" : "en";
  document.title = `${about.folder} · ${say("title")}`;
  query("name").textContent = document.title;
  query("language").textContent = say("switch");
  query("canvas").setAttribute("aria-label", about.folder);
  for (const node of document.querySelectorAll("[data-text]")) node.textContent = say(node.dataset.text);
  query("frame").replaceChildren(choice("stage", about.stages), choice("orientation", ["portrait", "landscape"]), choice("theme", about.themes), flip("talk"), flip("card"));
  query("desk").replaceChildren(
    keys("emotion", about.emotions), keys("gesture", about.gestures, { toggle: false }),
    keys("activity", about.activities), keys("viseme", [null, ...about.visemes], { small: true }));
  query("params").replaceChildren(...about.params.map(slider));
  tell();
}

const loading = (told) => `${say("loading")} ${told.part > 0 ? `${Math.round(100 * told.part)}%` : ""}`;

function tell() {
  const told = state.told;
  const chip = query("state");
  const kind = !told ? "lost" : told.loading ? "loading" : told.errors.length ? "bad" : "live";
  chip.textContent = kind === "loading" ? loading(told) : say(kind);
  chip.className = `chip ${kind === "bad" || kind === "lost" ? "bad" : kind === "loading" ? "busy" : ""}`;
  query("wait").textContent = told && !told.version ? (told.errors.length ? "" : loading(told)) : "";
  const box = query("errors");
  const lines = told ? [...told.errors.map((text) => [text, ""]), ...told.remarks.map((text) => [text, "remark"])] : [];
  box.hidden = !lines.length;
  box.replaceChildren();
  if (lines.length) box.append(element("b", { textContent: say(told.errors.length ? "errors" : "remarks") }));
  for (const [text, className] of lines) box.append(element("p", { textContent: text, className }));
}

async function picture(data) {
  const bitmap = await createImageBitmap(data);
  const canvas = query("canvas");
  if (canvas.width !== bitmap.width || canvas.height !== bitmap.height) {
    canvas.width = bitmap.width;
    canvas.height = bitmap.height;
  }
  canvas.getContext("2d").drawImage(bitmap, 0, 0);
  bitmap.close();
  state.frames += 1;
}

function connect() {
  socket = new WebSocket(`ws://${location.host}/live`);
  socket.binaryType = "blob";
  socket.onopen = () => {
    const { params, emotion, viseme, activity, talk, card, orientation, stage, language, theme } = state;
    socket.send(JSON.stringify({ params, emotion, viseme, activity, talk, card, orientation, stage, language, theme }));
  };
  socket.onmessage = ({ data }) => {
    if (typeof data !== "string") return picture(data);
    state.told = JSON.parse(data);
    state.version = state.told.version;
    tell();
  };
  socket.onclose = () => { state.told = null; tell(); setTimeout(connect, 1000); };
}

query("still").onclick = () => {
  for (const param of state.about.params) state.params[param.name] ??= param.rest;
  send({ params: state.params });
  draw();
};
query("free").onclick = () => { state.params = {}; send({ params: {} }); draw(); };
query("language").onclick = () => { send({ language: state.language === "zh" ? "en" : "zh" }); draw(); };

state.about = await (await fetch("/about")).json();
state.stage = state.about.stages.includes("studio") ? "studio" : state.about.stages[0];
draw();
connect();
