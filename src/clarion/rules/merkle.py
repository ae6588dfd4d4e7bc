"""The Merkle tree over the ledger: hashes, the growing edge, and the two kinds of proof.

Sources: RFC 6962 section 2.1 (hashes, audit path, consistency proof) and RFC 9162 sections 2.1.3.2 and
2.1.4.2 (how to verify them). Hashes are SHA-256, 32 bytes. Leaves are counted from 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from typing import Any

EMPTY_ROOT = sha256(b"").digest()

#: Hash of the complete subtree over leaves ``index << level`` up to ``(index + 1) << level``.
Subtree = Callable[[int, int], bytes]


def leaf_hash(body: bytes) -> bytes:
    """Hash of one leaf; the 0x00 keeps a leaf from passing as a node."""
    return sha256(b"\x00" + body).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of an inner node."""
    return sha256(b"\x01" + left + right).digest()


def _pairs(nodes: list[bytes]) -> list[bytes]:
    # One flat comprehension: this line is where a large log spends its time.
    parts = zip(nodes[::2], nodes[1::2], strict=False)
    return [sha256(b"\x01" + left + right).digest() for left, right in parts]


@dataclass(frozen=True, slots=True)
class Frontier:
    """The growing edge of a tree: its size and the roots of its complete subtrees, largest first.

    It is all that is needed to append (log n hashes, whatever the size of the log) and to know the root.
    """

    size: int = 0
    nodes: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        if self.size < 0 or len(self.nodes) != self.size.bit_count() or any(len(n) != 32 for n in self.nodes):
            raise ValueError(f"{len(self.nodes)} nodes cannot be the edge of a tree of size {self.size}")

    def extend(self, leaf_hashes: Iterable[bytes]) -> Frontier:
        """The edge after these leaf hashes are appended in this order. One hash per leaf on average."""
        nodes, edge, size, kept = list(leaf_hashes), list(self.nodes), self.size, []
        total = size + len(nodes)
        while nodes or size:
            if size & 1:
                nodes.insert(0, edge.pop())
            if len(nodes) & 1:
                kept.append(nodes.pop())
            nodes, size = _pairs(nodes), size >> 1
        return Frontier(total, tuple(reversed(kept)))

    def append(self, leaf: bytes) -> Frontier:
        """The edge after one more leaf hash."""
        return self.extend((leaf,))

    @property
    def root(self) -> bytes:
        """Root hash of the tree; the hash of nothing for an empty one."""
        return _fold(self.nodes)

    def as_json(self) -> dict[str, Any]:
        return {"size": self.size, "nodes": [node.hex() for node in self.nodes]}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Frontier:
        """The edge ``as_json`` wrote; raises ValueError for one that cannot be."""
        return cls(int(value["size"]), tuple(bytes.fromhex(node) for node in value["nodes"]))


def root_of(leaf_hashes: Iterable[bytes]) -> bytes:
    """Root hash over these leaf hashes, which may come from a generator: only 1,024 are held at a time."""
    edge, rest = Frontier(), iter(leaf_hashes)
    while some := list(islice(rest, 1024)):  # small enough to stay in the processor's cache
        edge = edge.extend(some)
    return edge.root


class Levels:
    """All complete subtrees of a tree, in memory (64 bytes a leaf). Call it as a ``Subtree``."""

    def __init__(self, leaf_hashes: Iterable[bytes]) -> None:
        nodes = list(leaf_hashes)
        self.size = len(nodes)
        self._levels: list[bytes] = []
        while nodes:
            self._levels.append(b"".join(nodes))
            nodes = _pairs(nodes)

    def __call__(self, level: int, index: int) -> bytes:
        node = self._levels[level][32 * index : 32 * index + 32]
        if len(node) != 32:
            raise IndexError(f"a tree of size {self.size} has no complete subtree {index} at level {level}")
        return node

    def root(self, size: int | None = None) -> bytes:
        """Root hash of the tree as it was at ``size`` leaves (default: now)."""
        return root_at(self.size if size is None else size, self)


def root_at(size: int, subtree: Subtree) -> bytes:
    """Root hash of the first ``size`` leaves, from the hashes of complete subtrees."""
    return _span(0, size, subtree)


def _span(start: int, end: int, subtree: Subtree) -> bytes:
    """Root over leaves start..end, where start is a multiple of a power of two not below end - start."""
    nodes = []
    for level in reversed(range((end - start).bit_length())):
        if (end - start) >> level & 1:
            place = start + ((end - start) >> (level + 1) << (level + 1))
            nodes.append(subtree(level, place >> level))
    return _fold(nodes)


def _fold(nodes: Sequence[bytes]) -> bytes:
    if not nodes:
        return EMPTY_ROOT
    root = nodes[-1]
    for node in reversed(nodes[:-1]):
        root = node_hash(node, root)
    return root


def _split(start: int, end: int) -> int:
    """Where RFC 6962 parts a tree: after the largest power of two smaller than its size."""
    return start + (1 << ((end - start - 1).bit_length() - 1))


def inclusion_proof(index: int, size: int, subtree: Subtree) -> list[bytes]:
    """Audit path of leaf ``index`` in the tree of the first ``size`` leaves, lowest node first."""
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} is not in a tree of size {size}")
    start, end, path = 0, size, []
    while end - start > 1:
        middle = _split(start, end)
        if index < middle:
            path.append(_span(middle, end, subtree))
            end = middle
        else:
            path.append(_span(start, middle, subtree))
            start = middle
    return path[::-1]


def verify_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether ``path`` proves that the leaf hash stands at ``index`` in the tree with this size and root."""
    if not 0 <= index < size:
        return False
    place, last, node = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if place & 1 or place == last:
            node = node_hash(sibling, node)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            node = node_hash(node, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and node == root


def consistency_proof(old: int, new: int, subtree: Subtree) -> list[bytes]:
    """Proof that the tree of ``new`` leaves only adds to its first ``old``; empty when old is 0 or new."""
    if not 0 <= old <= new:
        raise ValueError(f"a tree of size {new} does not continue one of size {old}")
    if old in (0, new):
        return []
    start, end, path = 0, new, []
    while end != old:
        middle = _split(start, end)
        if old <= middle:
            path.append(_span(middle, end, subtree))
            end = middle
        else:
            path.append(_span(start, middle, subtree))
            start = middle
    if start:  # a subtree starting at 0 is the old tree itself, whose root the verifier already has
        path.append(_span(start, end, subtree))
    return path[::-1]


def verify_consistency(old: int, new: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]) -> bool:
    """Whether ``path`` proves that the new tree starts with the whole old tree, unchanged."""
    if old == 0 or old == new:
        return not path and (old_root == EMPTY_ROOT if old == 0 else old_root == new_root)
    if not 0 < old < new or not path:
        return False
    nodes = [old_root, *path] if old & (old - 1) == 0 else list(path)
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    first = second = nodes[0]
    for node in nodes[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            first, second = node_hash(node, first), node_hash(node, second)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            second = node_hash(second, node)
        place, last = place >> 1, last >> 1
    return last == 0 and first == old_root and second == new_root
