"""The parts of `make evaluate`."""
