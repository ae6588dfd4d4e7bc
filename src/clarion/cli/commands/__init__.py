"""One command per module; see ``clarion.cli`` for what a module has."""
