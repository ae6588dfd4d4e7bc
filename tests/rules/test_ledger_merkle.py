"""The Merkle tree: known roots and proofs, an oracle by the definition, and no forged proof accepted."""

from __future__ import annotations

import json
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clarion.rules.merkle import (
    EMPTY_ROOT,
    Frontier,
    Levels,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    root_of,
    verify_consistency,
    verify_inclusion,
)
from tests.rules import ledger_log as log

#: The eight leaves, and roots of the first n of them, that Certificate Transparency logs test against.
LEAVES = [
    bytes.fromhex(leaf)
    for leaf in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
INCLUSION = {
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    (0, 1): [],
}
CONSISTENCY = {
    (1, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (6, 8): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 5): [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
    (8, 8): [],
}
HASHES = [leaf_hash(leaf) for leaf in LEAVES]
SIZES = st.integers(1, 130)


def leaves(size: int) -> list[bytes]:
    return [leaf_hash(b"leaf %d" % number) for number in range(size)]


def by_definition(hashes: list[bytes]) -> bytes:
    """RFC 6962 section 2.1, word for word: the oracle."""
    if not hashes:
        return sha256().digest()
    if len(hashes) == 1:
        return hashes[0]
    half = 1
    while half * 2 < len(hashes):
        half *= 2
    return sha256(b"\x01" + by_definition(hashes[:half]) + by_definition(hashes[half:])).digest()


@pytest.mark.parametrize("size", range(9))
def test_the_known_roots_come_out(size: int) -> None:
    assert ROOTS[size] == root_of(HASHES[:size]).hex() == by_definition(HASHES[:size]).hex()


@pytest.mark.parametrize(("index", "size"), INCLUSION)
def test_the_known_inclusion_proofs_come_out_and_verify(index: int, size: int) -> None:
    path = inclusion_proof(index, size, Levels(HASHES))
    assert INCLUSION[index, size] == [node.hex() for node in path]
    assert verify_inclusion(HASHES[index], index, size, path, bytes.fromhex(ROOTS[size]))


@pytest.mark.parametrize(("old", "new"), CONSISTENCY)
def test_the_known_consistency_proofs_come_out_and_verify(old: int, new: int) -> None:
    path = consistency_proof(old, new, Levels(HASHES))
    assert CONSISTENCY[old, new] == [node.hex() for node in path]
    assert verify_consistency(old, new, bytes.fromhex(ROOTS[old]), bytes.fromhex(ROOTS[new]), path)


@given(st.lists(st.integers(0, 40), max_size=8))
def test_however_the_leaves_arrive_the_edge_knows_the_root(batches: list[int]) -> None:
    everything, edge = leaves(sum(batches)), Frontier()
    for count in batches:
        edge = edge.extend(everything[edge.size : edge.size + count])
        edge = Frontier.from_json(json.loads(json.dumps(edge.as_json())))
    assert (len(everything), by_definition(everything)) == (edge.size, edge.root)
    assert len(edge.nodes) <= max(1, edge.size.bit_length())


def test_one_by_one_is_the_same_as_all_at_once() -> None:
    edge = Frontier()
    for size, leaf in enumerate(leaves(70), 1):
        edge = edge.append(leaf)
        assert by_definition(leaves(size)) == edge.root == Levels(leaves(70)).root(size)


def test_a_generator_of_many_leaves_is_enough_for_a_root() -> None:
    assert by_definition(leaves(3000)) == root_of(leaf for leaf in leaves(3000))


@pytest.mark.parametrize(
    "edge", [{"size": 3, "nodes": ["00" * 32]}, {"size": 1, "nodes": ["00" * 31]}, {"size": -1, "nodes": []}]
)
def test_an_edge_that_cannot_be_is_refused(edge: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="cannot be the edge"):
        Frontier.from_json(edge)


@given(st.data())
def test_an_inclusion_proof_verifies_and_nothing_near_it_does(data: st.DataObject) -> None:
    size = data.draw(SIZES)
    index = data.draw(st.integers(0, size - 1))
    hashes = leaves(size)
    path, root = inclusion_proof(index, size, Levels(hashes)), by_definition(hashes)
    assert verify_inclusion(hashes[index], index, size, path, root)
    other = data.draw(st.integers(0, size * 2).filter(lambda number: number != index))
    wrong = [
        (leaf_hash(b"forged"), index, size, path, root),
        (hashes[index], other, size, path, root),
        (hashes[index], -1, size, path, root),
        (hashes[index], index, size, [*path, root], root),
        (hashes[index], index, size, [root, *path], root),
        (hashes[index], index, size, path, flipped(root, data)),
        (root, 0, 1, [hashes[index]], root),
    ]
    if path:
        spot = data.draw(st.integers(0, len(path) - 1))
        changed = [*path[:spot], flipped(path[spot], data), *path[spot + 1 :]]
        wrong += [(hashes[index], index, size, p, root) for p in (path[1:], path[:-1], changed)]
    assert [False] * len(wrong) == [verify_inclusion(*arguments) for arguments in wrong]


@given(st.data())
def test_a_consistency_proof_verifies_and_nothing_near_it_does(data: st.DataObject) -> None:
    new = data.draw(st.integers(2, 130))
    old = data.draw(st.integers(1, new - 1))
    hashes = leaves(new)
    path = consistency_proof(old, new, Levels(hashes))
    old_root, new_root = by_definition(hashes[:old]), by_definition(hashes)
    assert verify_consistency(old, new, old_root, new_root, path)
    spot = data.draw(st.integers(0, len(path) - 1))
    changed = [*path[:spot], flipped(path[spot], data), *path[spot + 1 :]]
    wrong = [
        (old, new, flipped(old_root, data), new_root, path),
        (old, new, old_root, flipped(new_root, data), path),
        (old, new, old_root, new_root, changed),
        (old, new, old_root, new_root, path[1:]),
        (old, new, old_root, new_root, path[:-1]),
        (old, new, old_root, new_root, [*path, new_root]),
        (old, new, old_root, new_root, []),
        (new, old, new_root, old_root, path),
        (new, new, old_root, new_root, []),
        (0, new, old_root, new_root, []),
        (-1, new, old_root, new_root, path),
    ]
    assert [False] * len(wrong) == [verify_consistency(*arguments) for arguments in wrong]


def flipped(node: bytes, data: st.DataObject) -> bytes:
    bit = data.draw(st.integers(0, 8 * len(node) - 1))
    return (int.from_bytes(node, "big") ^ 1 << bit).to_bytes(len(node), "big")


def test_every_tree_continues_the_empty_one_and_itself() -> None:
    root = root_of(HASHES)
    assert verify_consistency(0, 8, EMPTY_ROOT, root, [])
    assert verify_consistency(8, 8, root, root, [])
    assert not verify_consistency(8, 8, root, root, [root])


def test_a_leaf_never_passes_as_a_node() -> None:
    """Two leaf hashes written as one leaf must not give the root of the tree over both."""
    assert root_of(HASHES[:2]) != leaf_hash(HASHES[0] + HASHES[1])


@pytest.mark.parametrize(
    "ask",
    [
        lambda tree: inclusion_proof(8, 8, tree),
        lambda tree: inclusion_proof(-1, 8, tree),
        lambda tree: consistency_proof(8, 7, tree),
        lambda tree: tree(0, 8),
    ],
)
def test_questions_about_what_is_not_there_are_refused(ask: object) -> None:
    with pytest.raises((ValueError, IndexError)):
        ask(Levels(HASHES))  # type: ignore[operator]


VERIFY = log.verifier()
ONE, TWO = HASHES[:2]


@pytest.mark.parametrize("check", [verify_inclusion, VERIFY.inclusion_holds])
def test_a_forger_who_may_choose_the_root_still_needs_a_proof_of_the_right_length(check: object) -> None:
    forged = [
        (ONE, 0, 1, [TWO], node_hash(TWO, ONE)),
        (ONE, 0, 2, [], ONE),
        (ONE, 0, 5, [TWO], node_hash(ONE, TWO)),
    ]
    assert [False] * 3 == [check(*arguments) for arguments in forged]  # type: ignore[operator]


@pytest.mark.parametrize("check", [verify_consistency, VERIFY.consistency_holds])
def test_a_forger_of_history_still_needs_a_proof_of_the_right_length(check: object) -> None:
    forged = [
        (1, 2, ONE, node_hash(TWO, node_hash(ONE, TWO)), [TWO, TWO]),
        (1, 2, ONE, ONE, []),
        (1, 8, ONE, node_hash(ONE, TWO), [TWO]),
    ]
    assert [False] * 3 == [check(*arguments) for arguments in forged]  # type: ignore[operator]


def test_the_verifiers_own_proof_checks_agree_on_every_small_tree() -> None:
    tree = Levels(leaves(20))
    for new in range(1, 21):
        for old in range(new):
            path, root = inclusion_proof(old, new, tree), tree.root(new)
            assert VERIFY.inclusion_holds(tree(0, old), old, new, path, root)
            assert VERIFY.consistency_holds(old, new, tree.root(old), root, consistency_proof(old, new, tree))
