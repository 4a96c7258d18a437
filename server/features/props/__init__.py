"""Props: things that people take, pass on and put down, one holder at a time."""

from server.features.props.feature import Props

__all__ = ["Props"]
