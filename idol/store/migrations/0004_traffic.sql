-- Who was there, what they saw, heard, tapped and wrote: what sales are traced through.
-- Written in batches, never by the sale itself; times are Unix seconds.

-- What she said. `line` stays the same from show to show while its words do.
CREATE TABLE spoken (
  utterance  TEXT PRIMARY KEY,
  line       TEXT NOT NULL,
  segment    TEXT NOT NULL,
  listing    INTEGER,
  source     TEXT NOT NULL,
  language   TEXT NOT NULL,
  text       TEXT NOT NULL,
  started_at DOUBLE PRECISION NOT NULL,
  ended_at   DOUBLE PRECISION,
  heard      INTEGER NOT NULL DEFAULT 0              -- characters
);
CREATE INDEX spoken_started ON spoken (started_at);

-- One page of one viewer, from its opening to its end.
CREATE TABLE visits (
  id        TEXT PRIMARY KEY,
  viewer    TEXT NOT NULL,
  joined_at DOUBLE PRECISION NOT NULL,
  left_at   DOUBLE PRECISION,
  machine   INTEGER NOT NULL DEFAULT 0               -- it said that it is a program
);
CREATE INDEX visits_viewer ON visits (viewer);

-- A product's card in the picture, for everybody who is there.
CREATE TABLE shown (
  id        TEXT PRIMARY KEY,
  at        DOUBLE PRECISION NOT NULL,
  until_at  DOUBLE PRECISION,
  listing   INTEGER NOT NULL,
  segment   TEXT NOT NULL,
  utterance TEXT NOT NULL
);

CREATE TABLE clicks (
  id        TEXT PRIMARY KEY,
  at        DOUBLE PRECISION NOT NULL,
  viewer    TEXT NOT NULL,
  listing   INTEGER NOT NULL,
  segment   TEXT NOT NULL,
  utterance TEXT NOT NULL
);
CREATE INDEX clicks_viewer ON clicks (viewer);

-- Chat, so that a sale can show the words that made it.
CREATE TABLE remarks (
  id      TEXT PRIMARY KEY,
  message TEXT NOT NULL,
  viewer  TEXT NOT NULL,
  at      DOUBLE PRECISION NOT NULL,
  text    TEXT NOT NULL
);
CREATE INDEX remarks_message ON remarks (viewer, message);
