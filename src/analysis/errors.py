"""The one base of every error that a user of Neraca is meant to read."""


class NeracaError(ValueError):
    """Say what is wrong, where, and what to do next, in one or two sentences.

    The command line prints the message without a traceback; anything else that is raised
    is a defect of Neraca and keeps its traceback.
    """
