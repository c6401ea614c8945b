"""What a browser makes of a page: measured in headless Chromium, where there is one."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
PHONE, DESK = 360, 1280
"""Widths of a window in pixels."""

MEASURE = """<script>
addEventListener("load", () => {
  const root = document.documentElement, beyond = [];
  for (const e of document.querySelectorAll("body *")) {
    if (e.closest("svg") || !e.clientWidth) continue;
    const box = e.getBoundingClientRect(), runs_over = e.scrollWidth > e.clientWidth + 1;
    if (box.right > root.clientWidth + 1 || box.left < -1 || runs_over)
      beyond.push(`${e.tagName}.${e.className}: ${e.textContent.slice(0, 40)}`);
  }
  const images = [...document.images];
  const broken = images.filter(e => !e.complete || (e.offsetParent && !e.naturalWidth)).length;
  const found = {width: root.clientWidth, scroll: root.scrollWidth, beyond, broken};
  parent.postMessage(JSON.stringify(found), "*");
});
</script></body>"""
# A window of a headless browser is never as narrow as a phone; a frame in it is.
HOST = """<!doctype html><script>
addEventListener("message", e => document.documentElement.dataset.found = e.data)
</script><iframe src="{source}" width={width} height=20000 style="border:0"></iframe>"""


@dataclass(frozen=True)
class Seen:
    """`width` and `scroll` in pixels; ``beyond`` run over the page or over their box."""

    width: int
    scroll: int
    beyond: list[str]
    broken: int


def seen(page: str, width: int, folder: Path) -> Seen:
    """The page in a window of so many pixels."""
    assert CHROMIUM is not None and page.count("</body>") == 1
    (folder / "page.html").write_text(page.replace("</body>", MEASURE), encoding="utf-8")
    host = folder / "host.html"
    host.write_text(HOST.format(source="page.html", width=width), encoding="utf-8")
    command = [CHROMIUM, "--headless=new", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=5000"]
    command += [
        f"--user-data-dir={folder / 'own'}",
        f"--window-size={max(500, width + 40)},900",
        "--dump-dom",
    ]
    done = subprocess.run([*command, host.as_uri()], capture_output=True, text=True, timeout=120)
    found = re.search(r'data-found="([^"]*)"', done.stdout)
    assert found is not None, done.stderr[-2000:]
    return Seen(**json.loads(html.unescape(found[1])))
