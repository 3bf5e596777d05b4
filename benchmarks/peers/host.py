"""Runs one contender once, in this process, and writes what it took: `call` starts such a process with the peer's interpreter.

usage: python -m benchmarks.peers.host < request.json

Standard library only: the interpreter may be one that has the peer and nothing of ours. A request names the adapter, the task, its
options, a file of texts (a JSON string a line), how many of them to take, and the file that the answer goes to. What a peer
prints is no answer.
"""

from __future__ import annotations

import importlib
import json
import sys
import time
import tomllib
from collections import deque
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks.machine import memory_now, memory_peak, use_cores

_PAGE = """河湾大桥今日通车 - 河湾网
首页 > 新闻 > 正文
河湾大桥今日通车
2024-05-{day:02} 08:00 来源：河湾日报 作者：沈禾
【字号：大 中 小】 分享到： 微博 微信
据河湾日报5月{day}日报道，连接河湾两岸的大桥今天上午{day}点正式通车，首日通行车辆超过{day}千辆。
「這是居民盼了十年的橋，」市長說，「往後過河只要{day}分鐘。」&nbsp;
（责任编辑：周小平）
相关阅读：河湾两岸的渡口
下一篇：河湾老街重新开放 点击：{day}次 评论：0
关于我们 | 联系我们 | 网站地图
版权所有 © 2024 河湾网 河ICP备0000000号
"""
_PAGES = [_PAGE.format(day=day) for day in range(1, 31)]
_RULES = Path(__file__).resolve().parents[2] / "cleaner/page/rules"
_LINES = "\n".join(
    f"{example}甲"  # no line of any page: what a rule says of a line is remembered
    for file in sorted(_RULES.glob("*.toml"))
    for rule in tomllib.loads(file.read_text("utf-8"))["rule"]
    for example in rule["examples"]
)
WARM = [*_PAGES, "\n".join(_PAGES), _LINES]
"""Pages of no corpus, two of them long, done before the time begins: tables are loaded, patterns and loops compiled (of our rules each is compiled
when the first line calls for it, which takes longer than all 71 real pages), and nothing is remembered of what is measured."""

PAGED = {"clean_html", "metadata"}


def serve(request: dict[str, Any]) -> dict[str, Any]:
    """Does what is asked: seconds, processor seconds, bytes held before and at the peak, what came out when that is wanted."""
    use_cores(request.get("cores", 1))
    adapter = importlib.import_module(f"benchmarks.peers.adapters.{request['adapter']}")
    task, options, keep = getattr(adapter, request["task"]), request.get("options", {}), request.get("keep", False)
    warm = [f"<html><body><p>{text}</p></body></html>" for text in WARM] if request["task"] in PAGED else WARM
    finish(task(warm, **options), keep=False)
    with open(request["texts"], encoding="utf-8", errors="surrogatepass") as lines:
        texts = [json.loads(line) for line in islice(lines, request.get("count"))]
    size = sum(len(text.encode("utf-8", "surrogatepass")) for text in texts)
    before = memory_now()
    began, cpu = time.perf_counter(), time.process_time()
    came = finish(task(texts, **options), keep)
    seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    return {
        "texts": len(texts),
        "bytes": size,
        "seconds": seconds,
        "seconds_cpu": cpu,
        "memory_before": before,
        "memory_peak": memory_peak(),
        "found": came if isinstance(came, int) else len(came),
        **({"came": came} if keep else {}),
    }


def finish(results: Any, keep: bool) -> Any:
    """Takes the results one by one; keeps them only where they are wanted, for a list of thousands would count as memory."""
    if isinstance(results, (int, list)):
        return results
    if keep:
        return list(results)
    count = 0

    def counted() -> Any:
        nonlocal count
        for result in results:
            count += 1
            yield result

    deque(counted(), maxlen=0)
    return count


def main() -> None:
    """Reads the request, serves it, writes the answer."""
    request = json.load(sys.stdin)
    Path(request["answer"]).write_text(json.dumps(serve(request)), "utf-8")


if __name__ == "__main__":
    main()
