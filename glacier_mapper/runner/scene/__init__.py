"""Sources onto one grid, in physical units."""
