"""Values, rules, messages and errors: standard library and numpy only, used by both processes."""
