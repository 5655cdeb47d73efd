"""What made-up people and rows of the exclusion list are made of: figures of the real files, and syllables."""

# Figures of the files: shares of rows, and of persons among them.
ENTITIES = 0.0138
NPI_ZERO = 0.83
MIDDLE_BLANK, MIDDLE_INITIAL, MIDDLE_FAMILY = 0.23, 0.22, 0.05
HYPHENED, SPACED = 0.02, 0.01
ADULT_YEARS = 20
FAMILY_IS_A_GIVEN_NAME = 0.03
FAMILY_NAMES, FAMILY_SKEW = 12_000, 0.42  # two rows in 1,700 share a family name
GIVEN_NAMES, GIVEN_SKEW = 900, 0.36  # two rows in 460 share a given name
BORN_DECADES = {1930: 5, 1940: 23, 1950: 91, 1960: 125, 1970: 136, 1980: 106, 1990: 20}
STATES = {
    state: weight
    for weight, states in (
        (133, ("CA",)),
        (75, ("TX",)),
        (60, ("FL",)),
        (47, ("KY",)),
        (44, ("PA",)),
        (43, ("OH",)),
        (42, ("IL", "TN")),
        (34, ("OK",)),
        (33, ("AL",)),
        (32, ("IN",)),
        (30, ("AZ", "WA")),
        (29, ("NC",)),
        (28, ("OR",)),
        (27, ("MA",)),
        (25, ("NY",)),
        (22, ("UT",)),
        (20, ("KS",)),
        (19, ("LA",)),
        (18, ("VA",)),
        (17, ("ME",)),
        (15, ("MI",)),
        (13, ("AR",)),
        (12, ("IA", "WI", "NH", "MD", "GA")),
        (11, ("MO",)),
        (10, ("WV", "MS")),
        (9, ("MN", "WY", "NV")),
        (8, ("NJ", "RI")),
        (7, ("PR",)),
        (6, ("VT",)),
        (5, ("CT", "NM", "NE", "CO")),
        (4, ("DE", "AK")),
    )
    for state in states
}
# Guesses of ours, no figures of a file: how therapists will state themselves.
BIRTH_DATE_STATED = 0.9
MORE_STATES = (0.7, 0.2, 0.1)  # licensed in one, two, three states

ONSETS = (
    "B",
    "BL",
    "BR",
    "C",
    "CH",
    "CL",
    "CR",
    "D",
    "DR",
    "F",
    "FL",
    "FR",
    "G",
    "GL",
    "GR",
    "H",
    "J",
    "K",
    "KL",
    "KR",
    "L",
    "M",
    "N",
    "P",
    "PL",
    "PR",
    "Q",
    "R",
    "S",
    "SCH",
    "SH",
    "SL",
    "ST",
    "T",
    "TH",
    "TR",
    "V",
    "W",
    "WH",
    "Y",
    "Z",
)
VOWELS = ("A", "AI", "AU", "E", "EA", "EE", "EI", "I", "IE", "O", "OA", "OO", "OU", "U", "UE", "Y")
CODAS = (
    "",
    "B",
    "CK",
    "D",
    "F",
    "G",
    "K",
    "L",
    "LD",
    "LL",
    "M",
    "N",
    "ND",
    "NG",
    "NK",
    "NN",
    "NT",
    "P",
    "R",
    "RD",
    "RN",
    "RT",
    "S",
    "SH",
    "SS",
    "ST",
    "T",
    "TH",
    "TT",
    "X",
)
ENDINGS = ("", "ER", "MAN", "SEN", "SON", "TON", "LEY", "FORD", "BERG", "EZ", "INI", "SKI", "WELL")
ACCENTED = str.maketrans("AEIOUNC", "ÁÉÍÖÜÑÇ")
