"""What it means, what changed, when to look."""
