"""Signing in and out."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpResponse

from clarion.rules.access import PERMISSIONS, ROLE_LABELS, may
from clarion.store.queries import people
from clarion.web import machine as machines
from clarion.web.console import throttle
from clarion.web.console.base import Looking, screen, show


class LoginForm(AuthenticationForm):
    """Address and password. A wrong address and a wrong password are answered alike."""

    error_messages = {
        "invalid_login": "Address and password do not belong together. Check both and try again.",
        "inactive": "Address and password do not belong together. Check both and try again.",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.fields["username"].label = "Mail address"
        self.fields["username"].widget = forms.EmailInput(
            attrs={"autocomplete": "username", "maxlength": 254}
        )
        self.status = 200

    def clean(self) -> dict[str, Any]:
        email = str(self.cleaned_data.get("username", ""))
        machine = machines.of(self.request.META if self.request else {})
        now = datetime.now(UTC)
        left = throttle.wait(email, machine, now)
        if left.total_seconds() > 0:
            self.status = 429
            seconds = int(left.total_seconds()) + 1
            raise forms.ValidationError(f"Too many wrong tries. Wait {seconds} seconds, then try again.")
        try:
            found = super().clean()
        except forms.ValidationError:
            self.status = 422
            throttle.failed(email, machine, now)
            raise
        throttle.forget(email, machine)
        return found


class Login(LoginView):
    """The login page. ``next`` leads nowhere but back into this installation."""

    form_class = LoginForm
    authentication_form = LoginForm
    template_name = "console/login.html"
    redirect_authenticated_user = True

    def get_initial(self) -> dict[str, Any]:
        return {"username": self.request.GET.get("as", "")[:254]}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        roles = _demo_people() if settings.CLARION.demo else []
        return {
            **super().get_context_data(**kwargs),
            "demo_people": roles,
            "status_page": settings.CLARION.base_url,
        }

    def form_invalid(self, form: Any) -> HttpResponse:
        answer = super().form_invalid(form)
        answer.status_code = form.status if form.status != 200 else 422
        return answer


def _demo_people() -> list[dict[str, Any]]:
    """Whom to sign in as in a demo. Their password is printed where the demo was started."""
    found = []
    for person in _active():
        held = [role for role in ROLE_LABELS if role in {grant.role for grant in person.live_grants}]
        roles = ", ".join(ROLE_LABELS[role] for role in held)
        place = list(ROLE_LABELS).index(held[0]) if held else len(ROLE_LABELS)
        found.append({"name": person.name, "email": person.email, "roles": roles, "place": place})
    return sorted(found, key=lambda each: each["place"])


def _active() -> Any:
    return people.people().filter(is_active=True)


login = Login.as_view()
logout = LogoutView.as_view()


@screen(None)
def me(request: Looking) -> HttpResponse:
    """Who is signed in, what they may do and why not."""
    held = [text for role, text in ROLE_LABELS.items() if role in request.actor.roles]
    allowed = [(name, may(request.actor, name)) for name in PERMISSIONS]
    return show(request, "console/me.html", {"held": held, "allowed": allowed})
