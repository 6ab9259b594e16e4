"""Patterns that cannot hold the collector up."""

from __future__ import annotations

import pytest

from collector.patterns import PatternError, check_pattern, matches


def test_patterns_match_in_utf_8() -> None:
    """Vietnamese letters are letters, also without regard to case."""
    assert matches("(?i)đăng nhập", "Trang ĐĂNG NHẬP".encode())
    assert matches(r"^Phiên bản \d+\.\d+$", "Phiên bản 2.1".encode())
    assert not matches("Hà Nội", "Thái Bình".encode())
    assert matches("b", b"\xff\xfe b \x00")


@pytest.mark.parametrize("pattern", [r"(a)\1", "(?<=a)b", "(?=a)", "(", "a{5000}", "[z-a]"])
def test_what_is_no_pattern_of_re2_is_refused(pattern: str) -> None:
    """Back-references and look-around would need backtracking."""
    with pytest.raises(PatternError):
        check_pattern(pattern)


def test_a_pattern_that_would_take_too_much_memory_is_refused() -> None:
    """Compiled patterns are bounded too."""
    with pytest.raises(PatternError, match="too large"):
        check_pattern(r"(\pL{90}){10}" * 6)
