"""Checks an incident record exported by Clarion. One file, standard library only (Python 3.8), no network.

    python -I verify.py FOLDER --key VERIFIERKEY [--key OLDERKEY] [--seen CHECKPOINTFILE]

INTEGRITY: everything here is what the log's operator signed, and every entry stands in the signed log.
COMPLETENESS: nothing the record should hold is missing, as far as that can be seen from the outside.

Ends with 0 when both hold, 1 when one does not, 2 when the folder cannot be checked at all.
Sources: RFC 8032 (Ed25519), RFC 6962 and 9162 (Merkle proofs), c2sp.org/signed-note and /tlog-checkpoint.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import hmac
import json
import re
import sys
from itertools import islice
from pathlib import Path
from typing import Any, Callable, Tuple  # noqa: UP035 - an auditor's Python may be old

MAX_FILE, MAX_TOTAL, MAX_FILES = 16_000_000, 1_000_000_000, 200_000  # bytes, bytes, files in one folder
STRAY = {
    ".DS_Store",
    "Thumbs.db",
    "desktop.ini",
}  # left behind by file managers; they prove and spoil nothing
FOLDERS = {"entries", "proofs", "texts", "checkpoints", "consistency"}
PATHS = re.compile(
    r"(entries|proofs)/[0-9]{6,15}\.json|texts/[0-9]{6,15}-[a-z0-9._-]{1,80}\.json|checkpoints/[0-9]{12,15}\.txt"
    r"|consistency/[0-9]{12,15}-[0-9]{12,15}\.json|(key|statement|README)\.txt|manifest\.json|story\.html|verify\.py"
)
STATEMENT = re.compile(
    r"(?P<origin>[^\n]+)/statement\nincident (?P<incident>[^\n ]+)\nentries (?P<count>[0-9]{1,15})\n"
    r"tree (?P<size>[0-9]{1,15}) (?P<root>[^\n ]+)\nmanifest (?P<manifest>[0-9a-f]{64})\nexported [^\n ]+\n"
)
HASH = re.compile("[0-9a-f]{64}")


class Broken(ValueError):
    """Something does not hold; the message says what."""


# --- Ed25519 (RFC 8032, section 5.1), written out so that nothing needs to be installed ---

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)
Point = Tuple[int, int, int, int]  # noqa: UP006
ZERO: Point = (0, 1, 1, 0)  # points are (X, Y, Z, T) with x = X/Z, y = Y/Z, xy = T/Z


def add(p: Point, q: Point) -> Point:
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(scalar: int, point: Point) -> Point:
    result = ZERO
    while scalar:
        if scalar & 1:
            result = add(result, point)
        point, scalar = add(point, point), scalar >> 1
    return result


def decode_point(data: bytes) -> Point | None:
    """The point these 32 bytes stand for, or None. A second spelling of the same point is refused."""
    number = int.from_bytes(data, "little")
    y, odd = number & (2**255 - 1), number >> 255
    u, v = (y * y - 1) % P, (D * y * y + 1) % P
    x = u * v**3 * pow(u * v**7, (P - 5) // 8, P) % P
    if (v * x * x + u) % P == 0:
        x = x * ROOT_OF_MINUS_ONE % P
    if y >= P or (v * x * x - u) % P or (x == 0 and odd):
        return None
    if x & 1 != odd:
        x = P - x
    return x, y, 1, x * y % P


def encode_point(point: Point) -> bytes:
    inverse = pow(point[2], P - 2, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE = decode_point(BASE_Y.to_bytes(32, "little")) or ZERO


def signature_holds(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the Ed25519 key signed the message. S must be below the order, or others could restate it."""
    if len(public) != 32 or len(signature) != 64:
        return False
    point, s = decode_point(public), int.from_bytes(signature[32:], "little")
    if point is None or s >= ORDER or encode_point(times(8, point)) == encode_point(ZERO):
        return False  # eight times a weak key is nothing: such a key "signs" anything
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % ORDER
    minus = (P - point[0], point[1], 1, P - point[3])
    return encode_point(add(times(s, BASE), times(k, minus))) == signature[:32]


# --- Merkle proofs (RFC 9162, sections 2.1.3.2 and 2.1.4.2) ---


def node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def climb(place: int, last: int, start: bytes, path: list[bytes]) -> tuple[bytes, bytes] | None:
    """Roots of the trees that end at leaf ``place`` and at leaf ``last``; None for a wrong length."""
    older = newer = start
    for sibling in path:
        if last == 0:
            return None
        if place & 1 or place == last:
            older, newer = node(sibling, older), node(sibling, newer)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            newer = node(newer, sibling)
        place, last = place >> 1, last >> 1
    return (older, newer) if last == 0 else None


def inclusion_holds(leaf: bytes, index: int, size: int, path: list[bytes], root: bytes) -> bool:
    roots = climb(index, size - 1, leaf, path) if 0 <= index < size else None
    return roots is not None and roots[1] == root


def consistency_holds(old: int, new: int, old_root: bytes, new_root: bytes, path: list[bytes]) -> bool:
    if old == 0:
        return not path and old_root == hashlib.sha256(b"").digest()
    nodes = [old_root, *path] if old & (old - 1) == 0 else path
    if not (old < new and path):
        return False
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    return climb(place, last, nodes[0], nodes[1:]) == (old_root, new_root)


# --- Reading: nothing in the folder is believed or followed. What cannot be read raises ValueError ---


def load(folder: Path) -> tuple[dict[str, bytes], list[str]]:
    """The files of an export by path, and what else is there. OSError or OverflowError: cannot be checked."""
    files: dict[str, bytes] = {}
    odd: list[str] = []
    pending, total = [folder], 0
    while pending:
        for item in sorted(islice(pending.pop().iterdir(), MAX_FILES)):
            path = item.relative_to(folder).as_posix()
            if path in FOLDERS and item.is_dir() and not item.is_symlink():
                pending.append(item)
            elif item.is_symlink() or not item.is_file() or not (PATHS.fullmatch(path) or item.name in STRAY):
                odd.append(path)
            elif item.name not in STRAY:
                with item.open("rb") as file:
                    files[path] = file.read(MAX_FILE + 1)
                total += len(files[path])
                if len(files[path]) > MAX_FILE or total > MAX_TOTAL or len(files) >= MAX_FILES:
                    raise OverflowError(f"{path} makes the folder larger than this program reads")
    return files, odd


def parse(data: bytes) -> dict[str, Any]:
    """A JSON object. A name given twice, NaN, or a huge number is refused, since readers would differ."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(pairs)) != len(pairs):
            raise ValueError("a name is given twice")
        return dict(pairs)

    def whole(digits: str) -> int:  # is also asked about NaN and Infinity, which int() refuses
        return int(digits if len(digits) < 18 else "too long")

    value = json.loads(data.decode(), object_pairs_hook=once, parse_int=whole, parse_constant=whole)
    if not isinstance(value, dict):
        raise ValueError("not a JSON object")
    return value


def unbase64(text: str) -> bytes:
    data = base64.b64decode(text, validate=True)
    if base64.b64encode(data).decode() != text:
        raise ValueError("not the usual spelling of this base64")
    return data


def unhex(values: list[str]) -> list[bytes]:
    if not all(HASH.fullmatch(value) for value in values):
        raise ValueError("not a list of hashes")
    return [bytes.fromhex(value) for value in values]


def committed(value: dict[str, Any]) -> str:
    """What an entry holds in place of a text: HMAC-SHA256 under a secret salt of 32 bytes."""
    if set(value) != {"salt", "text"}:
        raise ValueError("a text comes with its salt and nothing else")
    return hmac.new(unhex([value["salt"]])[0], value["text"].encode(), "sha256").hexdigest()


def read_key(text: str) -> tuple[str, bytes, bytes]:
    """Name, id and public key from ``name+id+base64(1, public key)``; the id must fit the rest."""
    name, ident, encoded = text.strip().split("+", 2)
    data = unbase64(encoded)
    if data[:1] != b"\x01" or hashlib.sha256(name.encode() + b"\n" + data).hexdigest()[:8] != ident:
        raise ValueError("not a verifier key")
    return name, bytes.fromhex(ident), data[1:]


def read_checkpoint(text: str) -> tuple[str, int, bytes]:
    """Origin, size and root of a checkpoint's text."""
    origin, size, root = text.split("\n")[:3]
    if not re.fullmatch("0|[1-9][0-9]{0,14}", size) or len(unbase64(root)) != 32:
        raise ValueError("not a checkpoint")
    return origin, int(size), unbase64(root)


# --- The checks, in the order they build on each other. Each returns a sentence or raises ---


class Record:
    def __init__(
        self, files: dict[str, bytes], odd: list[str], keys: list[str], seen: dict[str, bytes]
    ) -> None:
        self.files, self.odd, self.given, self.seen = files, odd, keys, seen
        self.looking_at = ""  # the file to name when something turns out to be malformed
        self.checkpoints: dict[int, bytes] = {}
        self.entries: dict[int, dict[str, Any]] = {}

    def read(self, path: str) -> bytes:
        self.looking_at = path
        if path not in self.files:
            raise Broken(f"{path} is missing")
        return self.files[path]

    def under(self, folder: str) -> list[str]:
        return sorted(
            (path for path in self.files if path.startswith(folder)), key=lambda path: (len(path), path)
        )

    def note(self, name: str, note: bytes, suffix: str = "") -> str:
        """The text of a note signed by a known key of its origin. One wrong known signature spoils it."""
        self.looking_at = name
        body, _, tail = note.decode().rpartition("\n\n")
        text, signers = body + "\n", []
        for line in tail.split("\n")[:-1][:100]:
            mark, signer, encoded = line.split(" ")
            signature = unbase64(encoded)
            for key in self.keys:
                if key[:2] == (signer, signature[:4]):
                    if mark != "\u2014" or not signature_holds(key[2], text.encode(), signature[4:]):
                        raise Broken(f"{name}: the signature by {signer} is wrong")
                    signers.append(signer + suffix)
        if text.split("\n")[0] not in signers or not tail.endswith("\n"):
            raise Broken(f"{name} is not signed by a known key of its log")
        if suffix and len(signers) != tail.count("\n"):
            raise Broken(f"{name} has a signature line that does not belong there")
        return text

    def statement(self) -> str:
        lines = self.given or self.read("key.txt").decode().splitlines()[:50]
        self.looking_at = "the verifier key"
        self.keys = [read_key(line) for line in lines]
        text = self.note("statement.txt", self.read("statement.txt"), suffix="/statement")
        self.said = dict(STATEMENT.fullmatch(text).groupdict())  # type: ignore[union-attr]
        self.count, self.size = int(self.said["count"]), int(self.said["size"])
        if hashlib.sha256(self.read("manifest.json")).hexdigest() != self.said["manifest"]:
            raise Broken("manifest.json was changed: it is not the one that was signed")
        self.manifest = parse(self.read("manifest.json"))
        return f"The export of incident {self.said['incident']} is signed by {self.said['origin']}."

    def unchanged(self) -> str:
        if self.odd:
            raise Broken(f"{self.odd[0]} has no place in an export, or is not a plain file")
        for path in sorted(set(self.files) - {"manifest.json", "statement.txt"}):
            if path not in self.manifest["files"]:
                raise Broken(f"{path} was added: it is not on the signed list")
            if hashlib.sha256(self.read(path)).hexdigest() != self.manifest["files"][path]:
                raise Broken(f"{path} was changed: it is not the file on the signed list")
        return f"All {len(self.files)} files are as they were signed."

    def history(self) -> str:
        older, root = -1, b""
        for path in self.under("checkpoints/"):
            origin, size, newer_root = read_checkpoint(self.note(path, self.files[path]))
            if origin != self.said["origin"] or path != f"checkpoints/{size:012d}.txt":
                raise Broken(f"{path} is the checkpoint of {origin} at size {size}")
            if self.checkpoints:
                proof = parse(self.read(f"consistency/{older:012d}-{size:012d}.json"))
                holds = consistency_holds(older, size, root, newer_root, unhex(proof["path"]))
                if (proof["from"], proof["to"]) != (older, size) or not holds:
                    raise Broken(f"{path} does not continue the checkpoint before it: the log was rewritten")
            older, root = size, newer_root
            self.checkpoints[size] = root
        if (older, root) != (self.size, unbase64(self.said["root"])):
            raise Broken("the last checkpoint here is not the one the statement names")
        return f"{len(self.checkpoints)} checkpoints are signed, and each continues the one before."

    def same_log(self) -> str:
        self.kept = [read_checkpoint(self.note(name, note)) for name, note in self.seen.items()]
        for origin, size, root in self.kept:
            if origin != self.said["origin"] or self.checkpoints.get(size, root) != root:
                raise Broken(
                    f"the checkpoint you kept of {origin} at size {size} shows another history: a fork"
                )
        return f"No checkpoint you kept ({len(self.kept)}) contradicts them."

    def leaves(self) -> str:
        for path in self.under("entries/"):
            index, body = int(path[8:-5]), self.files[path]
            proof = parse(self.read(f"proofs/{index:06d}.json"))
            leaf = hashlib.sha256(b"\x00" + body).digest()
            if path != f"entries/{index:06d}.json" or (proof["index"], proof["size"]) != (index, self.size):
                raise Broken(f"the proof for {path} is about another place or another size of the log")
            if not inclusion_holds(leaf, index, self.size, unhex(proof["path"]), self.checkpoints[self.size]):
                raise Broken(f"{path} is not what the signed log holds at place {index}")
            entry = self.entries[index] = parse(self.read(path))
            if (entry["v"], entry["incident"], type(entry["incident_seq"])) != (
                1,
                self.said["incident"],
                int,
            ):
                raise Broken(f"{path} is not an entry of incident {self.said['incident']}")
        return f"{len(self.entries)} entries stand in the signed log, each at its place."

    def texts(self) -> str:
        self.wanted, erased = {}, 0
        for index, entry in self.entries.items():
            for name, commitment in entry["texts"].items():
                self.wanted[f"texts/{index:06d}-{name}.json"] = commitment
        for path in self.under("texts/"):
            value = parse(self.read(path))
            if path not in self.wanted:
                # A text whose entry is promised but missing is for completeness to speak of.
                its_entry = f"entries/{path[6:].split('-')[0]}.json"
                if its_entry in self.files or its_entry not in self.manifest["files"]:
                    raise Broken(f"{path} belongs to no entry")
            elif value == {"erased": True}:
                erased += 1
            elif committed(value) != self.wanted[path]:
                raise Broken(f"{path} is not the text its entry speaks of")
        return f"Every text here is the one its entry speaks of; {erased} were erased."

    def numbers(self) -> str:
        seqs = [self.entries[index]["incident_seq"] for index in sorted(self.entries)]
        present = set(seqs)
        number = next(number for number in range(1, len(seqs) + 2) if number not in present)
        if number <= self.count:
            raise Broken(f"entry number {number} of {self.count} is missing")
        if seqs != list(range(1, self.count + 1)):
            raise Broken(
                f"the entries are not numbered 1 to {self.count}, rising with their place in the log"
            )
        return f"Entries 1 to {self.count} are here; the operator signed that there are {self.count}."

    def all_here(self) -> str:
        for path in [*sorted(self.manifest["files"]), *sorted(self.wanted)]:
            self.read(path)
        return "Every file on the signed list is here, and every text is here or marked as erased."

    def up_to_date(self) -> str:
        for _, size, _ in self.kept:
            if size and size not in self.checkpoints:
                raise Broken(
                    f"you kept a checkpoint of size {size}, which this record (to {self.size}) leaves out"
                )
        return f"The record reaches to size {self.size} of the log, and past every checkpoint you kept."

    def judge(self, title: str, checks: list[Callable[[], str]]) -> str:
        """Runs the checks until one fails; returns what does not hold, or nothing."""
        say(title)
        for check in checks:
            try:
                say("  ok    " + check())
            except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
                why = (
                    str(error) if isinstance(error, Broken) else f"{self.looking_at} is malformed ({error!r})"
                )
                say("  FAIL  " + why)
                return why
        return ""


def say(text: str) -> None:
    """One line; characters that could move the cursor or turn the text are shown as their codes."""
    shown = "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text[:300])
    sys.stdout.write(shown.encode("ascii", "backslashreplace").decode() + "\n")


def examine(files: dict[str, bytes], odd: list[str], keys: list[str], seen: dict[str, bytes]) -> int:
    """Checks everything and says so; 0 when integrity and completeness hold, otherwise 1."""
    if not keys:
        say("WARNING: no --key was given, so the key comes from the folder itself. This shows only that the")
        say("folder agrees with itself. Take the key from where the operator publishes it.")
    if not seen:
        say("NOTE: no --seen was given, so a second, private history of the log would not be noticed.")
    it = Record(files, odd, keys, seen)
    genuine = [it.statement, it.unchanged, it.history, it.same_log, it.leaves, it.texts]
    broken = it.judge("INTEGRITY: is everything here genuine?", genuine)
    lacking = (
        ""
        if broken
        else it.judge("COMPLETENESS: is everything here?", [it.numbers, it.all_here, it.up_to_date])
    )
    say(f"Integrity DOES NOT HOLD: {broken}" if broken else "Integrity holds.")
    if broken:
        say("Completeness was not judged, since it rests on integrity.")
    else:
        say(f"Completeness DOES NOT HOLD: {lacking}" if lacking else "Completeness holds.")
    return 1 if broken or lacking else 0


def main() -> int:
    reader = argparse.ArgumentParser(description="Check an incident record exported by Clarion.")
    reader.add_argument("folder", type=Path)
    reader.add_argument("--key", action="append", default=[], help="verifier key, from a source you trust")
    reader.add_argument("--seen", action="append", default=[], help="file with a checkpoint you kept earlier")
    asked = reader.parse_args()
    try:
        files, odd = load(asked.folder)
        seen = {name: Path(name).read_bytes()[:MAX_FILE] for name in asked.seen}
        if "manifest.json" not in files:
            raise ValueError("it has no manifest.json, so it is not an export")
    except (OSError, ValueError, OverflowError) as error:
        say(f"The folder cannot be checked: {error}")
        return 2
    return examine(files, odd, asked.key, seen)


if __name__ == "__main__":
    sys.exit(main())
