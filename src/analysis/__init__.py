"""The analysis wing: what a notebook imports, from parameters to the finished page."""
