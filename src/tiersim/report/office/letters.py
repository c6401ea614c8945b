"""How wide letters are in the widest font that programs take where Arial is missing."""

from __future__ import annotations

_PLAIN = {
    200: "\u202f", 275: "'", 278: "ijl", 295: "IJ", 318: " ,.\u00a0·‘’", 337: "/:;\\|", 353: "f", 361: "-",
    393: "()[]t", 401: "!", 412: "r", 460: '"', 500: "*_`–°", 525: "sz“”", 531: "?", 550: "c", 558: "L",
    580: "Fk", 592: "vxy•", 613: "PTYoa", 635: "eEhnuSbdgpq", 656: "K", 686: "AVXZ", 699: "BRC", 732: "U",
    752: "NH", 775: "DG", 780: "&", 788: "OQ", 818: "w", 838: "#+<=>^~−±→←↑↓≥≤×", 863: "M", 951: "%",
    975: "m", 1000: "W@—…©®",
}  # fmt: skip
_BOLD = {
    200: "\u202f", 307: "'", 343: "ijl", 349: " \u00a0", 366: "/\\|", 373: "IJ", 380: ",.·‘’", 400: ":;",
    416: "-", 436: "f", 458: "!()[]", 479: "t", 494: "r", 500: "_`–°", 523: '"*', 583: "?z", 596: "cs",
    640: "L•", 652: "xvy", 666: "k", 658: "“”", 679: "ae", 684: "TEF", 688: "o", 716: "hnu{}bdgpq",
    726: "SYZ", 734: "PC", 775: "BRXAVK", 813: "U", 831: "GD", 838: "#+<=>^~−±→←↑↓≥≤×HN", 851: "OQ",
    873: "&", 924: "w", 1002: "M%@—…©®", 1042: "m", 1104: "W",
}  # fmt: skip
"""Advance widths of DejaVu Sans in thousandths of the size, rounded up; of letters that are not there those
of a digit. LibreOffice takes it on machines without Arial or a font of its widths."""
OTHERS = (0.637, 0.696)
"""Digits, and letters of which nothing is said here."""
_WIDTHS = tuple(
    {letter: width / 1000 for width, letters in table.items() for letter in letters}
    for table in (_PLAIN, _BOLD)
)


def wide(letter: str) -> bool:
    """Whether a letter is as wide as it is high, as Chinese ones are."""
    return ord(letter) > 0x2E7F


def ems(text: str, bold: bool = False) -> float:
    """Length of a line of text in parts of the size of its letters."""
    known, other = _WIDTHS[bold], OTHERS[bold]
    return sum(1.0 if wide(one) else known.get(one, other) for one in text)
