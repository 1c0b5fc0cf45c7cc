"""The factory wing: what runs the notebooks, records them, and publishes what they give."""
