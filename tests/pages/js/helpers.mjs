// What the tests of the pure modules share: sample listings, holds and a hello.

export const cny = (minor) => ({ minor, currency: "CNY" });

export const variant = (sku, colour, size, left, more = {}) => ({
  sku,
  colour: colour ? { zh: `${colour}色`, en: colour } : {},
  size,
  left,
  presale: 0,
  ships_by: "2026-12-05",
  price: cny(19900),
  was: cny(29900),
  ...more,
});

export const jacket = (more = {}) => ({
  number: 1,
  id: "jacket",
  title: { zh: "外套", en: "Jacket" },
  picture: "",
  price: cny(19900),
  was: cny(29900),
  left: 8,
  presale: 0,
  ships_by: "2026-12-05",
  sold: 3,
  limit: 0,
  state: "live",
  flash_until: 0,
  variants: [
    variant("b-m", "black", "M", 3),
    variant("b-l", "black", "L", 5),
    variant("r-m", "red", "M", 0),
    variant("r-l", "red", "L", 0, { presale: 4 }),
  ],
  facts: [],
  ...more,
});

export const hold = (more = {}) => ({
  id: "h1",
  listing: 1,
  sku: "b-l",
  label: { zh: "黑色 L", en: "black L" },
  quantity: 1,
  unit: cny(19900),
  total: cny(19900),
  expires_at: 1300,
  ships_by: "2026-12-05",
  state: "live",
  ...more,
});

export const order = (more = {}) => ({
  id: "o1",
  number: "A1001",
  state: "awaiting_payment",
  lines: [{ ...hold(), title: { zh: "外套", en: "Jacket" } }],
  total: cny(19900),
  pay_url: "/pay",
  created_at: 1000,
  paid_at: 0,
  ...more,
});

export const hello = (more = {}) => ({
  type: "hello",
  viewer: { id: "v1", name: "小鱼" },
  show: { title: { zh: "专场", en: "Show" }, language: "zh", currency: "CNY" },
  idol: { name: "Aira" },
  ai_label: null,
  listings: [jacket()],
  holds: [],
  orders: [],
  chat: [],
  card: null,
  viewers: 2,
  now: 1000,
  ...more,
});
