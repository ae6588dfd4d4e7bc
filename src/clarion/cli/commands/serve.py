"""`clarion serve`: the web server, for the console, the API, hooks and the public page."""

from __future__ import annotations

import argparse
import logging
import socket

from clarion.cli import parent, start
from clarion.cli.trouble import Trouble

HELP = "run the web server"
#: Each handles one request at a time; the public page needs a fraction of a millisecond of one. Twice as
#: many as may wait for bodies (see web/bodies.py), so that slow senders leave readers the other half.
THREADS = 16


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=8000, help="port to listen on (default: %(default)s)")
    parser.add_argument("--workers", type=int, default=1, help="server processes (default: %(default)s)")
    parser.add_argument("--with-parent", action="store_true", help=argparse.SUPPRESS)


def run(args: argparse.Namespace) -> int:
    start.ready()
    _require_secret()
    require_free(args.host, args.port)
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    if args.with_parent:
        parent.stop_with_parent()
    server = Granian(
        "clarion.web.wsgi:application",
        address=args.host,
        port=args.port,
        interface=Interfaces.WSGI,
        workers=args.workers,
        blocking_threads=THREADS,
        log_level=LogLevels.warning,
        # A request that hangs must not keep the server from stopping.
        workers_kill_timeout=10,
    )
    logging.getLogger("_granian").addFilter(_not_about_threads)
    server.serve()
    return 0


def _not_about_threads(record: logging.LogRecord) -> bool:
    """The server finds that many threads odd for the processors; these mostly wait for senders."""
    return "Python threads" not in record.getMessage()


def _require_secret() -> None:
    """Sessions signed with a secret that everybody can read in the source would be worth nothing.

    Nothing else is asked for: with the database gone, the public page must still be served.
    """
    from django.conf import settings

    if settings.SECRET_KEY.startswith("unset"):
        raise Trouble("The web secret is missing. Run `clarion init`, or set CLARION_SECRET_KEY.")


def require_free(host: str, port: int) -> None:
    """Raises Trouble when nobody can listen there now."""
    if not 0 < port < 65536:
        raise Trouble(f"There is no port {port}; choose one from 1 to 65535 with --port.")
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen()
    except socket.gaierror:
        raise Trouble(f"{host} is no address of this machine. Choose another with --host.") from None
    except PermissionError:
        raise Trouble(
            f"This user may not listen on port {port}. Choose one above 1023 with --port."
        ) from None
    except OSError as error:
        raise Trouble(
            f"Port {port} on {host} is in use or not available ({error.strerror}). "
            f"Choose another with --port, such as --port {port + 1 if port < 65535 else 8000}."
        ) from None
