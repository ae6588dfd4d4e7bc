"""The public status page as files: values in, bytes out. No database, no clock, no network."""
