"""How things are written: marks the stream can show, times, and names a person would say."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

PLAINER = str.maketrans(
    {
        "\N{HORIZONTAL ELLIPSIS}": "...",
        "\N{EN DASH}": "-",
        "\N{EM DASH}": "-",
        "\N{RIGHTWARDS ARROW}": "->",
        "\N{MIDDLE DOT}": "-",
        "\N{MULTIPLICATION SIGN}": "x",
        "\N{LEFT SINGLE QUOTATION MARK}": "'",
        "\N{RIGHT SINGLE QUOTATION MARK}": "'",
        "\N{LEFT DOUBLE QUOTATION MARK}": '"',
        "\N{RIGHT DOUBLE QUOTATION MARK}": '"',
        "\N{NO-BREAK SPACE}": " ",
    }
)
DOING = {"create": "creating", "update": "updating", "delete": "deleting", "do": "doing", "copy": "copying"}
DONE = {
    "create": "created",
    "vanished": "created",
    "update": "updated",
    "same": "unchanged",
    "blocked": "blocked",
    "orphan": "left over",
}
CAPITALS = frozenset(
    {"acl", "acm", "alb", "api", "arn", "aws", "ca", "cdn", "cpu", "db", "dns", "ec2", "ecr", "ecs", "iam", "ip"}
    | {"kms", "nat", "oidc", "rds", "s3", "sns", "sqs", "ssm", "tls", "vpc", "waf"}
)
ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z^_])")
SIZES = ("B", "kB", "MB", "GB", "TB")
UNUSED = "not used here"  # what is said of a step that this environment needs nothing of
LOOKS = "only looks: muvi verify"  # of one that makes nothing
TEXT_ONLY = frozenset({"act", "gate", "check"})


@dataclass(frozen=True)
class Glyphs:
    """The marks of a stream, and its encoding: what it cannot write is written plainer."""

    encoding: str = "utf-8"
    done: str = "✓"
    active: str = "●"
    pending: str = "·"
    failed: str = "✗"
    gate: str = "‖"
    dot: str = "·"
    more: str = "…"
    arrow: str = "→"

    def safe(self, text: str) -> str:
        """One line without control characters that the stream's encoding can write."""
        flat = "".join(_visible(letter) for letter in ESCAPES.sub("", text))
        try:
            flat.encode(self.encoding)
        except UnicodeEncodeError:
            flat = flat.translate(PLAINER).encode(self.encoding, "replace").decode(self.encoding)
        return flat

    def fit(self, text: str, width: int) -> str:
        """The text cut to so many columns, with a mark where something is missing."""
        if len(text) <= width:
            return text
        return text[: max(0, width - len(self.more))] + self.more[: max(0, width)]

    def squeezed(self, text: str, width: int) -> str:
        """The text cut in its middle: the end of a name tells it from its neighbours."""
        if len(text) <= width:
            return text
        end = max(1, (width - len(self.more)) // 2)
        return f"{text[: max(0, width - end - len(self.more))]}{self.more}{text[-end:]}"[:width]


UNICODE = Glyphs()


def ascii_glyphs(encoding: str) -> Glyphs:
    """Marks every encoding has."""
    return Glyphs(encoding, "+", "*", ".", "x", "?", "-", "...", "->")


def glyphs_for(encoding: str | None) -> Glyphs:
    """The marks for a stream of that encoding; ASCII ones for cp1252 and its like."""
    name = encoding or "ascii"
    try:
        "".join(value for field, value in vars(UNICODE).items() if field != "encoding").encode(name)
    except LookupError:
        return ascii_glyphs("ascii")
    except UnicodeEncodeError:
        return ascii_glyphs(name)
    return Glyphs(name)


def duration(seconds: float) -> str:
    """``0:42``, ``12:05``, ``1:02:03``."""
    whole = max(0, int(seconds))
    hours, rest = divmod(whole, 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"


def size(count: int) -> str:
    """``12.3 MB``: a thousand bytes are one kB, as registries count."""
    amount, unit = float(count), 0
    while amount >= 1000 and unit < len(SIZES) - 1:
        amount, unit = amount / 1000, unit + 1
    return f"{amount:.0f} {SIZES[unit]}" if unit == 0 or amount >= 100 else f"{amount:.1f} {SIZES[unit]}"


def kind_words(kind: str, count: int = 1) -> str:
    """``nat-gateway`` as ``NAT gateway``, or ``NAT gateways`` for several."""
    words = [word.upper() if word in CAPITALS else word for word in kind.split("-")]
    return " ".join([*words[:-1], words[-1] if count == 1 else _plural(words[-1])])


def spoken(address: str) -> str:
    """``nat-gateway/a`` as ``NAT gateway a``; acts, gates and checks by their own words."""
    kind, _, name = address.partition("/")
    if kind in TEXT_ONLY:
        return name.replace("-", " ")
    words = kind_words(kind)
    return f"{words[:1].upper()}{words[1:]} {name}".rstrip()


def doing(verb: str) -> str:
    return DOING.get(verb, verb)


def counted(number: int, one: str, several: str = "") -> str:
    """``1 thing``, ``2 things``."""
    return f"{number} {one if number == 1 else several or _plural(one)}"


def _plural(word: str) -> str:
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return f"{word[:-1]}ies"
    return f"{word}es" if word.endswith(("s", "x", "ch", "sh")) else f"{word}s"


def _visible(letter: str) -> str:
    if letter in "\t\n\r\v\f":
        return " "
    return "" if unicodedata.category(letter) in ("Cc", "Cf", "Zl", "Zp") else letter
