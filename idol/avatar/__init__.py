"""Her body: an avatar folder, how it moves, and what draws it."""
