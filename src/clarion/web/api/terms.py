"""The words of the house, and what others call the same."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router
from pydantic import Field

from clarion.rules.vocabularies import house_terms, vocabularies
from clarion.web.api.operations import reads
from clarion.web.api.schemas import Output

router = Router(tags=["system"])


class TermOut(Output):
    kind: str = Field(description="`incident`, `maintenance`, `component` or `impact`.")
    word: str
    label: str
    meaning: str


class VocabularyOut(Output):
    key: str
    name: str
    source: str
    evidence: str = Field(description="How sure it is: `primary`, `secondary` or `memory`.")
    words: dict[str, str] = Field(description="Their word by ours; a state without one is left out.")


class TermsOut(Output):
    terms: list[TermOut]
    vocabularies: list[VocabularyOut]


@reads(router, "/terms", out=TermsOut)
def read_terms(request: HttpRequest) -> TermsOut:
    """Read the words of the house with what they mean, and what others call the same."""
    return TermsOut(
        terms=[
            TermOut(kind=term.kind, word=term.word, label=term.label, meaning=term.meaning)
            for term in house_terms()
        ],
        vocabularies=[
            VocabularyOut(
                key=each.key,
                name=each.name,
                source=each.source,
                evidence=each.evidence,
                words=dict(each.words),
            )
            for each in vocabularies()
        ],
    )
