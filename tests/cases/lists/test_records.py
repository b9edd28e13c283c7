"""How records are read: by threads of one worker, at the same time."""

from cases.lists.records import _statement


def test_each_read_has_aliases_of_its_own_so_that_no_thread_meets_one_half_built() -> None:
    """An alias builds its columns at first use; two threads that come at once build them twice, and one read fails."""
    aliases = [{entity["aliased"] and id(entity["entity"]) for entity in _statement().column_descriptions}
               for _ in range(2)]  # fmt: skip
    assert aliases[0] & aliases[1] == {False}
