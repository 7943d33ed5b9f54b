"""The commands of reportwatch, one module a group."""
