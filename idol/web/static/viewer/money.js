/** Money as the host sends it, `{minor, currency}`, for people. */

const LOCALES = { zh: "zh-CN", en: "en-US" };
const formats = new Map();

function format(lang, currency) {
  const key = `${lang}:${currency}`;
  if (!formats.has(key)) {
    formats.set(
      key,
      new Intl.NumberFormat(LOCALES[lang] ?? lang, {
        style: "currency",
        currency,
        currencyDisplay: "narrowSymbol",
      }),
    );
  }
  return formats.get(key);
}

/** Minor units in one major unit: 100 for CNY, 1 for JPY. */
export function unitsPerMajor(currency) {
  return 10 ** format("en", currency).resolvedOptions().maximumFractionDigits;
}

/**
 * Split into `{symbol, whole, fraction}` so that a price tag can set them in different sizes.
 * `fraction` keeps its decimal sign and is empty for round amounts.
 */
export function parts(money, lang) {
  const pieces = format(lang, money.currency).formatToParts(
    money.minor / unitsPerMajor(money.currency),
  );
  const of = (...types) =>
    pieces
      .filter((piece) => types.includes(piece.type))
      .map((piece) => piece.value)
      .join("");
  const round = money.minor % unitsPerMajor(money.currency) === 0;
  return {
    symbol: of("minusSign") + of("currency"),
    whole: of("integer", "group"),
    fraction: round ? "" : of("decimal", "fraction"),
  };
}

/** One string: "¥89.90", "¥199". */
export function text(money, lang) {
  const { symbol, whole, fraction } = parts(money, lang);
  return symbol + whole + fraction;
}

/** Whole percent saved from `was` to `price`, or 0 where there is nothing to boast of. */
export function saved(price, was) {
  if (!was || was.currency !== price.currency || was.minor <= price.minor) return 0;
  return Math.floor((100 * (was.minor - price.minor)) / was.minor);
}
