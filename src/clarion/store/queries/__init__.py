"""Reads. A screen that only shows something calls one of these."""
