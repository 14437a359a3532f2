"""Sponsored segments: a signed grant, a pure decision, and a record of every airing."""
