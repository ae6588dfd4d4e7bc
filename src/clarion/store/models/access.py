"""People, what they may do, and the keys their programs use."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from clarion.store.ids import new_id


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """A person of the organisation. What they may do is said by RoleGrant rows, not by flags."""

    id = models.CharField(primary_key=True, max_length=12, default=new_id)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    time_zone = models.CharField(max_length=64, default="Etc/UTC")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects = UserManager()

    def __str__(self) -> str:
        return self.name


class RoleGrant(models.Model):
    """One role of one person, such as ``accuracy``. A grant ends by ``revoked_at``; rows are not deleted."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="grants")
    role = models.CharField(max_length=40)
    granted_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["user", "role"], condition=models.Q(revoked_at=None), name="one_live_grant_per_role"
            ),
        )


class ApiKey(models.Model):
    """A key for programs. It acts as its owner, within its scopes; only a hash of it is kept."""

    id = models.CharField(primary_key=True, max_length=12, default=new_id)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="api_keys")
    label = models.CharField(max_length=120)
    secret_hash = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)


class IdempotentReply(models.Model):
    """The answer already given to a write with this Idempotency-Key."""

    api_key = models.ForeignKey(ApiKey, on_delete=models.CASCADE)
    key = models.CharField(max_length=200)
    request_hash = models.CharField(max_length=64)
    status = models.IntegerField(default=0)
    body = models.TextField(default="")
    created_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["api_key", "key"], name="one_reply_per_idempotency_key"),
        )
