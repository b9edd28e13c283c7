"""`flask papers`: files are written as the page hands them out, and told from altered and strange ones."""

from pathlib import Path

from flask import Flask

from cases.papers.sealing import seal_waiting
from tests.builders import Place
from tests.cases.papers.test_sealing import issued, local
from tests.conftest import NOW


def test_a_file_is_written_once_sealed_and_known_again(app: Flask, place: Place, tmp_path: Path) -> None:
    paper, run = issued(place), app.test_cli_runner().invoke
    render = ["papers", "render", "--to", str(tmp_path)]
    waits = run(args=[*render, paper.case_number])
    assert (waits.exit_code, waits.stderr) == (1, f"{paper.number}\tits seal is still being put on\n")
    assert seal_waiting(local(), app.extensions["store"], "", None, NOW) == 1
    written = tmp_path / f"{paper.number}.pdf"
    for named in (paper.case_number, paper.number):
        done = run(args=[*render, named])
        assert (done.exit_code, done.stdout) == (
            0,
            f"{paper.number}\t{written.stat().st_size} bytes\tsealed by local\n",
        )
    known = run(args=["papers", "check", str(written)])
    first, second = known.stdout.splitlines()
    assert known.exit_code == 0
    assert first == f"ours: {paper.number}, zh, given out 2026-11-24 02:42 UTC"
    assert second.startswith("seal: holds; 示范旗信用办（测试）, certificate ")
    content = written.read_bytes()
    written.write_bytes(content[:-1])
    altered = run(args=["papers", "check", str(written)])
    assert (altered.exit_code, altered.stdout) == (
        1, f"altered: it bears the number {paper.number}, and is no file of it\n"
    )  # fmt: skip
    written.write_bytes(b"%PDF-1.7")
    strange = run(args=["papers", "check", str(written)])
    assert (strange.exit_code, strange.stdout) == (1, "not ours\n")
    unknown = run(args=[*render, "2026-YY-999999"])
    assert (unknown.exit_code, unknown.stderr) == (1, "2026-YY-999999\tno such paper or case\n")
