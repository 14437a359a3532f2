-- In a rush every hold is written without an order: nothing need be written here for it.
DROP INDEX holds_order;
CREATE INDEX holds_order ON holds (order_id) WHERE order_id IS NOT NULL;
