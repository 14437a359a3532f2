-- Prices and events are never rewritten, not even by hand.
CREATE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN RAISE EXCEPTION '% are append-only', TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation'; END $$;
CREATE TRIGGER prices_keep BEFORE UPDATE OR DELETE ON prices
  FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER events_keep BEFORE UPDATE ON events
  FOR EACH ROW EXECUTE FUNCTION append_only();
