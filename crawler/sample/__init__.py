"""The small web that demo and tests crawl: invented districts, their reports and sites."""
