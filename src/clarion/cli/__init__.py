"""The command line: `clarion COMMAND`.

A command is one module of ``clarion.cli.commands``, found by its file name:

``HELP``
    one line for the list of commands.
``arguments(parser) -> None``
    adds its options.
``run(args) -> int``
    does it and returns how it ended. Imports of Django stay inside, after ``start.ready()``, so that
    `clarion --help` and the commands that need no database start at once.

How commands end:

====  ==========================================================================================
0     it is done, or what was checked holds
1     what was checked does not hold: `check`, `clocks check`, `policy check`, `policy test`, `verify`
2     it could not be done: wrong usage, a bad setting, a refusal, a missing file, a port in use
3     something nobody expected; ``--debug`` shows where
130   stopped from the keyboard
====  ==========================================================================================

Whatever goes wrong is said in one sentence on standard error, with what to do next.
"""
