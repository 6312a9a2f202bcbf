"""Dock, panels, dialogs: gestures out, values in."""
