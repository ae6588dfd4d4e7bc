"""The console: what people of the organisation see and do. One module per noun.

A view reads what was sent, runs one action or one query, and renders. Every screen works without
JavaScript; htmx only keeps parts of a page fresh.
"""
