"""What is read of a page is what stands in it; a page that is not written as ours are is refused, not guessed at."""

import pytest

from tests.markup import pieces


def test_a_page_is_cut_into_what_stands_in_it() -> None:
    found = pieces('<!doctype html><P class="a &amp; b" hidden>1 &lt; 2<br/></P><!-- < --><script>a < b</script>')
    assert [(one.tag, one.end, one.text) for one in found] == [
        ("p", "", ""), ("", "", "1 < 2"), ("br", "", ""), ("", "p", ""),
        ("script", "", ""), ("", "", "a < b"), ("", "script", ""),
    ]  # fmt: skip
    assert found[0].given == (("class", "a & b"), ("hidden", ""))
    assert found[2].closed


@pytest.mark.parametrize("page", ["<p>1 < 2</p>", "<p", '<p class="a>b</p>'])
def test_what_is_not_written_as_our_pages_are_is_refused(page: str) -> None:
    with pytest.raises(ValueError, match="neither tag nor text"):
        pieces(page)
