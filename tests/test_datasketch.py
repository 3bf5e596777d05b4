"""Signatures are those of datasketch, bit for bit, and its indexes and storages take them."""

from __future__ import annotations

import pickle
import random
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import cleaner
from cleaner.duplicates.shingles import shingle_hash, shingles
from cleaner.errors import MissingExtraError

datasketch = pytest.importorskip(
    "datasketch", reason="datasketch is an extra: pip install 'article-cleaner[datasketch]'"
)

PIECES = [
    *["大", "桥", "臺", "灣", "通车", "居民", "か", "한", "ไ", "a", "B", "Ｃ", "é", "\u0301", "0", "25", "２", "①", ".", "，"],
    *[" ", "\n", "\u3000", "\u200b", "\x00", "\ud800", "\udfff", "𠀀", "😀", "\ufe00", "\uffff"],
]  # fmt: skip
ANY_TEXT = st.one_of(
    st.lists(st.sampled_from(PIECES), max_size=50).map("".join),
    st.text(st.characters(codec=None, exclude_categories=[]), max_size=40),
)
SEEDS = st.integers(0, (1 << 32) - 1)


def minhash_of(text: str, num_perm: int, seed: int) -> datasketch.MinHash:
    """What the documentation tells a user to make for signatures that agree with ours."""
    made = datasketch.MinHash(num_perm=num_perm, seed=seed, scheme="affine32", hashfunc=shingle_hash)
    for shingle in shingles(text):
        made.update(shingle.encode())
    return made


@pytest.fixture(scope="module")
def texts() -> list[str]:
    """200 texts with little in common; the last is the eighth, edited."""
    chance = random.Random(23)
    han = [chr(point) for point in range(0x4E00, 0x9000)]
    made = ["".join(chance.choices(han, k=300)) for _ in range(199)]
    return [*made, made[7][:150] + "，河湾大桥：" + made[7][150:290]]


# The same values


@given(ANY_TEXT, st.integers(16, 256), SEEDS)
@example("", 128, 1)
@example("大桥", 16, 0)
@example("臺灣的飛機為何誤點？ＡＢＣ abc 12.5 " * 30, 256, (1 << 32) - 1)
def test_a_signature_is_that_of_datasketch(text: str, num_perm: int, seed: int) -> None:
    ours, theirs = cleaner.signature(text, num_perm=num_perm, seed=seed), minhash_of(text, num_perm, seed)
    assert ours.values.dtype == theirs.hashvalues.dtype
    assert ours.values.tolist() == theirs.hashvalues.tolist()


@given(ANY_TEXT, st.integers(16, 256), SEEDS)
def test_a_signature_handed_over_is_equal_to_theirs(text: str, num_perm: int, seed: int) -> None:
    handed = cleaner.signature(text, num_perm=num_perm, seed=seed).to_datasketch()
    assert isinstance(handed, datasketch.MinHash)
    assert handed == minhash_of(text, num_perm, seed)
    assert handed.jaccard(minhash_of(text, num_perm, seed)) == 1.0
    assert handed.scheme == "affine32"
    assert handed.is_empty() == (not shingles(text))


@given(ANY_TEXT, ANY_TEXT)
def test_estimates_are_theirs(one: str, other: str) -> None:
    first, second = cleaner.signature(one), cleaner.signature(other)
    assert first.jaccard(second) == first.to_datasketch().jaccard(second.to_datasketch())


@given(ANY_TEXT, ANY_TEXT, SEEDS)
def test_shingles_can_be_added_to_what_was_handed_over(text: str, more: str, seed: int) -> None:
    ours = cleaner.signature(text, num_perm=32, seed=seed)
    before = ours.values.tolist()
    handed, theirs = ours.to_datasketch(), minhash_of(text, 32, seed)
    for shingle in shingles(more):
        handed.update(shingle.encode())
    theirs.update_batch([shingle.encode() for shingle in shingles(more)])
    assert handed == theirs
    assert ours.values.tolist() == before, "what happens to the copy has no part in the signature"


def test_handed_over_signatures_can_be_merged() -> None:
    one, other = "连接河湾两岸的大桥今天上午正式通车", "两岸居民告别了绕行四十公里的历史"
    merged = cleaner.signature(one).to_datasketch()
    merged.merge(cleaner.signature(other).to_datasketch())
    expected = minhash_of(one, 128, 1)
    expected.merge(minhash_of(other, 128, 1))
    assert merged == expected


def test_signatures_made_together_are_handed_over_as_each_alone(texts: list[str]) -> None:
    made = cleaner.signatures(texts[:20], num_perm=64, seed=9)
    for place, text in enumerate(texts[:20]):
        assert made[place].to_datasketch() == minhash_of(text, 64, 9)


def test_what_was_handed_over_can_be_stored() -> None:
    handed = cleaner.signature("连接河湾两岸的大桥今天上午正式通车").to_datasketch()
    again = pickle.loads(pickle.dumps(handed))
    again.update("完".encode())
    handed.update("完".encode())
    assert again == handed


# Their indexes


def handed_over(texts: list[str]) -> list[datasketch.MinHash]:
    return [made.to_datasketch() for made in cleaner.signatures(texts).values()]


def test_their_index_finds_the_copy(texts: list[str]) -> None:
    index = datasketch.MinHashLSH(threshold=0.7, num_perm=128)
    *others, copy = handed_over(texts)
    for place, made in enumerate(others):
        index.insert(place, made)
    assert index.query(copy) == [7]
    assert index.query(minhash_of(texts[-1], 128, 1)) == [7]


def test_their_forest_finds_the_copy_first(texts: list[str]) -> None:
    forest = datasketch.MinHashLSHForest(num_perm=128)
    *others, copy = handed_over(texts)
    for place, made in enumerate(others):
        forest.add(place, made)
    forest.index()
    assert forest.query(copy, 1) == [7]


def test_their_ensemble_finds_the_text_that_contains_another(texts: list[str]) -> None:
    ensemble = datasketch.MinHashLSHEnsemble(threshold=0.8, num_perm=128, num_part=4)
    ensemble.index(
        (place, made, len(set(shingles(texts[place])))) for place, made in enumerate(handed_over(texts[:-1]))
    )
    part = texts[7][:200]
    found = list(ensemble.query(cleaner.signature(part).to_datasketch(), len(set(shingles(part)))))
    assert 7 in found
    assert len(found) < 10


def test_their_index_refuses_signatures_of_another_length() -> None:
    index = datasketch.MinHashLSH(threshold=0.7, num_perm=128)
    with pytest.raises(ValueError, match="128"):
        index.insert("a", cleaner.signature("大桥今日通车", num_perm=64).to_datasketch())


# Without it


def test_without_datasketch_the_error_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "datasketch", None)
    made = cleaner.signature("大桥今日通车")
    assert made.jaccard(made) == 1.0
    with pytest.raises(MissingExtraError, match=r"pip install 'article-cleaner\[datasketch\]'"):
        made.to_datasketch()


def test_signatures_and_search_do_without_datasketch() -> None:
    code = (
        "import sys; sys.modules['datasketch'] = None; import cleaner; "
        "print(cleaner.signature('大桥今日通车').num_perm, len(cleaner.dedup(['大桥今日通车', '大橋今日通車']).kept))"
    )
    ran = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(cleaner.__file__).parent.parent,
    )
    assert ran.stdout.split() == ["128", "1"]


# A storage that is a server


def wait_for(server: subprocess.Popen[bytes], port: int, seconds: float = 10) -> None:
    """Until it answers; a server that ends before that says why."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if server.poll() is not None:
            pytest.fail(f"redis-server ended with {server.returncode}")
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
                connection.sendall(b"PING\r\n")
                if connection.recv(16).startswith(b"+PONG"):
                    return
        except OSError:
            pass
        time.sleep(0.02)
    pytest.fail(f"redis-server did not answer within {seconds} seconds")


@pytest.fixture
def redis_port(tmp_path: Path) -> Iterator[int]:
    """The port of a Redis server that lives as long as the test."""
    pytest.importorskip("redis", reason="the package redis is not installed")
    program = shutil.which("redis-server")
    if not program:
        pytest.skip("redis-server is not installed")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [program, "--bind", "127.0.0.1", "--port", str(port), "--dir", str(tmp_path)]
    command += ["--save", "", "--appendonly", "no", "--daemonize", "no"]
    with (tmp_path / "redis.log").open("wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
    try:
        wait_for(server, port)
        yield port
    finally:
        server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


@pytest.fixture
def redis_index(redis_port: int) -> Iterator[Callable[[], datasketch.MinHashLSH]]:
    """Opens the same index as often as it is asked to, and closes what it opened."""
    storage = {"type": "redis", "basename": b"articles", "redis": {"host": "127.0.0.1", "port": redis_port}}
    opened = []

    def open_index() -> datasketch.MinHashLSH:
        opened.append(datasketch.MinHashLSH(threshold=0.7, num_perm=128, storage_config=storage))
        return opened[-1]

    yield open_index
    for index in opened:  # it has no method for that: a connection left open is a warning, and so an error
        for table in (index.keys, *index.hashtables):
            table._buffer.reset()
            table._redis.connection_pool.disconnect()


def test_an_index_in_redis_finds_the_copy(texts: list[str], redis_index: Callable[[], datasketch.MinHashLSH]) -> None:
    *others, copy = handed_over(texts)
    index = redis_index()
    with index.insertion_session() as session:
        for place, made in enumerate(others[:-1]):
            session.insert(f"article-{place}", made)
    index.insert("article-198", others[198])
    assert index.query(copy) == ["article-7"]
    assert index.query(others[198]) == ["article-198"]
    assert "article-7" in index
    # Another process opens the index by its name, and finds what this one has put there.
    reopened = redis_index()
    assert reopened.query(minhash_of(texts[-1], 128, 1)) == ["article-7"]
    reopened.remove("article-7")
    assert index.query(copy) == []
