"""A folder is replaced file by file, whole or not at all, and its owner is told what is wrong with it."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from clarion.sites import SiteError
from clarion.sites.folder import Config, write
from tests.sites.test_contract import read_folder

SOURCE = Path(__file__).parents[2] / "src"
#: Writes versions of a site of 40 files until it is killed; says when the first one stands.
ENDLESS_WRITER = """
import itertools, sys
from pathlib import Path
from clarion.sites.folder import Config, write
for version in itertools.count():
    body = f"version {version} ".encode() * 4000
    pages = {f"incidents/{n}/index.html": body for n in range(40)}
    write(Config(Path(sys.argv[1])), pages | {"index.html": body})
    print(version, flush=True)
"""


def version(number: int) -> dict[str, bytes]:
    body = b"%d " % number * 20_000
    return {"index.html": body, "incidents/i1/index.html": body, "api/v2/summary.json": body}


def dotted(root: Path) -> list[str]:
    return sorted(path.name for path in root.rglob(".*"))


def test_readers_never_meet_half_a_file(tmp_path: Path) -> None:
    """Every body that is read while the site changes 150 times is one that was published, whole."""
    root = tmp_path / "site"
    known = {sha256(body).digest() for number in range(151) for body in version(number).values()}
    write(Config(root), version(0))
    done = threading.Event()

    def read() -> tuple[int, int]:
        strange = bodies = 0
        while not done.is_set():
            for name in version(0):
                bodies += 1
                strange += sha256((root / name).read_bytes()).digest() not in known
        return bodies, strange

    with ThreadPoolExecutor(2) as pool:
        readers = [pool.submit(read) for _ in range(2)]
        try:
            for number in range(1, 151):
                write(Config(root), version(number))
        finally:
            done.set()
        counts = [reader.result() for reader in readers]
    assert [0, 0] == [strange for _, strange in counts]
    assert all(bodies > 100 for bodies, _ in counts)


@pytest.mark.parametrize("kills", range(5))
def test_after_a_killed_writer_the_next_write_makes_it_right(kills: int, tmp_path: Path) -> None:
    root = tmp_path / "site"
    writer = subprocess.Popen(
        [sys.executable, "-c", ENDLESS_WRITER, str(root)],
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert writer.stdout is not None
    for _ in range(kills + 1):
        writer.stdout.readline()
    writer.kill()
    writer.wait()
    writer.stdout.close()
    for body in read_folder(root).values():
        words = body.split()
        assert len(words) == 8000
        assert len(set(words)) == 2
    write(Config(root), version(1))
    assert version(1) == read_folder(root)
    assert [".clarion-lock"] == dotted(root)


def test_what_a_killed_writer_left_is_cleared(tmp_path: Path) -> None:
    write(Config(tmp_path), version(1))
    (tmp_path / "incidents" / "i1" / ".clarion-new-0123").write_bytes(b"half a pa")
    assert 0 == write(Config(tmp_path), version(1))
    assert [".clarion-lock"] == dotted(tmp_path)


def test_unchanged_files_are_not_touched(tmp_path: Path) -> None:
    write(Config(tmp_path), version(1))
    before = {path: path.stat().st_ino for path in tmp_path.rglob("*.*")}
    write(Config(tmp_path), {**version(1), "index.html": b"new"})
    changed = [path.name for path, inode in before.items() if path.stat().st_ino != inode]
    assert ["index.html"] == changed


def test_the_front_page_is_replaced_last_and_removals_follow(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(Config(tmp_path), {"old.html": b"", "index.html": b"old"})
    steps: list[str] = []
    replace, unlink = Path.replace, Path.unlink

    def noted_replace(self: Path, target: Path) -> Path:
        steps.append(f"write {target.relative_to(tmp_path)}")
        return replace(self, target)

    def noted_unlink(self: Path, missing_ok: bool = False) -> None:
        steps.append(f"remove {self.relative_to(tmp_path)}")
        unlink(self, missing_ok)

    monkeypatch.setattr(Path, "replace", noted_replace)
    monkeypatch.setattr(Path, "unlink", noted_unlink)
    write(Config(tmp_path), version(1))
    assert [
        "write incidents/i1/index.html",
        "write api/v2/summary.json",
        "write index.html",
        "remove old.html",
    ] == steps


def test_every_file_and_rename_is_flushed_to_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed: list[str] = []
    fsync = os.fsync

    def noted(handle: int) -> None:
        flushed.append(str(Path(f"/proc/self/fd/{handle}").readlink()))
        fsync(handle)

    monkeypatch.setattr(os, "fsync", noted)
    write(Config(tmp_path), version(1))
    assert 3 == sum(".clarion-new-" in path for path in flushed)
    assert {str(tmp_path), str(tmp_path / "incidents/i1"), str(tmp_path / "api/v2")} <= set(flushed)


def test_writers_at_once_leave_one_whole_version(tmp_path: Path) -> None:
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda number: write(Config(tmp_path), version(number)), range(24)))
    held = read_folder(tmp_path)
    assert any(held == version(number) for number in range(24))


def test_files_are_readable_by_the_web_server(tmp_path: Path) -> None:
    """Which runs as another user."""
    write(Config(tmp_path / "site"), version(1))
    modes = {oct(path.stat().st_mode & 0o777) for path in (tmp_path / "site").rglob("*.html")}
    assert {"0o644"} == modes


def test_folders_left_empty_go_too(tmp_path: Path) -> None:
    write(Config(tmp_path), version(1))
    write(Config(tmp_path), {"index.html": b"x"})
    assert ["index.html"] == [path.name for path in tmp_path.iterdir() if path.name[0] != "."]


def test_a_file_in_the_place_of_a_folder_and_the_other_way_round(tmp_path: Path) -> None:
    write(Config(tmp_path), {"a": b"file", "b/c": b"in a folder"})
    after = {"a/c": b"in a folder", "b": b"file"}
    write(Config(tmp_path), after)
    assert after == read_folder(tmp_path)


def test_a_link_in_the_folder_is_not_followed_out_of_it(tmp_path: Path) -> None:
    root, outside = tmp_path / "site", tmp_path / "outside"
    outside.mkdir()
    write(Config(root), {"index.html": b"x"})
    (root / "incidents").symlink_to(outside)
    (root / "robots.txt").symlink_to(outside / "robots.txt")
    write(Config(root), {**version(1), "robots.txt": b"y"})
    assert [] == list(outside.iterdir())
    assert {**version(1), "robots.txt": b"y"} == read_folder(root)


def test_what_starts_with_a_dot_belongs_to_the_web_server_and_stays(tmp_path: Path) -> None:
    challenge = tmp_path / ".well-known" / "acme-challenge" / "token"
    challenge.parent.mkdir(parents=True)
    challenge.write_bytes(b"proof")
    write(Config(tmp_path), version(1))
    assert b"proof" == challenge.read_bytes()


def test_a_folder_with_other_peoples_files_is_refused(tmp_path: Path) -> None:
    """Writing there would remove them."""
    (tmp_path / "thesis.odt").write_bytes(b"years of work")
    with pytest.raises(SiteError, match=r"already holds other files\. Choose an empty folder"):
        write(Config(tmp_path), version(1))
    assert b"years of work" == (tmp_path / "thesis.odt").read_bytes()


def test_a_folder_must_say_where_it_starts() -> None:
    with pytest.raises(SiteError, match="Give its whole path"):
        write(Config(Path("site")), version(1))


@pytest.mark.parametrize("below", ["", "deeper"])
def test_a_file_where_the_folder_should_be(below: str, tmp_path: Path) -> None:
    (tmp_path / "site").write_bytes(b"")
    with pytest.raises(
        SiteError, match=r"site.* is not a folder\. Remove that file or choose another folder"
    ):
        write(Config(tmp_path / "site" / below), version(1))


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (errno.ENOSPC, "is full. Free some space; the page still shows its last state."),
        (errno.EDQUOT, "quota"),
        (errno.EROFS, "is on a read-only disk. Mount it for writing or choose another folder."),
        (errno.EACCES, "No permission to write"),
        (errno.EIO, "Input/output error. Check the folder"),
    ],
    ids=["disk full", "quota used up", "read-only disk", "not allowed", "a dying disk"],
)
def test_a_failing_disk_changes_nothing_and_says_what_to_do(
    number: int, sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(Config(tmp_path), version(1))
    left = iter(range(1))

    def failing(handle: int) -> None:
        if next(left, None) is None:
            raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", failing)
    with pytest.raises(SiteError) as refused:
        write(Config(tmp_path), version(2))
    assert sentence in str(refused.value)
    assert version(1) == read_folder(tmp_path)
    assert [".clarion-lock"] == dotted(tmp_path)


@pytest.fixture
def small_disk() -> Iterator[list[str]]:
    """The start of a command that runs in a mount namespace of its own."""
    wrap = ["unshare", "--map-root-user", "--mount"]
    if subprocess.run([*wrap, "true"], capture_output=True, check=False).returncode:
        pytest.skip("service mount namespaces missing")
    yield wrap


def test_a_disk_that_is_really_full(small_disk: list[str], tmp_path: Path) -> None:
    told = run_on_small_disk(
        small_disk,
        tmp_path,
        "write(Config(root), {'index.html': b'first'})\n"
        "try: write(Config(root), {'index.html': b'second', 'big': b'x' * 1_000_000})\n"
        "except SiteError as error: print(error)\n"
        "print((root / 'index.html').read_text(), sorted(os.listdir(root)))\n"
        "write(Config(root), {'index.html': b'third'}); print((root / 'index.html').read_text())",
    )
    assert [
        f"The disk of {tmp_path} is full. Free some space; the page still shows its last state.",
        "first ['.clarion-lock', 'index.html']",
        "third",
    ] == told


def run_on_small_disk(wrap: list[str], root: Path, code: str) -> list[str]:
    head = "import os, sys\nfrom pathlib import Path\nfrom clarion.sites import SiteError\n"
    head += "from clarion.sites.folder import Config, write\nroot = Path(sys.argv[1])\n"
    script = 'mount -t tmpfs -o size=64k none "$1" && exec "$2" -c "$3" "$1"'
    environment: dict[str, Any] = {**os.environ, "PYTHONPATH": str(SOURCE)}
    ran = subprocess.run(
        [*wrap, "sh", "-c", script, "sh", str(root), sys.executable, head + code],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return ran.stdout.splitlines()
