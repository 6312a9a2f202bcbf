"""Simulated scenes."""
