"""Where the rooms meet: the run of show, the director, and the stage that performs it."""
