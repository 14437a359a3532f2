"""Outputs: where the encoded packets go beside the viewers. See `idol.ports.Output`."""
