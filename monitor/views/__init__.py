"""How findings, years and edits are shown: text, columns, HTML, Markdown, JSON, CSV. PURE: values in, text out."""
