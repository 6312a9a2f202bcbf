"""Starts and talks to the model runner."""
