"""Processing provider over the same workflows."""
