"""Turn series of figures into indicators: pure functions, with no file and no drawing."""
