"""Calls the rooms in order, decides nothing: walk | read | parse | merge | group | compose | render | deliver."""

from frtfeed.pipeline.building import Built, build
from frtfeed.pipeline.stopwatch import Stopwatch

__all__ = ["Built", "Stopwatch", "build"]
