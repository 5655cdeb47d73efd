"""Provider types that fit the titles we accept, by their codes in the NUCC provider taxonomy.

Left out are types that are not clinical practice (school, pastoral, educational, sports), behaviour analysts, poetry
therapists, registered nurses without advanced practice, and neurologists. Providers choose their types themselves, so
a fitting type proves nothing, and a missing one asks for a look.

Source: NUCC Health Care Provider Taxonomy code set, version 16.0 (2016).
"""

from typing import Final

_COUNSELORS: Final = ("101Y00000X", "101YA0400X", "101YM0800X", "101YP2500X")
_PSYCHOANALYSTS: Final = ("102L00000X",)
_PSYCHOLOGISTS: Final = (
    *("103G00000X", "103GC0700X"),
    *("103T00000X", "103TA0400X", "103TA0700X", "103TB0200X", "103TC0700X", "103TC1900X", "103TC2200X", "103TF0000X"),
    *("103TF0200X", "103TH0004X", "103TH0100X", "103TM1700X", "103TM1800X", "103TP0016X", "103TP0814X", "103TP2700X"),
    *("103TP2701X", "103TR0400X", "103TW0100X"),
)
_SOCIAL_WORKERS: Final = ("104100000X", "1041C0700X")
_MARRIAGE_AND_FAMILY_THERAPISTS: Final = ("106H00000X",)
_PSYCHIATRISTS: Final = (
    *("2084A0401X", "2084F0202X", "2084P0015X", "2084P0800X", "2084P0802X", "2084P0804X", "2084P0805X"),
)
_PSYCHIATRIC_NURSES: Final = (
    *("363LP0808X", "364SP0807X", "364SP0808X", "364SP0809X"),
    *("364SP0810X", "364SP0811X", "364SP0812X", "364SP0813X"),
)

PROVIDER_TYPES: Final = frozenset(
    (
        *_COUNSELORS,
        *_PSYCHOANALYSTS,
        *_PSYCHOLOGISTS,
        *_SOCIAL_WORKERS,
        *_MARRIAGE_AND_FAMILY_THERAPISTS,
        *_PSYCHIATRISTS,
        *_PSYCHIATRIC_NURSES,
    ),
)
