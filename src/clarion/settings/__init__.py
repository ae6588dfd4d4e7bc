"""Every setting, typed, read once from the environment, and loud when it is wrong.

Each setting ``X`` may instead come from a file named by ``X_FILE``, for secrets. The capital names at
the end are what Django itself reads.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints
from urllib.parse import unquote, urlsplit

from clarion.settings.environment import BadSetting, Environment, Language, Network


@dataclass(frozen=True, slots=True)
class Settings:
    """What an operator can set; see docs/reference/settings.md."""

    home: Path
    database_url: str
    base_url: str
    page_name: str
    time_zone: str
    languages: tuple[Language, ...]
    site_path: Path
    allowed_hosts: tuple[str, ...]
    debug: bool
    demo: bool
    hook_limit_bytes: int
    log_name: str
    sweep_seconds: float
    trusted_proxies: tuple[Network, ...]


def read(values: Mapping[str, str]) -> Settings:
    """All settings from an environment; raises BadSetting naming the variable."""
    env = Environment(values)
    home = Path(env.text("CLARION_HOME", "var")).absolute()
    base_url = env.text("CLARION_BASE_URL", "http://127.0.0.1:8000").rstrip("/")
    parts = urlsplit(base_url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path:
        raise BadSetting(
            f"CLARION_BASE_URL is {base_url!r}; write scheme and host, like https://status.example.com."
        )
    return Settings(
        home=home,
        database_url=env.text("CLARION_DATABASE_URL", f"sqlite:///{home / 'clarion.sqlite3'}"),
        base_url=base_url,
        page_name=env.text("CLARION_PAGE_NAME", "Status"),
        time_zone=env.zone("CLARION_TIME_ZONE", "Etc/UTC"),
        languages=env.languages("CLARION_LANGUAGES", "en=English"),
        site_path=Path(env.text("CLARION_SITE_PATH", str(home / "site"))).absolute(),
        allowed_hosts=env.words("CLARION_ALLOWED_HOSTS", f"{parts.hostname},127.0.0.1,localhost"),
        debug=env.flag("CLARION_DEBUG", default=False),
        demo=env.flag("CLARION_DEMO", default=False),
        hook_limit_bytes=int(env.number("CLARION_HOOK_LIMIT_BYTES", 1_000_000)),
        log_name=log_name(env, home, f"{parts.hostname}/clarion"),
        sweep_seconds=env.number("CLARION_SWEEP_SECONDS", 2.0),
        trusted_proxies=env.networks("CLARION_TRUSTED_PROXIES"),
    )


def options(prefix: str, config: type[Any], values: Mapping[str, str], defaults: Mapping[str, Any]) -> Any:
    """A plug-in's Config, each field from ``<prefix>_<FIELD>``, so that a new plug-in needs no code here.

    ``defaults`` serve the fields of those names that the environment leaves unset. Raises BadSetting.
    """
    env, found = Environment(values), dict(defaults)
    kinds = get_type_hints(config)
    for field in fields(config):
        name = f"{prefix}_{field.name.upper()}"
        if name in values or f"{name}_FILE" in values:
            found[field.name] = _typed(env, name, kinds[field.name])
    known = {field.name for field in fields(config)}
    required = {f.name for f in fields(config) if f.default is MISSING and f.default_factory is MISSING}
    lacking = sorted(required - set(found))
    if lacking:
        raise BadSetting(f"{prefix}_{lacking[0].upper()} is not set.")
    try:
        return config(**{name: value for name, value in found.items() if name in known})
    except ValueError as error:
        raise BadSetting(f"{prefix}: {error}") from None


def _typed(env: Environment, name: str, kind: Any) -> Any:
    if kind is bool:
        return env.flag(name, default=False)
    if kind in (int, float):
        return kind(env.number(name, 0))
    if get_origin(kind) is tuple:
        try:
            return tuple(get_args(kind)[0](word) for word in env.words(name))
        except ValueError:
            raise BadSetting(
                f"{name} is {env.text(name)!r}; write whole numbers separated by commas."
            ) from None
    return env.text(name)


def database(url: str) -> dict[str, object]:
    """Django's form of a database URL: ``sqlite:///path`` or ``postgresql://user:secret@host:port/name``."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": unquote(parts.path[1:] if parts.path.startswith("//") else parts.path),
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                # FULL, not NORMAL: an accepted alert or an approval must survive a power cut.
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
            },
        }
    if parts.scheme in ("postgresql", "postgres"):
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": parts.hostname or "",
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": 600,
            "CONN_HEALTH_CHECKS": True,
        }
    raise BadSetting(
        f"CLARION_DATABASE_URL starts with {parts.scheme!r}; write sqlite:///… or postgresql://…"
    )


def log_name(env: Environment, home: Path, default: str) -> str:
    """The ledger's name: from the environment, else what `clarion init` kept under home, else the default."""
    file = home / "keys" / "log-name"
    kept = file.read_text(encoding="utf-8").strip() if file.exists() else default
    name = env.text("CLARION_LOG_NAME", kept or "")
    if not (kept or name):
        raise BadSetting(f"{file} is empty. Write the log's name into it: the first line of any checkpoint.")
    # What a signed note allows as the name of a key (C2SP signed-note); refused here, where it can be mended.
    if not name or "+" in name or any(char.isspace() or not char.isprintable() for char in name):
        raise BadSetting(f"CLARION_LOG_NAME is {name!r}; write a name without spaces and without +.")
    return name


def secret_key(home: Path, values: Mapping[str, str]) -> str:
    """Django's signing secret: from the environment, else from ``keys/secret`` under home."""
    key_file = home / "keys" / "secret"
    default = key_file.read_text().strip() if key_file.exists() else ""
    return Environment(values).text("CLARION_SECRET_KEY", default) or "unset-run-clarion-init"


CLARION = read(os.environ)

SECRET_KEY = secret_key(CLARION.home, os.environ)
DEBUG = CLARION.debug
ALLOWED_HOSTS = list(CLARION.allowed_hosts)
DATABASES = {"default": database(CLARION.database_url)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "clarion.store",
    "clarion.web",
]
MIDDLEWARE = [
    "clarion.web.bodies.SizeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "clarion.web.security.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "clarion.web.urls"
WSGI_APPLICATION = "clarion.web.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "clarion.web.context.clarion",
            ],
        },
    }
]
AUTH_USER_MODEL = "store.User"
LOGIN_URL = "/console/login"
LOGIN_REDIRECT_URL = "/console/"
LOGOUT_REDIRECT_URL = "/console/login"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}PasswordValidator"}
    for name in ("Common", "Numeric")
]
LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = False
STATIC_URL = "/static/"
STATIC_ROOT = str(CLARION.home / "static")
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
DATA_UPLOAD_MAX_MEMORY_SIZE = CLARION.hook_limit_bytes
FILE_UPLOAD_HANDLERS = ["clarion.web.bodies.NoFiles"]
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = CLARION.base_url.startswith("https://")
CSRF_TRUSTED_ORIGINS = [CLARION.base_url]
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
}
