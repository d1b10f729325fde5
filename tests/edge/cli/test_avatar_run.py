"""The face of a device that runs: started as a user starts it, looked at as a display and a home look at it."""

from __future__ import annotations

import http.client
import re
import subprocess
from typing import TYPE_CHECKING

from edge.cli.bench.broker import free_port
from tests.broker import Listener, running_broker, until

if TYPE_CHECKING:
    from pathlib import Path

    from tests.edge.cli.conftest import Rapport

GLAD = "I finally got the job, I am so happy, this is wonderful!"


def label(port: int) -> str:
    """What the page says of the face; empty while there is none."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/")
        found = re.search(r'aria-label="([^"]*)"', connection.getresponse().read().decode())
        return "" if found is None else found.group(1)
    except OSError:
        return ""
    finally:
        connection.close()


def test_words_are_seen_in_the_face_on_the_page_and_in_the_home(rapport: Rapport, tmp_path: Path) -> None:
    words = tmp_path / "words.lrc"
    words.write_text(f"[00:00.50]{GLAD}\n[00:01.20]{GLAD}\n[00:50.00]later\n", encoding="utf-8")
    port = free_port()
    with running_broker() as broker, Listener(broker, "rapport/hall/avatar", "homeassistant/#") as home:
        environment = {
            "RAPPORT_WORDS__SOURCE": str(words),
            "RAPPORT_CONSENT__GRANTS": '["text"]',
            "RAPPORT_DEVICE__ID": "hall",
            "RAPPORT_DEVICE__NAME": "Hall",
            "RAPPORT_AVATAR__ENABLED": "true",
            "RAPPORT_AVATAR__PORT": str(port),
            "RAPPORT_AVATAR__IMAGE": "true",
            "RAPPORT_AVATAR__IMAGE_INTERVAL_S": "1",
            "RAPPORT_MQTT__HOST": broker.host,
            "RAPPORT_MQTT__PORT": str(broker.plain),
        }
        process = subprocess.Popen(
            rapport.command("run", "--json"), env=rapport.environment | environment, stdout=subprocess.PIPE, text=True
        )
        try:
            until(lambda: label(port).startswith("The face of Hall: smiling"))
            found = home.wait(lambda heard: heard.topic.startswith("homeassistant/device"))
            assert found.json()["components"]["avatar"]["image_topic"] == "rapport/hall/avatar"
            assert home.on("rapport/hall/avatar").payload.startswith(b"\x89PNG")
        finally:
            process.terminate()
            process.communicate(timeout=20)
    assert process.returncode == 0


def test_a_taken_port_leaves_the_face_out_and_the_device_runs(rapport: Rapport, tmp_path: Path) -> None:
    words = tmp_path / "words.txt"
    words.write_text(f"{GLAD}\n", encoding="utf-8")
    with running_broker() as somebody:
        done = rapport(
            "run",
            "--json",
            RAPPORT_WORDS__SOURCE=str(words),
            RAPPORT_CONSENT__GRANTS='["text"]',
            RAPPORT_AVATAR__ENABLED="true",
            RAPPORT_AVATAR__PORT=str(somebody.plain),
        )
    assert done.returncode == 0, done.stderr
    assert "the avatar outlet is left out" in done.stderr
    assert "Set avatar.port to a free port" in done.stderr
