"""``/api/v1``: everything the console does, for programs.

Start reading in ``app``; one module per noun declares its operations with ``operations.reads`` and
``operations.writes``, which bring scopes, problem answers and Idempotency-Keys to all of them alike.
"""
