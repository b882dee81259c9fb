from __future__ import annotations

import hashlib
import random
from pathlib import Path

import pytest

from spojka.charging.usage import csv_layout
from spojka.charging.usage.csv_layout import HEADER, check_file, read_batches, read_file
from spojka.charging.usage.reasons import SUSPENSE_REASONS
from spojka.charging.usage.records import FileBroken


def _call(number, **changes):
    fields = {"record_id": f"r{number}", "kind": "voice", "direction": "mo", "service_key": "601234567"}
    fields |= {"other": "777111222", "at": "2026-02-03T10:15:30+01:00", "duration_s": "61"} | changes
    return ",".join(fields.get(name, "") for name in HEADER.split(","))


def _file(tmp_path, lines, *, end="\n", count=None, text=None):
    path = tmp_path / "usage.csv"
    whole = [HEADER, *lines, f"#records,{len(lines) if count is None else count}"]
    path.write_bytes((end.join(whole) + end).encode() if text is None else text)
    return path


def _broken(path):
    with pytest.raises(FileBroken) as caught:
        check_file(path)
    return caught.value


def test_a_whole_file_is_read(tmp_path):
    path = _file(tmp_path, [_call(1), _call(2)])

    batch = read_file(path, source="o2")

    assert batch.records["record_id"].to_list() == ["r1", "r2"]
    assert batch.records["line"].to_list() == [2, 3]
    assert batch.suspense.height == 0


def test_its_shape_is_known(tmp_path):
    path = _file(tmp_path, [_call(1), _call(2)])

    shape = check_file(path)

    assert (shape.records, shape.size_bytes) == (2, path.stat().st_size)
    assert shape.digest == hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_file_without_records_is_whole(tmp_path):
    batch = read_file(_file(tmp_path, []), source="o2")

    assert (batch.records.height, batch.suspense.height) == (0, 0)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_lines_may_end_either_way(tmp_path, end):
    batch = read_file(_file(tmp_path, [_call(1, cell="a"), _call(2, cell="b")], end=end), source="o2")

    assert batch.records["cell"].to_list() == ["a", "b"]


def test_the_last_end_of_line_may_be_missing_and_a_byte_order_mark_may_stand(tmp_path):
    text = "\ufeff" + "\n".join([HEADER, _call(1), _call(2), "#records,2"])

    batch = read_file(_file(tmp_path, [], text=text.encode()), source="o2")

    assert batch.records.height == 2


def test_a_broken_record_waits_with_its_line_and_the_rest_pass(tmp_path):
    path = _file(tmp_path, [_call(1), _call(2, duration_s="-1"), _call(3, other="0000"), _call(4)])

    batch = read_file(path, source="o2")

    assert batch.records["record_id"].to_list() == ["r1", "r4"]
    waiting = batch.suspense.select("record_id", "line", "reason").rows()
    assert waiting == [("r2", 3, "INVALID_DURATION"), ("r3", 4, "INVALID_NUMBER")]


def test_the_refusal_of_another_file_names_the_header_and_repeats_little_of_what_the_file_holds(tmp_path):
    secret = "root:x:0:0:" + "s" * 200

    broken = _broken(_file(tmp_path, [], text=f"{secret}\x1b[2J\n{_call(1)}\n#records,1\n".encode()))

    assert HEADER in broken.cause
    assert "s" * 29 in broken.cause
    assert "s" * 30 not in broken.cause
    assert broken.cause.isprintable()


@pytest.mark.parametrize("count", ["9" * 19, "9" * 5000])
def test_a_last_line_that_counts_beyond_all_measure_breaks_the_file(tmp_path, count):
    broken = _broken(_file(tmp_path, [], text=f"{HEADER}\n{_call(1)}\n#records,{count}\n".encode()))

    assert "9999" not in broken.cause


@pytest.mark.parametrize(
    ("header", "column", "cause"),
    [
        (HEADER.replace("kind", "type"), 11, "'type' stands where the header must have 'kind'"),
        (HEADER.replace("record_id,kind", "kind,record_id"), 1, "'kind' stands"),
        (HEADER.removesuffix(",cell"), len(HEADER) - 3, "the header ends where the header must have 'cell'"),
        (HEADER + ",more", len(HEADER) + 1, "the header has 18 columns; 17 are expected"),
    ],
)
def test_another_header_breaks_the_file(tmp_path, header, column, cause):
    broken = _broken(_file(tmp_path, [], text=f"{header}\n{_call(1)}\n#records,1\n".encode()))

    assert (broken.line, broken.column) == (1, column)
    assert cause in broken.cause


@pytest.mark.parametrize(("line", "columns"), [(_call(2) + ",", 18), (_call(2)[:-1], 16), ("", 1)])
def test_a_wrong_number_of_columns_breaks_the_file(tmp_path, line, columns):
    broken = _broken(_file(tmp_path, [_call(1), line, _call(3)]))

    assert (broken.line, broken.cause) == (3, f"the line has {columns} columns; 17 are expected")


def test_bytes_that_are_no_text_break_the_file(tmp_path):
    text = f"{HEADER}\n{_call(1)}\nr2,\xe9\n#records,2\n".encode("latin-1")

    broken = _broken(_file(tmp_path, [], text=text))

    assert (broken.line, broken.column, broken.cause) == (3, 4, "byte 0xe9 is not UTF-8")


def test_a_quotation_mark_breaks_the_file(tmp_path):
    broken = _broken(_file(tmp_path, [_call(1), _call(2, cell='"a"')]))

    assert broken.line == 3
    assert "never quoted" in broken.cause


@pytest.mark.parametrize("cut", [1, 5, 12, 40])
def test_a_truncated_file_is_noticed(tmp_path, cut):
    whole = _file(tmp_path, [_call(number) for number in range(12)]).read_bytes()

    broken = _broken(_file(tmp_path, [], text=whole[: -cut - 1]))

    assert broken.line in (13, 14)


@pytest.mark.parametrize("count", [1, 3, 20])
def test_another_count_than_the_files_breaks_it(tmp_path, count):
    broken = _broken(_file(tmp_path, [_call(1), _call(2)], count=count))

    assert (broken.line, broken.column) == (4, 10)
    assert broken.cause == f"the last line counts {count} records; the file has 2"


@pytest.mark.parametrize("text", [b"", b"\n", b"record_id\n", HEADER.encode(), HEADER.encode() + b"\n"])
def test_an_empty_file_is_broken(tmp_path, text):
    assert _broken(_file(tmp_path, [], text=text)).line in (1, 2)


def test_nothing_of_a_broken_file_is_given(tmp_path):
    path = _file(tmp_path, [_call(1), _call(2)], count=3)

    with pytest.raises(FileBroken):
        next(read_batches(path, source="o2"))


@pytest.mark.parametrize("batch_bytes", [1, 100, 300, 1000, 10**6])
def test_batches_of_any_size_give_the_same_records_and_lines(tmp_path, batch_bytes, monkeypatch):
    monkeypatch.setattr(csv_layout, "BATCH_BYTES", batch_bytes)
    random.seed(7)
    lines = [_call(number, cell="x" * random.randrange(40)) for number in range(50)]
    path = _file(tmp_path, lines)

    batches = list(read_batches(path, source="o2", batch_bytes=batch_bytes))

    assert [line for batch in batches for line in batch.records["line"]] == list(range(2, 52))
    assert [name for batch in batches for name in batch.records["record_id"]] == [f"r{number}" for number in range(50)]


def test_the_documented_example_is_a_whole_file(tmp_path):
    page = (Path(__file__).parents[3] / "docs" / "reference" / "usage-csv.md").read_text(encoding="utf-8")
    example = page.split("```\n")[3].removeprefix("\n")

    batch = read_file(_file(tmp_path, [], text=example.encode()), source="o2")

    assert batch.records.select("record_id", "duration_s", "parts").rows() == [
        ("c-1001", 61, 1),
        ("s-1002", 0, 2),
        ("d-1003", 1800, 1),
    ]


def test_the_documented_reasons_are_all_there_are():
    page = (Path(__file__).parents[3] / "docs" / "reference" / "usage-csv.md").read_text(encoding="utf-8")
    named = [line.split("`")[1] for line in page.split("first reason found:")[1].splitlines() if line.startswith("| `")]

    assert tuple(named) == SUSPENSE_REASONS
