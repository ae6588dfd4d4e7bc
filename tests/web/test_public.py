"""The page is served from its files: what a reader holds is not sent again, what is gone is not found."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from clarion.web.public import PublicFiles


@pytest.fixture
def files(tmp_path: Path) -> PublicFiles:
    (tmp_path / "index.html").write_text("the page")
    return PublicFiles(tmp_path, lambda environ, start_response: [])


def ask(files: PublicFiles, **environ: str) -> tuple[str, dict[str, str], bytes]:
    said: list[Any] = []
    given = {"REQUEST_METHOD": "GET", "PATH_INFO": "/", **environ}
    body = b"".join(files(given, lambda status, headers: said.extend((status, headers))))
    return said[0], dict(said[1]), body


HELD = [
    ("the tag", "{tag}", True),
    ("a weak one", "W/{tag}", True),
    ("one of many", '"a", W/"b",{tag}', True),
    ("anything there is", "*", True),
    ("another", '"a"', False),
    ("many others", '"a", W/"b"', False),
    ("nothing", "", False),
    ("the tag without its quotes", "{bare}", False),
]


@pytest.mark.parametrize(("header", "held"), [row[1:] for row in HELD], ids=[row[0] for row in HELD])
def test_what_a_reader_holds_is_not_sent_again(files: PublicFiles, header: str, held: bool) -> None:
    tag = ask(files)[1]["ETag"]
    asked = header.format(tag=tag, bare=tag.strip('"'))
    status, _, body = ask(files, HTTP_IF_NONE_MATCH=asked)
    assert (("304 Not Modified", b"") if held else ("200 OK", b"the page")) == (status, body)


def test_a_file_that_goes_while_it_is_looked_at_is_not_found(
    files: PublicFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A writer removes what is stale at any moment, also between a look at a file and its reading."""

    def gone(path: Path) -> bytes:
        raise FileNotFoundError(path)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "read_bytes", gone)
        assert "404 Not Found" == ask(files)[0]
    assert "200 OK" == ask(files)[0]
