"""Pure work on bytes and text: decode, repair, extract, fold. Knows nothing of ours."""
