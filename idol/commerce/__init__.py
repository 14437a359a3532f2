"""The shop: what may be sold, who holds what, and what was paid. See `service.Shop`."""
