"""One file per intention of the user: capture, compute, apply."""
