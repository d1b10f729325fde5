"""A real Wyoming server for text to speech, on the ``wyoming`` package, whose voice is espeak-ng's.

``python -m tests.edge.outlets.speech.servers [HOW ...]`` prints its port. It runs in a process of its own, as the
package's modules warn when imported. HOW: ``streaming`` announces and speaks the streaming form; ``breaks`` closes the
connection in the middle of the second sentence; ``silent`` takes a sentence and says nothing; ``english`` has no
Chinese voice; ``16k`` gives sound at 16 kHz; ``asr`` is a server for something else.
"""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wyoming.event import Event

ROOT = Path(__file__).resolve().parents[4]
VOICES = {"test-en": "en", "test-zh": "cmn-latn-pinyin"}


@contextmanager
def serving(*how: str) -> Iterator[tuple[int, subprocess.Popen[str]]]:
    """The port of a server, and its process, whose standard output tells what it was asked, a line each."""
    code = [sys.executable, "-W", "ignore", "-m", "tests.edge.outlets.speech.servers", *how]
    process = subprocess.Popen(code, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert process.stdout is not None
    try:
        yield int(process.stdout.readline()), process
    finally:
        process.terminate()
        process.wait(20)
        process.stdout.close()


def told(process: subprocess.Popen[str]) -> str:
    """The next line of what the server was asked."""
    assert process.stdout is not None
    return process.stdout.readline().strip()


def _sound(text: str, voice: str, rate: int) -> bytes:
    import numpy as np

    command = ["espeak-ng", "-v", VOICES[voice], "--stdin", "--stdout"]
    raw = subprocess.run(command, input=text.encode(), capture_output=True, check=True).stdout[44:]
    if rate == 22_050:
        return raw
    samples = np.frombuffer(raw, "<i2")
    at = np.arange(0, len(samples), 22_050 / rate)
    return bytes(np.interp(at, np.arange(len(samples)), samples).astype("<i2").tobytes())


async def _serve(how: tuple[str, ...]) -> None:  # noqa: C901 - a handler for each kind of event
    from wyoming.audio import AudioChunk, AudioStart, AudioStop
    from wyoming.info import AsrProgram, Attribution, Describe, Info, TtsProgram, TtsVoice
    from wyoming.server import AsyncEventHandler, AsyncServer
    from wyoming.tts import Synthesize, SynthesizeChunk, SynthesizeStart, SynthesizeStop, SynthesizeStopped

    rate = 16_000 if "16k" in how else 22_050
    common: Any = {"attribution": Attribution("", ""), "installed": True, "description": None, "version": None}
    names = [name for name in VOICES if "english" not in how or name == "test-en"]
    voices = [TtsVoice(name, languages=["en_GB" if name == "test-en" else "zh_CN"], **common) for name in names]
    program = TtsProgram("test", voices=voices, supports_synthesize_streaming="streaming" in how, **common)
    info = Info(asr=[AsrProgram("ears", models=[], **common)]) if "asr" in how else Info(tts=[program])

    class Handler(AsyncEventHandler):
        said = 0
        words = ""
        voice = ""

        async def handle_event(self, event: Event) -> bool:
            if Describe.is_type(event.type):
                await self.write_event(info.event())
            elif Synthesize.is_type(event.type):
                asked = Synthesize.from_event(event)
                return await self.speak(asked.text, (asked.voice.name or "") if asked.voice else "")
            elif SynthesizeStart.is_type(event.type):
                start = SynthesizeStart.from_event(event)
                self.words, self.voice = "", (start.voice.name or "") if start.voice else ""
            elif SynthesizeChunk.is_type(event.type):
                self.words += SynthesizeChunk.from_event(event).text
            elif SynthesizeStop.is_type(event.type):
                if not await self.speak(self.words, self.voice):
                    return False
                await self.write_event(SynthesizeStopped().event())
            return True

        async def speak(self, text: str, voice: str) -> bool:
            print(f"{'stream' if 'streaming' in how else 'whole'} {voice} {text}", flush=True)
            self.said += 1
            if "silent" in how:
                return True
            raw = _sound(text, voice, rate)
            await self.write_event(AudioStart(rate, 2, 1).event())
            for number, at in enumerate(range(0, len(raw), 2048)):
                if "breaks" in how and self.said == 2 and number == 10:
                    return False
                await self.write_event(AudioChunk(rate, 2, 1, raw[at : at + 2048]).event())
            await self.write_event(AudioStop().event())
            return True

    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    await AsyncServer.from_uri(f"tcp://127.0.0.1:{port}").start(Handler)
    print(port, flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve(tuple(sys.argv[1:])))
