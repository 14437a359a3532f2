"""Text to speech with lips: engines behind one port, the best at hand for each language."""
