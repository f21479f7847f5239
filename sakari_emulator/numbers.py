"""Telephone numbers: those set aside for fiction, and reading those that are sent.

North America keeps 555-0100 to 555-0199 of every area code for fiction; Ofcom keeps a thousand
numbers in each of several British cities. The British mobile range 07700 900xxx is not used:
common checkers call it invalid, and a record read from here could then not be written back.
"""

from __future__ import annotations

import re

import phonenumbers

from sakari_emulator.rows import Mobile

_AREAS = """
201 202 203 205 206 207 208 209 210 212 213 214 215 216 217 218 219 220 224 225 228 229 231 234 239
240 248 251 252 253 254 256 260 262 267 269 270 272 276 281 301 302 303 304 305 307 308 309 310 312
313 314 315 316 317 318 319 320 321 323 325 330 331 332 334 336 337 339 346 347 351 352 360 361 364
380 385 386 401 402 404 405 406 407 408 409 410 412 413 414 415 417 419 423 424 425 430 432 434 435
440 442 443 458 463 464 469 470 475 478 479 480 484 501 502 503 504 505 507 508 509 510 512 513 515
516 517 518 520 530 531 534 539 540 541 551 559 561 562 563 564 567 570 571 573 574 575 580 585 586
601 602 603 605 606 607 608 609 610 612 614 615 616 617 618 619 620 623 626 628 629 630 631 636 641
646 650 651 657 660 661 662 667 669 678 680 681 682 701 702 703 704 706 707 708 712 713 714 715 716
717 718 719 720 724 725 726 727 731 732 734 737 740 743 747 754 757 760 762 763 765 769 770 772 773
774 775 779 781 785 786 801 802 803 804 805 806 808 810 812 813 814 815 816 817 818 828 830 831 832
838 843 845 847 848 850 854 856 857 858 859 860 862 863 864 865 870 872 878 901 903 904 906 907 908
909 910 912 913 914 915 916 917 918 919 920 925 928 929 930 931 934 936 937 938 940 941 947 949 951
952 954 956 959 970 971 972 973 978 979 980 984 985 986 989
""".split()  # noqa: SIM905 - a list of strings would be four times as long
# Area code and the digits that a thousand numbers share.
_CITIES = [
    ("20", "79460"), ("113", "4960"), ("114", "4960"), ("115", "4960"), ("116", "4960"),
    ("117", "4960"), ("118", "4960"), ("121", "4960"), ("131", "4960"), ("141", "4960"),
    ("151", "4960"), ("161", "4960"), ("191", "4980"), ("28", "96496"), ("29", "20180"),
]  # fmt: skip
_LINES = 95
_US_COUNT = len(_AREAS) * _LINES
_GB_COUNT = len(_CITIES) * 1000
_GB_SHARE = 10

_POSSIBLE = phonenumbers.ValidationResult.IS_POSSIBLE


def fiction(index: int) -> Mobile:
    """The index-th number set aside for fiction, every tenth of them British.

    There are about 28,000 American and 15,000 British ones; beyond that they repeat. Lines 0195
    to 0199 are left out: they are the account's own numbers.
    """
    if index % _GB_SHARE == _GB_SHARE - 1:
        return _british(index // _GB_SHARE % _GB_COUNT)
    return _american((index - index // _GB_SHARE) % _US_COUNT)


def _american(index: int) -> Mobile:
    area, line = _AREAS[index % len(_AREAS)], f"{100 + index // len(_AREAS):04d}"
    forms = (f"({area}) 555-{line}", f"{area}-555-{line}", f"1 {area} 555 {line}")
    return Mobile(f"+1{area}555{line}", forms[index % len(forms)], "US")


def _british(index: int) -> Mobile:
    area, start = _CITIES[index % len(_CITIES)]
    line = f"{index // len(_CITIES):03d}"
    return Mobile(f"+44{area}{start}{line}", f"0{area} {start}{line}", "GB")


def own(index: int) -> tuple[str, str]:
    """The index-th number of the account itself (up to five), and its country."""
    return f"+1{_AREAS[index]}5550{195 + index}", "US"


def read(typed: str, country: str | None) -> Mobile | None:
    """A number as sent, or None when it cannot be one.

    Args:
        typed: In any writing: spaces, dots, dashes and brackets do not count.
        country: ISO 3166 alpha-2; only needed for numbers without their country's code.
    """
    if re.search(r"[^\d\s().+-]", typed):
        return None
    # 00 is the way out of most countries, and no number begins with it.
    written = re.sub(r"^\s*00", "+", typed)
    try:
        parsed = phonenumbers.parse(written, (country or "US").upper())
    except phonenumbers.NumberParseException:
        return None
    # Not is_possible_number, which also takes one that lacks its area code.
    if phonenumbers.is_possible_number_with_reason(parsed) != _POSSIBLE:
        return None
    number = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    home = phonenumbers.region_code_for_country_code(parsed.country_code or 0)
    return Mobile(number, typed, country or home)
