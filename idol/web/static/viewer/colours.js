/** What a colour's name looks like. A name we do not know gets a neutral, striped swatch. */

const NAMES = [
  [["black", "ink", "黑", "墨"], "#1b1b22"],
  [["offwhite", "off-white", "cream", "ivory", "米白", "奶白", "象牙"], "#f6efdf"],
  [["white", "snow", "白"], "#ffffff"],
  [["navy", "midnight", "藏青", "藏蓝", "深蓝"], "#1f2c57"],
  [["sky", "mist blue", "ice", "天蓝", "浅蓝", "雾蓝", "冰蓝"], "#9fcdf0"],
  [["teal", "peacock", "孔雀"], "#1c8a8c"],
  [["mint", "薄荷"], "#a6e3c9"],
  [["sage", "olive", "鼠尾草", "橄榄", "军绿"], "#8a9a6c"],
  [["blue", "蓝"], "#3f78e0"],
  [["green", "绿"], "#3f9c62"],
  [["wine", "burgundy", "maroon", "酒红"], "#7a2036"],
  [["rose", "玫瑰"], "#e0607f"],
  [["peach", "apricot", "coral", "桃", "杏", "珊瑚"], "#ffb08f"],
  [["pink", "blush", "sakura", "粉", "樱"], "#f7a8c4"],
  [["red", "红"], "#d8344a"],
  [["orange", "amber", "橙", "橘"], "#f08a3c"],
  [["champagne", "gold", "香槟", "金"], "#d9b26a"],
  [["yellow", "lemon", "黄", "柠檬"], "#f5d04a"],
  [["lavender", "lilac", "薰衣草", "丁香", "浅紫"], "#c3b1ec"],
  [["purple", "violet", "紫"], "#7c4fc4"],
  [["khaki", "camel", "beige", "sand", "oat", "卡其", "驼", "米", "沙", "燕麦"], "#cdb08a"],
  [["brown", "coffee", "mocha", "chocolate", "棕", "咖", "摩卡", "巧克力"], "#6f4a35"],
  [["silver", "银"], "#c9ccd4"],
  [["charcoal", "graphite", "炭", "石墨", "深灰"], "#45464f"],
  [["grey", "gray", "ash", "灰"], "#9a9ba4"],
];

/** A CSS colour for a colour's name in Chinese or English, or "" if we cannot tell. */
export function swatch(name) {
  const low = name.toLowerCase();
  // Longer words first within the table's order: "navy blue" is navy, "off-white" is not white.
  for (const [words, colour] of NAMES) if (words.some((word) => low.includes(word))) return colour;
  return "";
}
