"""Training and fine-tuning of the registry's networks on tiles."""
