"""A kind of import contract that import-linter does not bring along."""

from __future__ import annotations

from itertools import permutations
from typing import Any

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class LoneLeaves(Contract):
    """No leaf reaches another, directly or through something in between.

    A leaf is a module or package directly inside one of ``folders``, or one of ``leaves``. A name with a
    leading underscore is a part of leaves rather than one itself: several may share it.
    """

    type_name = "lone_leaves"

    # import-linter replaces these declarations by what the configuration says.
    folders: Any = fields.ListField(subfield=fields.StringField())
    leaves: Any = fields.ListField(subfield=fields.StringField(), required=False, default=[])

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        found = self._leaves(graph)
        chains = [
            chain
            for importer, imported in permutations(found, 2)
            if (chain := graph.find_shortest_chain(importer, imported, as_packages=True))
        ]
        return ContractCheck(kept=not chains, metadata={"chains": chains})

    def _leaves(self, graph: ImportGraph) -> list[str]:
        found = list(self.leaves)
        for folder in self.folders:
            children = graph.find_children(folder)
            found += [child for child in children if not child.rpartition(".")[2].startswith("_")]
        return sorted(found)

    def render_broken_contract(self, check: Any) -> None:
        for chain in check.metadata["chains"]:
            output.print_error(" → ".join(chain))
        output.new_line()
