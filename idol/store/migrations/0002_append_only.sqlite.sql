-- Prices and events are never rewritten, not even by hand.
CREATE TRIGGER prices_keep BEFORE UPDATE ON prices
  BEGIN SELECT RAISE(ABORT, 'prices are append-only'); END;
CREATE TRIGGER prices_stay BEFORE DELETE ON prices
  BEGIN SELECT RAISE(ABORT, 'prices are append-only'); END;
CREATE TRIGGER events_keep BEFORE UPDATE ON events
  BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
