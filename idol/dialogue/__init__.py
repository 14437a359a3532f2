"""Her mind: which message to answer, what is true, how to say it, and proof before speech."""
