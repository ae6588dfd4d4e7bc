"""When an approval window ends is said by its deadline alone."""

from django.db import migrations


def open_what_was_open(apps, schema_editor):
    """A draft that went back into review kept the time of its window after the deadline was over."""
    Deadline = apps.get_model("store", "Deadline")
    open_now = Deadline.objects.filter(
        kind="approval_window", satisfied_at=None, cancelled_at=None, draft__isnull=False
    )
    drafts = apps.get_model("store", "Draft").objects.filter(state="in_review").exclude(window_due_at=None)
    for draft in drafts.exclude(id__in=open_now.values("draft_id")).iterator():
        Deadline.objects.create(
            kind="approval_window",
            incident_id=draft.incident_id,
            draft_id=draft.id,
            owner_role="communications_lead",
            reason="Approval is wanted again.",
            opened_at=draft.submitted_at or draft.created_at,
            warn_at=draft.window_due_at,
            due_at=draft.window_due_at,
        )


class Migration(migrations.Migration):
    dependencies = [("store", "0010_policy_documents")]

    operations = [
        migrations.RunPython(open_what_was_open, migrations.RunPython.noop, elidable=True),
        migrations.RemoveField(model_name="draft", name="window_due_at"),
    ]
