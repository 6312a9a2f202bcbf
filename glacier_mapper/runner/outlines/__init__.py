"""Trace, clean, measure and write outlines."""
