"""Scripts for developers of Clarion; nothing here is installed with the product."""
