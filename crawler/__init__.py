"""What does a page say? Sources, pages and readings."""
