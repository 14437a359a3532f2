"""Thousands of buyers of one hot item, in shops that are killed again and again.

    python -m idol.testing.crash [--buyers 10000] [--kills 1000] [--database sqlite postgres]

Every answer that a buyer hears is written down by the parent, which nobody kills. In the end
the ledger is compared with what was said: nothing oversold, nothing lost, no repeated request
answered otherwise than the first time.
"""
