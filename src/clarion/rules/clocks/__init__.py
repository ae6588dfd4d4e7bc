"""Regulatory clocks: from recorded facts to the time each report is due, with all that was assumed.

``load`` reads the files of ``clarion.data.clocks``; ``evaluate`` answers for one clock and one incident. Not
legal advice: a record says what was read where and when, and anything unverified only reminds.

============  ==================================================================
`record`      what a file may say
`loading`     reads files, refuses each mistake with its place
`facts`       what people recorded
`calendars`   days, months, working days
`limits`      what starts a clock, and how far it counts
`rolls`       weekends and holidays, one function for each text
`due`         how each stage stands
============  ==================================================================
"""

from clarion.rules.clocks.due import Due, evaluate
from clarion.rules.clocks.facts import Anchored, BadFacts, Entity, Facts, Submission, Suspension, Targets
from clarion.rules.clocks.loading import BadClocks, load, stale
from clarion.rules.clocks.record import Record

__all__ = [
    "Anchored", "BadClocks", "BadFacts", "Due", "Entity", "Facts", "Record", "Submission", "Suspension",
    "Targets", "evaluate", "load", "stale",
]  # fmt: skip
