-- The ledger. Plain SQL that both SQLite and PostgreSQL read, so that either can hold it.
-- Money is integer minor units; times are Unix seconds; dates are ISO text; ids are text.

CREATE TABLE listings (
  number     INTEGER PRIMARY KEY,
  product    TEXT    NOT NULL,
  title      TEXT    NOT NULL,                       -- JSON by language
  per_viewer INTEGER NOT NULL DEFAULT 0 CHECK (per_viewer >= 0),
  state      TEXT    NOT NULL DEFAULT 'open' CHECK (state IN ('draft', 'open', 'closed'))
);

CREATE TABLE variants (
  sku      TEXT    PRIMARY KEY,
  listing  INTEGER NOT NULL REFERENCES listings (number),
  position INTEGER NOT NULL,
  label    TEXT    NOT NULL                          -- JSON by language
);
CREATE INDEX variants_listing ON variants (listing, position);

-- Append-only: the price in force is computed, never stored. A flash entry without `minor`
-- ends the flash before it.
CREATE TABLE prices (
  id       INTEGER PRIMARY KEY,
  sku      TEXT    NOT NULL REFERENCES variants (sku),
  kind     TEXT    NOT NULL CHECK (kind IN ('regular', 'flash')),
  minor    INTEGER CHECK (minor >= 0),
  was      INTEGER CHECK (was > minor),
  currency TEXT    NOT NULL,
  from_at  DOUBLE PRECISION NOT NULL,
  until_at DOUBLE PRECISION,
  CHECK (minor IS NOT NULL OR kind = 'flash')
);
CREATE INDEX prices_sku ON prices (sku, kind, id);

-- Everything that can be promised. Stock in hand and presale lots take the same path, and
-- the CHECK is the last line of defence against overselling.
CREATE TABLE supply (
  id       INTEGER PRIMARY KEY,
  sku      TEXT    NOT NULL REFERENCES variants (sku),
  kind     TEXT    NOT NULL CHECK (kind IN ('on_hand', 'lot')),
  capacity INTEGER NOT NULL,
  reserved INTEGER NOT NULL DEFAULT 0,
  ready_on TEXT,                                     -- a lot's date out of the factory
  delay    INTEGER NOT NULL DEFAULT 0 CHECK (delay >= 0),   -- the supplier's P90, working days
  supplier TEXT    NOT NULL DEFAULT '',
  state    TEXT    NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'closed')),
  CHECK (0 <= reserved AND reserved <= capacity),
  CHECK ((kind = 'lot') = (ready_on IS NOT NULL))
);
CREATE INDEX supply_sku ON supply (sku, kind, ready_on, id);
CREATE UNIQUE INDEX supply_on_hand ON supply (sku) WHERE kind = 'on_hand';

CREATE TABLE orders (
  id          TEXT    PRIMARY KEY,
  number      TEXT    NOT NULL UNIQUE,
  viewer      TEXT    NOT NULL,
  viewer_name TEXT    NOT NULL,
  platform    TEXT    NOT NULL,
  state       TEXT    NOT NULL CHECK (state IN
    ('awaiting_payment', 'paid', 'shipped', 'cancelled', 'refunded')),
  total       INTEGER NOT NULL CHECK (total >= 0),
  currency    TEXT    NOT NULL,
  created_at  DOUBLE PRECISION NOT NULL,
  pay_by      DOUBLE PRECISION NOT NULL,
  paid_at     DOUBLE PRECISION
);
CREATE INDEX orders_viewer ON orders (viewer, created_at);

-- A hold owns its reserved pieces from the chat message to the parcel: live -> confirmed
-- (an order waits for payment) -> sold -> shipped. `expires_at` is null once it is sold.
CREATE TABLE holds (
  id          TEXT    PRIMARY KEY,
  viewer      TEXT    NOT NULL,
  viewer_name TEXT    NOT NULL,
  platform    TEXT    NOT NULL,
  listing     INTEGER NOT NULL REFERENCES listings (number),
  sku         TEXT    NOT NULL REFERENCES variants (sku),
  quantity    INTEGER NOT NULL CHECK (quantity > 0),
  unit        INTEGER NOT NULL CHECK (unit >= 0),
  currency    TEXT    NOT NULL,
  state       TEXT    NOT NULL CHECK (state IN
    ('live', 'confirmed', 'sold', 'shipped', 'cancelled', 'expired', 'returned')),
  created_at  DOUBLE PRECISION NOT NULL,
  expires_at  DOUBLE PRECISION,
  ships_by    TEXT    NOT NULL,                      -- the last of its parts' dates
  order_id    TEXT    REFERENCES orders (id),
  source      TEXT    NOT NULL CHECK (source IN ('chat', 'tap')),
  message     TEXT    NOT NULL,
  segment     TEXT    NOT NULL,
  utterance   TEXT    NOT NULL,
  licence     TEXT    NOT NULL
);
CREATE INDEX holds_due ON holds (expires_at) WHERE state IN ('live', 'confirmed');
CREATE INDEX holds_viewer ON holds (viewer, listing);
CREATE INDEX holds_order ON holds (order_id);
CREATE INDEX holds_sold ON holds (listing, state) WHERE state IN ('sold', 'shipped');

-- Which supply rows a hold has reserved, each with the date that was promised for it.
CREATE TABLE hold_parts (
  hold     TEXT    NOT NULL REFERENCES holds (id),
  supply   INTEGER NOT NULL REFERENCES supply (id),
  quantity INTEGER NOT NULL CHECK (quantity > 0),
  ships_by TEXT    NOT NULL,
  PRIMARY KEY (hold, supply)
);

-- Frozen at the moment of sale: nothing here follows the catalogue afterwards.
CREATE TABLE order_lines (
  order_id  TEXT    NOT NULL REFERENCES orders (id),
  line      INTEGER NOT NULL,
  hold      TEXT    NOT NULL REFERENCES holds (id),
  listing   INTEGER NOT NULL,
  sku       TEXT    NOT NULL,
  title     TEXT    NOT NULL,
  label     TEXT    NOT NULL,
  quantity  INTEGER NOT NULL CHECK (quantity > 0),
  unit      INTEGER NOT NULL CHECK (unit >= 0),
  ships_by  TEXT    NOT NULL,
  source    TEXT    NOT NULL,
  message   TEXT    NOT NULL,
  segment   TEXT    NOT NULL,
  utterance TEXT    NOT NULL,
  licence   TEXT    NOT NULL,
  PRIMARY KEY (order_id, line)
);

CREATE TABLE payments (
  reference  TEXT    PRIMARY KEY,
  order_id   TEXT    NOT NULL REFERENCES orders (id),
  provider   TEXT    NOT NULL,
  state      TEXT    NOT NULL CHECK (state IN
    ('started', 'failed', 'paid', 'refunding', 'refunded')),
  amount     INTEGER NOT NULL CHECK (amount >= 0),
  captured   INTEGER NOT NULL DEFAULT 0,
  refunded   INTEGER NOT NULL DEFAULT 0,
  currency   TEXT    NOT NULL,
  url        TEXT    NOT NULL DEFAULT '',
  attempt    INTEGER NOT NULL,
  created_at DOUBLE PRECISION NOT NULL,
  UNIQUE (order_id, attempt),
  CHECK (0 <= refunded AND refunded <= captured)
);

-- The first answer to each request, so that a repeated one gets it again.
CREATE TABLE idempotency (
  key     TEXT PRIMARY KEY,
  request TEXT NOT NULL,
  result  TEXT NOT NULL,
  at      DOUBLE PRECISION NOT NULL
);

CREATE TABLE inbox (
  id TEXT PRIMARY KEY,                               -- the provider's event id
  at DOUBLE PRECISION NOT NULL
);

-- Work for the outside world, committed with the change that caused it.
CREATE TABLE outbox (
  id      INTEGER PRIMARY KEY,
  topic   TEXT    NOT NULL,
  body    TEXT    NOT NULL,
  at      DOUBLE PRECISION NOT NULL,
  tries   INTEGER NOT NULL DEFAULT 0,
  next_at DOUBLE PRECISION NOT NULL,
  done_at DOUBLE PRECISION
);
CREATE INDEX outbox_due ON outbox (next_at) WHERE done_at IS NULL;

-- What happened, for the auditor. Never read by the shop itself.
CREATE TABLE events (
  id   INTEGER PRIMARY KEY,
  at   DOUBLE PRECISION NOT NULL,
  kind TEXT NOT NULL,
  body TEXT NOT NULL
);
