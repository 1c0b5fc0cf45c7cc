"""What the site's index and province pages say, in Indonesian and in English."""

from babel.numbers import format_decimal

from neraca.publish.words import LANGUAGES

_WORDS: dict[str, tuple[str, str]] = {
    "map": ("Peta", "Map"),
    "map_intro": (
        "Satu kotak untuk setiap provinsi, kira-kira di tempatnya pada peta. "
        "Kotak bergaris bawah membuka laporan provinsi itu. Laporan juga dapat dicari menurut "
        "[provinsi dan tahun]({table}).",
        "One tile for each province, roughly where it lies. "
        "An underlined tile opens the reports of its province. Reports can also be found by "
        "[province and year]({table}).",
    ),
    "indicator": ("Indikator", "Indicator"),
    "year": ("Tahun", "Year"),
    "legend": ("Keterangan warna", "What the colours mean"),
    "no_value": ("tidak diketahui", "not known"),
    "approximate": ("≈ kira-kira", "≈ approximate"),
    "balance": ("Neraca perdagangan", "Trade balance"),
    "export": ("Ekspor", "Exports"),
    "import": ("Impor", "Imports"),
    "cover_ratio": ("Ekspor dibanding impor", "Exports as a share of imports"),
    "imk_establishments": (
        "Usaha industri mikro dan kecil",
        "Micro and small industry: establishments",
    ),
    "imk_workers": ("Pekerja industri mikro dan kecil", "Micro and small industry: workers"),
    "billion_usd": ("miliar dolar AS", "billion US dollars"),
    "percent": ("persen", "percent"),
    "thousand_establishments": ("ribu usaha", "thousand establishments"),
    "thousand_workers": ("ribu orang", "thousand people"),
    "valuation": (
        "Ekspor menurut provinsi asal barang, FOB; impor menurut pelabuhan bongkar, CIF: provinsi "
        "dengan pelabuhan besar juga mengimpor untuk provinsi lain.",
        "Exports by province of origin, FOB; imports by port of unloading, CIF: a province with a "
        "large port imports for others too.",
    ),
    "imk_note": (
        "Industri mikro dan kecil menurut BPS: usaha dengan kurang dari 20 pekerja.",
        "Micro and small industry as BPS counts it: establishments with fewer than 20 workers.",
    ),
    "map_source": (
        "Sumber: terbitan BPS dan instansi lain. Setiap angka pada peta dengan sumbernya ada di",
        "Source: publications of BPS and other agencies. Each figure on the map, with its source, "
        "is in",
    ),
    "below": ("kurang dari {high}", "less than {high}"),
    "between": ("{low} sampai kurang dari {high}", "{low} to less than {high}"),
    "above": ("{low} atau lebih", "{low} or more"),
    "deficit_above": ("defisit lebih dari {low}", "deficit of more than {low}"),
    "deficit_below": ("defisit sampai {high}", "deficit of up to {high}"),
    "surplus_below": (
        "seimbang atau surplus kurang dari {high}",
        "balanced or surplus under {high}",
    ),
    "surplus_between": (
        "surplus {low} sampai kurang dari {high}",
        "surplus of {low} to under {high}",
    ),
    "surplus_above": ("surplus {low} atau lebih", "surplus of {low} or more"),
    "in_deficit": ("{range}: defisit", "{range}: a deficit"),
    "matrix": ("Provinsi dan tahun", "Provinces and years"),
    "matrix_caption": (
        "Laporan menurut provinsi dan tahun",
        "Reports by province and year",
    ),
    "province": ("Provinsi", "Province"),
    "search": ("Cari provinsi", "Search a province"),
    "every_year": ("semua tahun", "every year"),
    "state": ("Keadaan", "State"),
    "every_state": ("semua", "any"),
    "published": ("terbit", "published"),
    "other": ("terbit dalam bahasa Inggris", "published in Indonesian"),
    "failed": ("gagal", "failed"),
    "unmade": ("belum dibuat", "not made yet"),
    "no_data": ("tidak ada data", "no data"),
    "key_published": ("terbit, buka laporannya", "published, opens the report"),
    "key_other": (
        "terbit dalam bahasa Inggris saja",
        "published in Indonesian only",
    ),
    "key_failed": ("gagal dibuat, buka sebabnya", "could not be made, opens the reason"),
    "key_unmade": ("ada data, belum ada laporan", "there are data, but no report yet"),
    "key_no_data": (
        "tidak ada angka untuk tahun itu dalam data di sini",
        "no figures for that year in the data used here",
    ),
    "shown_rows": (
        "{count} dari {total} provinsi ditampilkan.",
        "{count} of {total} provinces shown.",
    ),
    "failures_title": ("Laporan yang gagal dibuat", "Reports that could not be made"),
    "failures_lead": (
        "Sebab setiap kegagalan sebagaimana dilaporkan program, dan perintah untuk mencobanya "
        "lagi.",
        "Why each of them failed, in the program's own words, and the command to try again.",
    ),
    "asked_for": ("Parameter:", "Parameters:"),
    "try_again": (
        "Setelah sebabnya diatasi, buat laporan ini lagi:",
        "When the cause is mended, make this report again:",
    ),
    "files": (
        "Untuk mesin dan lembar kerja: [daftar laporan (JSON)]({to}catalog.json), "
        "semua indikator ([CSV]({to}indicators.csv), [Parquet]({to}indicators.parquet)), "
        "[angka pada peta (CSV)]({to}map.csv), [sumbernya (CSV)]({to}sources.csv), "
        "dan [keterangan kolomnya]({to}datapackage.json).",
        "For machines and spreadsheets: the [list of reports (JSON)]({to}catalog.json), "
        "all indicators ([CSV]({to}indicators.csv), [Parquet]({to}indicators.parquet)), "
        "the [figures on the map (CSV)]({to}map.csv), their [sources (CSV)]({to}sources.csv), "
        "and [what their columns mean]({to}datapackage.json).",
    ),
    "province_title": ("{province}, tahun demi tahun", "{province}, year by year"),
    "province_lead": (
        "Semua laporan tentang {province}, dan angka pokok dari masing-masing.",
        "Every report on {province}, and the main figures of each.",
    ),
    "back": ("Semua provinsi", "All provinces"),
    "reports": ("Laporan", "Reports"),
    "vintage": ("keadaan data {date}", "data vintage {date}"),
    "trade": ("Perdagangan luar negeri", "Foreign trade"),
    "trade_caption": (
        "Perdagangan luar negeri {province}, juta dolar AS",
        "Foreign trade of {province}, million US dollars",
    ),
    "net": ("Neraca", "Balance"),
    "own_report": (
        "Angka setiap tahun menurut laporan tahun itu, yang juga menyebut sumbernya. "
        "“–” berarti tidak diketahui untuk setahun penuh.",
        "The figures of a year are those of that year's report, which also names their sources. "
        "“–” means not known for the whole year.",
    ),
    "origin": ("Ekspor menurut provinsi asal barang, FOB", "Exports by province of origin, FOB"),
    "port-of-loading": ("Ekspor menurut pelabuhan muat, FOB", "Exports by port of loading, FOB"),
    "not_stated": (
        "Ekspor dengan dasar yang tidak disebutkan, FOB",
        "Exports on a basis that is not stated, FOB",
    ),
    "basis_years": ("{basis}: {years}.", "{basis}: {years}."),
    "imports_cif": ("Impor menurut pelabuhan bongkar, CIF.", "Imports by port of unloading, CIF."),
    "industry": (
        "Barang mentah dan industri kecil",
        "Raw goods and small industry",
    ),
    "industry_caption": (
        "Bagian barang mentah dalam ekspor {province}, persen, dan usaha industri mikro dan kecil",
        "Raw goods in the exports of {province}, percent, and establishments of micro and small "
        "industry",
    ),
    "raw_share": ("Bagian mentah (%)", "Raw share (%)"),
    "raw_range": ("{low} sampai {high}", "{low} to {high}"),
    "establishments": ("Usaha mikro dan kecil", "Micro and small establishments"),
    "split": (
        "Sampai {last} angkanya mencakup {children}, sejak {first} tidak lagi: selisihnya bukan "
        "pertumbuhan.",
        "Up to {last} the figures include {children}, from {first} on they do not: the difference "
        "is no growth.",
    ),
    "raw_silent": (
        "“{range}” berarti rincian barang tidak menunjukkan berapa yang mentah.",
        "“{range}” means that the lists of goods do not show how much is raw.",
    ),
    "industry_note": (
        "Bagian mentah adalah rentang: dari yang pasti mentah sampai mentah, campuran, dan tidak "
        "terinci bersama-sama. Periodenya disebut di laporan.",
        "The raw share is a range: from what is raw for certain to raw, mixed and unlisted goods "
        "together. The report names its period.",
    ),
}


def say(name: str, language: str, **parts: object) -> str:
    """Return the text of this name in a language, with its parts filled in.

    >>> say("below", "id", high=5), say("below", "en", high=5)
    ('kurang dari 5', 'less than 5')
    """
    return _WORDS[name][LANGUAGES.index(language)].format(**parts)


def number(value: float, language: str, decimals: int = 0) -> str:
    """Write a number as the language does, with a true minus sign.

    >>> number(-1234.56, "id", 1), number(-1234.56, "en", 1)
    ('−1.234,6', '−1,234.6')
    """
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    written: str = format_decimal(value, format=pattern, locale=language)
    return written.replace("-", "−")
