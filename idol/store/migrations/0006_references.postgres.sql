-- In a rush PostgreSQL spends a quarter of its time looking up, row by row, what each new hold
-- refers to. Here that is looked up once for all the rows of a statement. It is as strict: what
-- is referred to cannot be deleted, and a reference cannot be changed. (By subqueries, as a join
-- might be planned to read the whole of `holds`.)
ALTER TABLE holds DROP CONSTRAINT holds_listing_fkey, DROP CONSTRAINT holds_sku_fkey;
ALTER TABLE hold_parts
  DROP CONSTRAINT hold_parts_hold_fkey, DROP CONSTRAINT hold_parts_supply_fkey;

CREATE FUNCTION holds_refer() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF EXISTS (SELECT 1 FROM added a
               WHERE (SELECT v.sku FROM variants v WHERE v.sku = a.sku) IS NULL
                  OR (SELECT l.number FROM listings l WHERE l.number = a.listing) IS NULL) THEN
      RAISE EXCEPTION 'a hold refers to no variant or listing'
        USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
  END $$;
CREATE TRIGGER holds_refer AFTER INSERT ON holds REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION holds_refer();

CREATE FUNCTION hold_parts_refer() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF EXISTS (SELECT 1 FROM added a
               WHERE (SELECT h.id FROM holds h WHERE h.id = a.hold) IS NULL
                  OR (SELECT s.id FROM supply s WHERE s.id = a.supply) IS NULL) THEN
      RAISE EXCEPTION 'a part refers to no hold or supply'
        USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
  END $$;
CREATE TRIGGER hold_parts_refer AFTER INSERT ON hold_parts REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION hold_parts_refer();

CREATE FUNCTION referred_to() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN RAISE EXCEPTION 'rows of % are referred to', TG_TABLE_NAME
    USING ERRCODE = 'foreign_key_violation'; END $$;
CREATE TRIGGER listings_keep BEFORE DELETE OR UPDATE OF number ON listings
  FOR EACH ROW EXECUTE FUNCTION referred_to();
CREATE TRIGGER variants_keep BEFORE DELETE OR UPDATE OF sku ON variants
  FOR EACH ROW EXECUTE FUNCTION referred_to();
CREATE TRIGGER supply_keep BEFORE DELETE OR UPDATE OF id ON supply
  FOR EACH ROW EXECUTE FUNCTION referred_to();
CREATE TRIGGER holds_keep BEFORE UPDATE OF id, listing, sku ON holds
  FOR EACH ROW EXECUTE FUNCTION referred_to();
CREATE FUNCTION hold_gone() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF EXISTS (SELECT 1 FROM hold_parts WHERE hold = OLD.id) THEN
      RAISE EXCEPTION 'hold % still has reserved pieces', OLD.id
        USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN OLD;
  END $$;
CREATE TRIGGER holds_stay BEFORE DELETE ON holds FOR EACH ROW EXECUTE FUNCTION hold_gone();
CREATE TRIGGER hold_parts_keep BEFORE UPDATE ON hold_parts
  FOR EACH ROW EXECUTE FUNCTION referred_to();
