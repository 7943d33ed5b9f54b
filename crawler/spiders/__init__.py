"""One module a family of sites."""
