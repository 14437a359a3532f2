"""Outside shops that take the order as a cart and the money by their own checkout."""
