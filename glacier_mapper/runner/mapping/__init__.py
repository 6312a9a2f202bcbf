"""Read, predict, write."""
