"""The products of the demo shows, drawn as cut-outs of 800 x 800: every one our own invention.

Light comes from the upper left, a cool bounce from the right, as in the studio.
"""
