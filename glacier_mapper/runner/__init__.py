"""The model runner: its own process, its own environment."""
