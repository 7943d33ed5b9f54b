"""The version of the reader, apart from the reader itself: on most days a crawl finds nothing to read."""

READER = 2  # raise it whenever the same bytes would read differently
