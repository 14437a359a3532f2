"""A page on which every parameter of an idol can be moved by hand: `idol avatar preview`."""
