"""Adapters that move money somewhere else; the ledger stays the truth about orders."""
