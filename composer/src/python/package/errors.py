"""The exceptions."""

__all__ = []


def bind():
    """Puts the exceptions where the bindings look for theirs."""
