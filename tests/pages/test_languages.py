"""The page in two languages: one's own words where they are, the original marked where they are not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from clarion.pages.site import BadPage, render
from clarion.pages.view import ENGLISH, LanguageView, PageView, TranslationView
from clarion.rules.audience import CUSTOMERS, PublicText
from tests.pages.sample import NIGHT, incident, page, update

GERMAN = LanguageView("de", "Deutsch")
TOLD = TranslationView("de", PublicText(CUSTOMERS, "Kasse gestört", "Zahlungen scheitern."), NIGHT)


def bilingual(**changes: object) -> PageView:
    told = update("u2", translations=(TOLD,))
    first = update("u1", body="We look into it.")
    shown = incident("i1", told, first)
    return page(incidents=(shown,), languages=(ENGLISH, GERMAN), **changes)


def test_each_language_has_its_own_pages() -> None:
    files = render(bilingual())
    ours, original = (files[f"{root}incidents/i1/index.html"].decode() for root in ("de/", ""))
    assert '<span lang="de">Kasse gestört</span>' in ours
    assert '<div class="prose" lang="de"><p>Zahlungen scheitern.</p>' in ours
    assert "Kasse gestört" not in original
    assert "Kasse gestört" in files["de/index.html"].decode()
    assert "de/history/index.html" in files


def test_what_is_not_translated_is_shown_and_marked() -> None:
    files = render(bilingual())
    ours = files["de/incidents/i1/index.html"].decode()
    assert "Noch nicht übersetzt: English" in ours
    assert '<div class="prose" lang="en"><p>We look into it.</p>' in ours
    assert "übersetzt" not in files["incidents/i1/index.html"].decode()


def test_readers_get_from_one_language_to_the_same_place_in_another() -> None:
    files = render(bilingual(url="https://larkspur.example/status"))
    there = files["incidents/i1/index.html"].decode()
    assert 'href="/status/de/incidents/i1" lang="de" hreflang="de"' in there
    back = files["de/incidents/i1/index.html"].decode()
    assert 'href="/status/incidents/i1" lang="en" hreflang="en"' in back
    assert '<link rel="canonical" href="https://larkspur.example/status/de/incidents/i1">' in back
    assert 'href="/status/de/history"' in back


def test_a_page_in_one_language_has_no_word_of_languages() -> None:
    files = render(page(incidents=(incident(),)))
    assert "Languages" not in files["index.html"].decode()
    assert not any(name.startswith("de/") for name in files)


def test_feeds_and_json_stay_in_the_language_of_the_originals() -> None:
    plain = render(replace(bilingual(), languages=(ENGLISH,)))
    files = render(bilingual())
    for name in ("history.atom", "history.rss", "api/v2/summary.json"):
        assert plain[name] == files[name]


def test_a_language_whose_folder_is_taken_is_refused() -> None:
    with pytest.raises(BadPage, match="'api' would be the folder of the JSON API"):
        render(page(languages=(ENGLISH, LanguageView("api", "Apiaká"))))


def test_what_stands_around_the_texts_is_in_the_readers_language_too() -> None:
    """States, dates, headings and the way to skip them; a screen reader is told which language it is."""
    files = render(bilingual(time_zone="Europe/Berlin"))
    ours = files["de/incidents/i1/index.html"].decode()
    assert '<html lang="de">' in ours
    for said in ("Wird untersucht", "Auswirkung", "14. März 2026", "Zum Inhalt springen"):
        assert said in ours, said
    for left in ("Investigating", "Next update", "Skip to", " Mar "):
        assert left not in ours, left
    assert '<html lang="en">' in files["incidents/i1/index.html"].decode()


def test_a_time_inside_a_text_is_said_in_the_language_of_that_text() -> None:
    told = TranslationView("de", PublicText(CUSTOMERS, "Gestört", "Mehr bis {2026-03-14T04:00Z}."), NIGHT)
    shown = incident("i1", update("u1", body="More by {2026-03-14T04:00Z}.", translations=(told,)))
    files = render(page(incidents=(shown,), languages=(ENGLISH, GERMAN)))
    assert "Mehr bis <time" in files["de/index.html"].decode()
    assert ">14. März 2026, 04:00 UTC (05:00 CET)</time>" in files["de/index.html"].decode()
    assert ">14 Mar 2026, 04:00 UTC (05:00 CET)</time>" in files["index.html"].decode()


def test_a_language_without_words_of_its_own_gets_english_ones_and_says_so() -> None:
    polish = LanguageView("pl", "Polski")
    files = render(page(incidents=(incident(),), languages=(ENGLISH, polish)))
    assert '<html lang="en">' in files["pl/index.html"].decode()
    assert "Not translated yet: English" in files["pl/index.html"].decode()


def test_originals_in_another_language_have_feeds_in_it() -> None:
    german = page(
        incidents=(incident("i1", update("u1", language="de")),), languages=(GERMAN,), language=GERMAN
    )
    files = render(german)
    assert b'xml:lang="de"' in files["history.atom"]
    assert "Wird untersucht" in files["history.atom"].decode()
    assert b"<language>de</language>" in files["history.rss"]
