"""Any amount, written in any of our styles, reads back the same; traditional characters; placeholders."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

import zhreport as zr
from zhreport.amounts import Amount, decimal_text

DIGITS = "零一二三四五六七八九"
CAPITALS = "零壹贰叁肆伍陆柒捌玖"


def in_characters(number: int, digits: str = DIGITS, units: str = "十百千") -> str:
    """A whole number below 10^12 in 汉字, as a report writes it."""
    if number == 0:
        return digits[0]
    for size, name in ((10**8, "亿"), (10**4, "万")):
        if number >= size:
            head, rest = divmod(number, size)
            gap = digits[0] if rest and rest < size // 10 else ""
            return in_characters(head, digits, units) + name + gap + (in_characters(rest, digits, units) if rest else "")
    out, zero = "", False
    for place in (3, 2, 1, 0):
        digit = number // 10**place % 10
        if digit:
            out += (digits[0] if zero and out else "") + digits[digit] + (units[place - 1] if place else "")
            zero = False
        else:
            zero = True
    return out


WHOLE = st.integers(min_value=0, max_value=10**12 - 1)


@given(WHOLE)
def test_whole_numbers_read_back(number: int) -> None:
    assert zr.parse_amount(in_characters(number)).value == number
    assert zr.parse_amount(in_characters(number, CAPITALS, "拾佰仟")).value == number
    assert zr.parse_amount(str(number)).value == number
    assert zr.parse_amount(f"{number:,}").value == number
    full = str(number).translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    assert zr.parse_amount(full).value == number


@given(st.decimals(min_value=0, max_value=10**8, places=4))
def test_decimals_keep_their_step(number) -> None:
    amount = zr.parse_amount(f"{number:f}")
    assert (amount.value, amount.step) == (Fraction(number), Fraction(1, 10**4))
    assert zr.parse_amount(f"{number:f}万").value == Fraction(number) * 10**4


@given(WHOLE.filter(lambda n: n >= 2))
def test_amounts_with_a_unit_read_back(number: int) -> None:
    for written in (in_characters(number), str(number), f"{number:,}"):
        found = zr.parse(f"投入{written}元。").records
        assert [r.quantity.amount.value for r in found] == [number], written


@given(st.fractions())
def test_decimal_text_is_exact(number: Fraction) -> None:
    text = decimal_text(number)
    assert text is not None
    assert Fraction(text) == number


def test_scaling_moves_every_figure() -> None:
    amount = Amount(Fraction(3), Fraction(2), Fraction(4), Fraction(1), (Fraction(1), Fraction(2)))
    assert amount.scaled(10) == Amount(Fraction(30), Fraction(20), Fraction(40), Fraction(10), (Fraction(10), Fraction(20)))
    assert amount.scaled(1) is amount
    assert Amount(None, Fraction(1), Fraction(2)).interval == (1, 2)


@pytest.mark.parametrize(
    "text", ["", " ", "元", "abc", "负", "零点点", "10..1万", "10.1万零100", "5 6", "12,34", "一是", "九" * 100]
)
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a written number"):
        zr.parse_amount(text)


def test_only_text_is_a_written_number() -> None:
    with pytest.raises(TypeError):
        zr.parse_amount(5)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("traditional", "simplified"),
    [
        ("發放補助資金37.85萬元", "发放补助资金37.85万元"),
        ("惠及2300餘戶", "惠及2300余户"),
        ("兩個村共億元", "两个村共亿元"),
        ("歷時兩年", "历时两年"),
    ],
)
def test_traditional_characters_give_the_same_values(traditional: str, simplified: str) -> None:
    a, b = (zr.parse(t).records for t in (traditional, simplified))
    assert [(r.quantity.amount, r.quantity.unit, r.quantity.approx) for r in a] == [
        (r.quantity.amount, r.quantity.unit, r.quantity.approx) for r in b
    ]
    assert all(traditional[r.start : r.end] == r.surface for r in a)


@pytest.mark.parametrize("text", ["发放XX万元", "资助××人", "于X月X日开学", "投入若干元"])
def test_placeholders_are_reported_and_never_valued(text: str) -> None:
    report = zr.parse(text)
    assert report.placeholders
    assert not report.records
    assert all(text[p.start : p.end] == p.surface for p in report.placeholders)


@pytest.mark.parametrize(
    ("text", "surface", "value"),
    [
        ("资助1O86人", "1O86人", 1086),
        ("投入l2万元", "l2万元", 120000),
        ("投入12。5万元", "12。5万元", 125000),
        ("共4，500户", "4，500户", 4500),
    ],
)
def test_damage_is_read_and_told(text: str, surface: str, value: int) -> None:
    (record,) = zr.parse(text).records
    assert (record.surface, record.quantity.amount.value) == (surface, value)
    assert "repair:damaged digits" in record.why or "，" in surface
