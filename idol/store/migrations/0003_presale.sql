-- Presale, offers and after sale; written by the rules of the first file.

-- What a coupon took off the order's lines: total = sum of lines - discount.
ALTER TABLE orders ADD COLUMN discount INTEGER NOT NULL DEFAULT 0 CHECK (discount >= 0);
-- The supply row that a line was promised from; null on lines older than this column.
ALTER TABLE order_lines ADD COLUMN supply INTEGER REFERENCES supply (id);

-- Money on its way back, each refund once. The sum of a payment's refunds never passes its
-- capture: `idol.commerce.refunds` is the only writer.
CREATE TABLE refunds (
  id        TEXT    PRIMARY KEY,                     -- also the provider's idempotency key
  reference TEXT    NOT NULL REFERENCES payments (reference),
  order_id  TEXT    NOT NULL REFERENCES orders (id),
  amount    INTEGER NOT NULL CHECK (amount > 0),
  currency  TEXT    NOT NULL,
  reason    TEXT    NOT NULL CHECK (reason IN
    ('order', 'unwanted', 'tier', 'delay', 'return', 'goodwill', 'provider')),
  cause     TEXT    NOT NULL UNIQUE,                 -- what it is for, so that it happens once
  state     TEXT    NOT NULL DEFAULT 'due' CHECK (state IN ('due', 'done')),
  told      INTEGER NOT NULL DEFAULT 0,              -- the provider has reported it itself
  at        DOUBLE PRECISION NOT NULL
);
CREATE INDEX refunds_reference ON refunds (reference);
CREATE INDEX refunds_order ON refunds (order_id);

-- ---- supply

CREATE TABLE suppliers (
  id      TEXT    PRIMARY KEY,
  name    TEXT    NOT NULL,
  minimum INTEGER NOT NULL DEFAULT 1 CHECK (minimum > 0),    -- pieces to an order
  step    INTEGER NOT NULL DEFAULT 1 CHECK (step > 0),       -- orders are multiples of it
  most    INTEGER NOT NULL CHECK (most >= minimum),          -- pieces it can make at once
  lead    INTEGER NOT NULL CHECK (lead >= 0),                -- its working days from order to ready
  rest    TEXT    NOT NULL DEFAULT '5,6',                    -- weekdays off, Monday is 0
  url     TEXT    NOT NULL DEFAULT '',                       -- where production orders go
  sent    INTEGER NOT NULL DEFAULT 0                         -- the last sequence number given out
);

-- Days that differ from the weekly rest, of a supplier or (place '') of the warehouse.
CREATE TABLE calendar_days (
  place TEXT    NOT NULL,
  day   TEXT    NOT NULL,
  works INTEGER NOT NULL CHECK (works IN (0, 1)),
  PRIMARY KEY (place, day)
);

-- How late each delivery was: the source of every supplier's 90th percentile.
CREATE TABLE arrivals (
  id       TEXT    PRIMARY KEY,
  supplier TEXT    NOT NULL REFERENCES suppliers (id),
  due_on   TEXT    NOT NULL,
  came_on  TEXT    NOT NULL,
  late     INTEGER NOT NULL CHECK (late >= 0),               -- the supplier's working days
  at       DOUBLE PRECISION NOT NULL
);
CREATE INDEX arrivals_supplier ON arrivals (supplier, at);

-- What a `supply` row of kind 'lot' is in the factory.
CREATE TABLE lots (
  supply   INTEGER NOT NULL UNIQUE REFERENCES supply (id),
  name     TEXT    NOT NULL UNIQUE,
  supplier TEXT    NOT NULL REFERENCES suppliers (id),
  state    TEXT    NOT NULL CHECK (state IN
    ('planned', 'open', 'closed', 'ordered', 'acknowledged', 'arrived', 'cancelled')),
  first_on TEXT    NOT NULL,                                 -- ready date as first agreed
  made_at  DOUBLE PRECISION NOT NULL
);

CREATE TABLE production_orders (
  id          TEXT    PRIMARY KEY,
  lot         TEXT    NOT NULL REFERENCES lots (name),
  supplier    TEXT    NOT NULL REFERENCES suppliers (id),
  sku         TEXT    NOT NULL REFERENCES variants (sku),
  quantity    INTEGER NOT NULL CHECK (quantity > 0),
  ready_on    TEXT    NOT NULL,
  state       TEXT    NOT NULL CHECK (state IN
    ('proposed', 'approved', 'sent', 'acknowledged', 'refused', 'withdrawn')),
  sequence    INTEGER,                                       -- from approval on, without gaps
  reason      TEXT    NOT NULL,                              -- JSON by language
  approved_by TEXT    NOT NULL DEFAULT '',
  made_at     DOUBLE PRECISION NOT NULL,
  sent_at     DOUBLE PRECISION,
  answered_at DOUBLE PRECISION,
  UNIQUE (supplier, sequence)
);

-- One row to a minute in which a variant was on air: the adviser's evidence.
CREATE TABLE demand_minutes (
  sku      TEXT    NOT NULL REFERENCES variants (sku),
  minute   INTEGER NOT NULL,                                 -- Unix time / 60
  viewers  INTEGER NOT NULL CHECK (viewers >= 0),
  sold_out INTEGER NOT NULL CHECK (sold_out IN (0, 1)),
  PRIMARY KEY (sku, minute)
);

CREATE TABLE delays (
  id        TEXT NOT NULL PRIMARY KEY,
  lot       TEXT NOT NULL REFERENCES lots (name),
  was_on    TEXT NOT NULL,
  now_on    TEXT NOT NULL,
  reason    TEXT NOT NULL,                                   -- JSON by language
  answer_by DOUBLE PRECISION NOT NULL,
  at        DOUBLE PRECISION NOT NULL,
  by_whom   TEXT NOT NULL
);

-- Each buyer's own answer. The promise on the order line stays as it was frozen; what the
-- buyer agreed to stands here beside it.
CREATE TABLE delay_answers (
  delay      TEXT    NOT NULL REFERENCES delays (id),
  order_id   TEXT    NOT NULL REFERENCES orders (id),
  line       INTEGER NOT NULL,
  was_on     TEXT    NOT NULL,
  now_on     TEXT    NOT NULL,
  state      TEXT    NOT NULL CHECK (state IN ('asked', 'consented', 'refunded', 'moot')),
  answered_at DOUBLE PRECISION,
  PRIMARY KEY (delay, order_id, line)
);
CREATE INDEX delay_answers_order ON delay_answers (order_id, line);

-- ---- offers

-- A group price: the more pieces are paid by the close, the less each one costs.
CREATE TABLE groups_open (
  id        TEXT    PRIMARY KEY,
  listing   INTEGER NOT NULL REFERENCES listings (number),
  currency  TEXT    NOT NULL,
  opens_at  DOUBLE PRECISION NOT NULL,
  closes_at DOUBLE PRECISION NOT NULL CHECK (closes_at > opens_at),
  state     TEXT    NOT NULL CHECK (state IN ('open', 'settled')),
  pieces    INTEGER,                                         -- at the close
  final     INTEGER                                          -- unit price at the close; null: none
);
CREATE UNIQUE INDEX groups_listing ON groups_open (listing) WHERE state = 'open';
CREATE TABLE group_tiers (
  id    TEXT    NOT NULL REFERENCES groups_open (id),
  least INTEGER NOT NULL CHECK (least > 0),
  minor INTEGER NOT NULL CHECK (minor > 0),
  PRIMARY KEY (id, least)
);

-- Pieces that are kept back and put on sale later (放单).
CREATE TABLE waves (
  id       TEXT    PRIMARY KEY,
  sku      TEXT    NOT NULL REFERENCES variants (sku),
  quantity INTEGER NOT NULL CHECK (quantity > 0),
  at       DOUBLE PRECISION,                                 -- null: released by hand
  state    TEXT    NOT NULL CHECK (state IN ('planned', 'released', 'withdrawn'))
);

CREATE TABLE waitlist (
  id         TEXT    PRIMARY KEY,
  viewer     TEXT    NOT NULL,
  viewer_name TEXT   NOT NULL,
  platform   TEXT    NOT NULL,
  sku        TEXT    NOT NULL REFERENCES variants (sku),
  quantity   INTEGER NOT NULL CHECK (quantity > 0),
  state      TEXT    NOT NULL CHECK (state IN ('waiting', 'offered', 'left')),
  made_at    DOUBLE PRECISION NOT NULL,
  hold       TEXT    REFERENCES holds (id),
  source     TEXT    NOT NULL CHECK (source IN ('chat', 'tap')),
  message    TEXT    NOT NULL,
  segment    TEXT    NOT NULL,
  utterance  TEXT    NOT NULL,
  licence    TEXT    NOT NULL
);
CREATE UNIQUE INDEX waitlist_once ON waitlist (viewer, sku) WHERE state = 'waiting';
CREATE INDEX waitlist_next ON waitlist (sku, made_at, id) WHERE state = 'waiting';

CREATE TABLE coupons (
  code       TEXT    PRIMARY KEY,
  kind       TEXT    NOT NULL CHECK (kind IN ('amount', 'percent')),
  value      INTEGER NOT NULL CHECK (value > 0),             -- minor units, or hundredths of a percent
  currency   TEXT    NOT NULL,
  least      INTEGER NOT NULL CHECK (least >= 0),            -- order value from which it counts
  listing    INTEGER REFERENCES listings (number),           -- null: any
  viewer     TEXT    NOT NULL DEFAULT '',                    -- empty: anybody's
  uses       INTEGER NOT NULL CHECK (uses > 0),
  used       INTEGER NOT NULL DEFAULT 0,
  per_viewer INTEGER NOT NULL CHECK (per_viewer > 0),
  from_at    DOUBLE PRECISION NOT NULL,
  until_at   DOUBLE PRECISION NOT NULL,
  origin     TEXT    NOT NULL DEFAULT '',                    -- the red packet it was won in
  CHECK (0 <= used AND used <= uses),
  CHECK (kind = 'amount' OR value < 10000)
);
CREATE INDEX coupons_viewer ON coupons (viewer) WHERE viewer <> '';
CREATE TABLE coupon_uses (
  order_id TEXT    PRIMARY KEY REFERENCES orders (id),
  code     TEXT    NOT NULL REFERENCES coupons (code),
  viewer   TEXT    NOT NULL,
  minor    INTEGER NOT NULL CHECK (minor > 0),
  state    TEXT    NOT NULL CHECK (state IN ('taken', 'given_back')),
  at       DOUBLE PRECISION NOT NULL
);
CREATE INDEX coupon_uses_viewer ON coupon_uses (code, viewer) WHERE state = 'taken';

-- Red packets (福袋). `commitment` is published when it opens, `seed` when it is drawn.
CREATE TABLE packets (
  id         TEXT    PRIMARY KEY,
  title      TEXT    NOT NULL,                               -- JSON by language
  prizes     TEXT    NOT NULL,                               -- JSON: [{"minor", "count"}]
  currency   TEXT    NOT NULL,
  most       INTEGER NOT NULL CHECK (most > 0),              -- entrants: bounds the odds from below
  commitment TEXT    NOT NULL,
  seed       TEXT    NOT NULL,
  opens_at   DOUBLE PRECISION NOT NULL,
  closes_at  DOUBLE PRECISION NOT NULL CHECK (closes_at > opens_at),
  good_for   DOUBLE PRECISION NOT NULL CHECK (good_for > 0), -- seconds a prize may be used
  state      TEXT    NOT NULL CHECK (state IN ('open', 'drawn')),
  entries    TEXT    NOT NULL DEFAULT ''                     -- digest of all entries, at the draw
);
CREATE TABLE packet_entries (
  packet TEXT    NOT NULL REFERENCES packets (id),
  place  INTEGER NOT NULL,
  viewer TEXT    NOT NULL,
  nonce  TEXT    NOT NULL,                                   -- the viewer's own share of the chance
  at     DOUBLE PRECISION NOT NULL,
  prize  INTEGER,                                            -- index of the prize won
  coupon TEXT    REFERENCES coupons (code),
  PRIMARY KEY (packet, viewer),
  UNIQUE (packet, place)
);

-- ---- after sale

CREATE TABLE parcels (
  id           TEXT NOT NULL PRIMARY KEY,
  order_id     TEXT NOT NULL REFERENCES orders (id),
  carrier      TEXT NOT NULL,
  tracking     TEXT NOT NULL,
  shipped_at   DOUBLE PRECISION NOT NULL,
  delivered_at DOUBLE PRECISION,
  UNIQUE (carrier, tracking)
);
CREATE INDEX parcels_order ON parcels (order_id);
CREATE TABLE parcel_lines (
  parcel   TEXT    NOT NULL REFERENCES parcels (id),
  order_id TEXT    NOT NULL REFERENCES orders (id),
  line     INTEGER NOT NULL,
  PRIMARY KEY (order_id, line)
);

CREATE TABLE returns (
  id        TEXT    PRIMARY KEY,
  order_id  TEXT    NOT NULL REFERENCES orders (id),
  line      INTEGER NOT NULL,
  quantity  INTEGER NOT NULL CHECK (quantity > 0),
  reason    TEXT    NOT NULL,
  state     TEXT    NOT NULL CHECK (state IN ('asked', 'approved', 'refused', 'received')),
  answer    TEXT    NOT NULL DEFAULT '',
  amount    INTEGER NOT NULL DEFAULT 0 CHECK (amount >= 0),
  asked_at  DOUBLE PRECISION NOT NULL,
  closed_at DOUBLE PRECISION
);
CREATE INDEX returns_order ON returns (order_id, line);

-- Persons who asked to be forgotten, and when the last of what the law keeps may go.
CREATE TABLE erasures (
  viewer    TEXT PRIMARY KEY,
  asked_at  DOUBLE PRECISION NOT NULL,
  finish_at DOUBLE PRECISION NOT NULL
);
