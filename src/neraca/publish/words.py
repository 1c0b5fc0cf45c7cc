"""The few words that a publisher itself puts on a page, in Indonesian and in English."""

from typing import Literal, get_args

Word = Literal[
    "fig",
    "tbl",
    "sec",
    "contents",
    "footnotes",
    "back",
    "note",
    "tip",
    "warning",
    "important",
    "caution",
    "skip",
    "data_until",
    "download_pdf",
    "download",
    "indicators",
    "notebooks",
    "origin_of_numbers",
    "main_navigation",
    "page",
    "this_language",
    "other_language",
    "wide_table",
    "authors",
    "cite",
    "licence",
    "licence_of_report",
    "licence_of_data",
    "primary_sources",
]

LANGUAGES = ("id", "en")

# Where Quarto has the same word (Gambar, Tabel, Catatan …) this is Quarto's translation,
# so that the two publishers give the same text.
_WORDS: dict[str, tuple[str, str]] = {
    "fig": ("Gambar", "Figure"),
    "tbl": ("Tabel", "Table"),
    "sec": ("Bagian", "Section"),
    "contents": ("Daftar Isi", "Table of contents"),
    "footnotes": ("Catatan Kaki", "Footnotes"),
    "back": ("Kembali ke teks", "Back to the text"),
    "note": ("Catatan", "Note"),
    "tip": ("Tip", "Tip"),
    "warning": ("Peringatan", "Warning"),
    "important": ("Penting", "Important"),
    "caution": ("Bahaya", "Caution"),
    "skip": ("Langsung ke isi", "Skip to the content"),
    "data_until": ("Keadaan data:", "Data vintage:"),
    "download_pdf": ("Unduh PDF", "Download PDF"),
    "download": ("Unduh", "Download"),
    "indicators": ("indikator (JSON)", "indicators (JSON)"),
    "notebooks": ("notebook yang dijalankan", "executed notebooks"),
    "origin_of_numbers": ("asal angka", "how made"),
    "main_navigation": ("Situs", "Site"),
    "page": ("Halaman", "Page"),
    "this_language": ("Bahasa Indonesia", "English"),
    "other_language": ("English", "Bahasa Indonesia"),
    "wide_table": ("Tabel, dapat digeser", "Table, scrollable"),
    "authors": ("Para penulis Neraca", "The Neraca authors"),
    "cite": ("Cara mengutip", "How to cite"),
    "licence": ("Lisensi", "Licence"),
    "licence_of_report": ("teks, gambar, dan notebook", "text, figures and notebooks"),
    "licence_of_data": ("kompilasi datanya", "the compilation of the data"),
    "primary_sources": (
        "Angkanya sendiri adalah fakta; kutiplah dari penerbit pertamanya, yang disebut di sini.",
        "The numbers themselves are facts; cite them from their first publisher, named here.",
    ),
}


def word(name: Word, language: str) -> str:
    """Return the word of this name in a language (``id`` or ``en``).

    >>> word("fig", "id"), word("fig", "en")
    ('Gambar', 'Figure')
    """
    return _WORDS[name][LANGUAGES.index(language)]


def other_language(language: str) -> str:
    """Return the language that a page of this language can be switched to.

    >>> other_language("id")
    'en'
    """
    return LANGUAGES[1 - LANGUAGES.index(language)]


def callout_kinds() -> tuple[str, ...]:
    """Return the kinds of callout that both publishers draw.

    >>> callout_kinds()
    ('note', 'tip', 'warning', 'important', 'caution')
    """
    return tuple(
        name
        for name in get_args(Word)
        if name in {"note", "tip", "warning", "important", "caution"}
    )
