/** Every text of the desk, in both languages. `{name}` is filled in from the parameters. */

const TEXTS = {
  title: { zh: "导播台", en: "Control desk" },
  password: { zh: "启动时显示的密码", en: "Password printed at start" },
  log_in: { zh: "进入", en: "Log in" },
  log_in_hint: { zh: "密码在运行 idol live 的终端里。", en: "It is in the terminal that runs idol live." },
  log_out: { zh: "退出登录", en: "Log out" },
  no_answer: { zh: "服务器没有回应。", en: "The host does not answer." },
  language: { zh: "EN", en: "中文" },
  language_switch: { zh: "Switch to English", en: "切换到中文" },
  shortcuts: { zh: "快捷键", en: "Keyboard shortcuts" },
  close: { zh: "关闭", en: "Close" },
  cancel: { zh: "取消", en: "Cancel" },

  on_air: { zh: "直播中", en: "ON AIR" },
  paused: { zh: "已暂停", en: "PAUSED" },
  stopped: { zh: "已结束", en: "ENDED" },
  link_lost: { zh: "连接断开，正在重连…", en: "Connection lost, reconnecting…" },
  viewers: { zh: "观众", en: "Viewers" },
  players: { zh: "播放", en: "Players" },
  fps: { zh: "帧率", en: "Frames/s" },
  cpu: { zh: "处理器", en: "CPU" },

  monitor: { zh: "监看画面", en: "Programme" },
  video_connecting: { zh: "正在连接画面…", en: "Connecting the picture…" },
  video_slow: { zh: "画面停顿", en: "The picture has stalled" },
  video_lost: { zh: "画面断开，正在重连…", en: "Picture lost, reconnecting…" },
  sound_on: { zh: "打开监听", en: "Listen" },
  sound_off: { zh: "关闭监听", en: "Stop listening" },
  reload: { zh: "重载形象", en: "Reload her" },
  reload_title: { zh: "按形象文件夹的现状重新烘焙，画面不停，做好后换上", en: "Bake her again as her folder is now; the picture goes on and she changes between two frames" },
  reloading: { zh: "正在烘焙…", en: "Baking…" },
  reloaded: { zh: "形象已更新", en: "She is on air as her folder is now" },
  office: { zh: "店务", en: "Back office" },
  pause: { zh: "暂停", en: "Pause" },
  resume: { zh: "继续", en: "Resume" },
  skip: { zh: "下一环节", en: "Next" },
  mute: { zh: "暂停回复", en: "Mute replies" },
  unmute: { zh: "恢复回复", en: "Allow replies" },
  muted: { zh: "不回复弹幕", en: "REPLIES MUTED" },
  stop: { zh: "结束直播", en: "End show" },
  stop_title: { zh: "结束这场直播？", en: "End this show?" },
  stop_text: { zh: "她会立刻停下，观众的画面会断开。已有订单不受影响。", en: "She stops at once and viewers lose the picture. Orders are kept." },
  busy_script: { zh: "台词", en: "Script" },
  busy_reply: { zh: "回复观众", en: "Answering" },
  busy_courtesy: { zh: "致谢", en: "Courtesy" },
  busy_operator: { zh: "插播", en: "Operator" },
  busy_rest: { zh: "等待提问", en: "Waiting" },
  silent: { zh: "（安静）", en: "(silent)" },

  run: { zh: "节目单", en: "Run of show" },
  lap: { zh: "第 {n} 轮", en: "Round {n}" },
  jump: { zh: "跳到这里", en: "Jump here" },
  jump_to: { zh: "跳到环节：{name}", en: "Jump to segment: {name}" },
  line_of: { zh: "{n}/{all} 句", en: "line {n}/{all}" },
  lines: { zh: "{n} 句", en: "{n} lines" },
  refused: { zh: "已跳过：", en: "Skipped: " },
  kind_greeting: { zh: "开场", en: "Greeting" },
  kind_pitch: { zh: "讲解", en: "Pitch" },
  kind_demo: { zh: "演示", en: "Demo" },
  kind_qa: { zh: "问答", en: "Q&A" },
  kind_flash: { zh: "秒杀", en: "Flash" },
  kind_presale: { zh: "预售", en: "Presale" },
  kind_sponsored: { zh: "赞助", en: "Sponsor" },
  kind_closing: { zh: "收尾", en: "Closing" },

  say: { zh: "让她说", en: "Say now" },
  say_place: { zh: "马上打断，说这句话…", en: "She breaks off and says this…" },
  say_hint: { zh: "发送前会核对商品资料", en: "Checked against the facts first" },
  speak: { zh: "说", en: "Speak" },
  said: { zh: "已插播", en: "On its way" },

  products: { zh: "商品", en: "Products" },
  product: { zh: "商品", en: "Product" },
  price: { zh: "价格", en: "Price" },
  stock: { zh: "库存", en: "Stock" },
  sold: { zh: "已售", en: "Sold" },
  pin: { zh: "置顶", en: "Pin" },
  unpin: { zh: "取消置顶", en: "Unpin" },
  pin_this: { zh: "置顶 {n} 号链接", en: "Pin link {n}" },
  on_card: { zh: "画面中", en: "On screen" },
  presale_n: { zh: "预售 {n}", en: "Presale {n}" },
  sold_out: { zh: "售罄", en: "Sold out" },
  flash: { zh: "秒杀中 {time}", en: "Flash {time}" },
  variants: { zh: "{n} 个款式", en: "{n} variants" },
  edit_stock: { zh: "修改 {name} 的库存，现在 {n} 件", en: "Edit stock of {name}, now {n}" },
  set_to: { zh: "{from} → {to}", en: "{from} → {to}" },
  confirm: { zh: "确认", en: "Confirm" },
  stock_set: { zh: "库存已更新", en: "Stock updated" },

  chat: { zh: "弹幕", en: "Chat" },
  chat_empty: { zh: "还没有人说话。", en: "Nobody has written yet." },
  host: { zh: "主播", en: "Host" },
  system: { zh: "系统", en: "System" },
  newer: { zh: "↓ 新消息", en: "↓ New messages" },

  orders: { zh: "订单", en: "Orders" },
  orders_empty: { zh: "还没有订单。", en: "No orders yet." },
  gmv: { zh: "成交额", en: "Revenue" },
  paid_orders: { zh: "已付款", en: "Paid" },
  all_orders: { zh: "下单", en: "Orders" },
  pieces: { zh: "件数", en: "Pieces" },
  refunded: { zh: "退款", en: "Refunded" },
  state_awaiting_payment: { zh: "待付款", en: "Unpaid" },
  state_paid: { zh: "已付款", en: "Paid" },
  state_cancelled: { zh: "已取消", en: "Cancelled" },
  state_refunded: { zh: "已退款", en: "Refunded" },
  state_shipped: { zh: "已发货", en: "Shipped" },

  health: { zh: "运行状况", en: "Health" },
  log: { zh: "日志", en: "Log" },
  log_empty: { zh: "没有记录。", en: "Nothing logged." },
  repeated: { zh: "重复帧", en: "Repeated" },
  late_audio: { zh: "迟到音频", en: "Late audio" },
  render: { zh: "绘制", en: "Render" },
  encode: { zh: "编码", en: "Encode" },
  queue: { zh: "语音余量", en: "Speech queued" },
  load: { zh: "负载", en: "Load" },
  process: { zh: "进程", en: "Process" },
  memory: { zh: "内存", en: "Memory" },
  restarts: { zh: "重启", en: "Restarts" },
  down: { zh: "停机", en: "down" },

  key_space: { zh: "暂停 / 继续", en: "Pause / resume" },
  key_n: { zh: "下一环节", en: "Next segment" },
  key_m: { zh: "暂停 / 恢复回复", en: "Mute / allow replies" },
  key_s: { zh: "让她说一句", en: "Say now" },
  key_j: { zh: "到节目单（↑↓ 选择，回车跳转）", en: "Run of show (↑↓ choose, Enter jumps)" },
  key_digit: { zh: "置顶该号链接，0 取消", en: "Pin that link, 0 unpins" },
  key_v: { zh: "监听开 / 关", en: "Listen on / off" },
  key_l: { zh: "中文 / English", en: "English / 中文" },
  key_x: { zh: "结束直播", en: "End show" },
  key_help: { zh: "显示快捷键", en: "Show shortcuts" },
};

export function t(lang, key, values = {}) {
  const text = TEXTS[key]?.[lang] ?? TEXTS[key]?.zh ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

/** Text that the host gives in both languages, `{zh, en}`, or as one string. */
export function words(value, lang) {
  if (value && typeof value === "object") return value[lang] ?? value.zh ?? value.en ?? "";
  return value ?? "";
}

/** A reason that the host writes as "中文 / English". */
export function half(text, lang) {
  const at = text.indexOf(" / ");
  if (at < 0) return text;
  return lang === "zh" ? text.slice(0, at) : text.slice(at + 3);
}
