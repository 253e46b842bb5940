"""How a command fails."""


class ToolingError(Exception):
    """A failure told in one sentence that says what to do; `main` prints it, without a traceback."""
