"""Clarion: status updates during incidents, from the first alert to the proof."""

__version__ = "0.1.0"
