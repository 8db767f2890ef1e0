"""Tells hold music, ringing, busy tones, keys and beeps on a leg from speech, noise and silence.

A small acoustic test, without a model: how pure a sound is, at which frequencies, in which rhythm, and whether the
lines of its spectrum stay where they are. Never changes the audio, never says which key was pressed, never reads a
clock. Next: `hearing_edge.py` tells the call.

Measured on 25 minutes of recorded speech, over 3 s: the steadiness of speech is 0.13 at most, of noise 0.06, of
synthesised hold music 0.55 to 0.83, in noise 20 dB below it 0.36 to 0.55.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from voiceassist.audio.pcm import Pcm
from voiceassist.audio.signal import Decimator, Signal
from voiceassist.audio.tones import FRAME_MS, HOP_MS, FrameAnalyser, SpectralFrame, ToneKind, kind_of
from voiceassist.events import Sound

STEADY, UNSTEADY = 0.3, 0.15  # music, and music no more
MUSIC_FRAMES, MUSIC_AUDIBLE = 40, 34  # 3.2 s, with hardly a pause: people pause more often
MUSIC_GONE_FRAMES = 12
LAG_FRAMES = 2  # between the frames that are compared: they have no samples in common
# Frames of one tone, without a break, until it is known. A burst of 500 ms touches 8 frames.
FRAMES: Mapping[ToneKind, int] = {"dtmf": 1, "ringing": 4, "busy": 2, "dial": 12, "single": 3, "cadence": 10}
SOUNDS: Mapping[ToneKind, Sound] = {
    "dtmf": "dtmf",
    "ringing": "ringing",
    "busy": "busy",
    "dial": "busy",  # nobody is there either
    "single": "beep",
    "cadence": "ringing",
}
NETWORK: tuple[Sound, ...] = ("ringing", "busy")
NETWORK_TONES: tuple[ToneKind, ...] = ("ringing", "busy", "dial", "cadence")
SAME_TONE = 0.015  # a voice glides further from one frame to the next
BUSY_BURSTS, BUSY_GAP_FRAMES = 2, 10  # of one tone in a rhythm faster than any ringing (ITU-T E.180)
BUSY_FRAMES = 3  # of a burst, 200 ms or more: voices hum a tone of the network for a frame or two
ENDLESS_FRAMES = 40  # longer than any ringing: a dial tone, nobody is there
# For so long a sound goes on when nothing is heard: the gaps of ringing are 5 s at most (ITU-T E.180).
HOLD_MS: Mapping[Sound, int] = {"music": 5_000, "ringing": 6_000, "busy": 1_500, "dtmf": 600, "beep": 600}
# So many frames of something else end it.
OTHER_FRAMES: Mapping[Sound, int] = {"music": 12, "ringing": 6, "busy": 6, "dtmf": 4, "beep": 4}


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundChange:
    """A leg carries another sound from here on."""

    sound: Sound
    since_ms: int  # when the sound began; of "none", when the one before ended


class LineSounds:
    """One leg."""

    def __init__(self, rate_hz: int) -> None:
        self.sound: Sound = "none"
        self._decimator = Decimator(rate_hz)
        self._analyser = FrameAnalyser(self._decimator.rate_hz)
        self._hop = self._decimator.rate_hz * HOP_MS // 1000
        self._waiting: Signal = np.zeros(0, np.float32)
        self._rate_hz = self._decimator.rate_hz
        self._taken = 0  # samples: at some rates a hop is no whole number of milliseconds
        self._burst = _Burst()
        self._steadiness = _Steadiness()
        self._heard_ms = 0  # up to where the sound was heard
        self._others = 0  # frames of something else since then

    def hear(self, pcm: Pcm) -> list[SoundChange]:
        """What changes with the next samples."""
        self._waiting = np.concatenate((self._waiting, self._decimator.feed(pcm)))
        changes: list[SoundChange] = []
        while len(self._waiting) >= self._analyser.size:
            frame = self._analyser.frame(self._waiting[: self._analyser.size])
            self._waiting = self._waiting[self._hop :]
            self._taken += self._hop
            changes += self._follow(frame)
        return changes

    @property
    def _at_ms(self) -> int:
        """Where the newest frame ends."""
        return FRAME_MS - HOP_MS + self._taken * 1000 // self._rate_hz

    def _follow(self, frame: SpectralFrame) -> list[SoundChange]:
        kind = kind_of(frame.tone)
        sound, frames = self._evidence(frame, kind)
        if sound == "none":
            return self._without_evidence(is_other=frame.is_audible and kind is None)
        self._heard_ms, self._others = self._at_ms, 0
        if sound == self.sound:
            return []
        self.sound = sound
        return [SoundChange(sound=sound, since_ms=max(0, self._at_ms - frames * HOP_MS))]

    def _evidence(self, frame: SpectralFrame, kind: ToneKind | None) -> tuple[Sound, int]:
        """What this frame and those before it are, and how many they are."""
        self._burst.hear(kind, frame.tone.low_hz if frame.tone else 0.0)
        self._steadiness.hear(frame, is_network=kind in NETWORK_TONES)
        if self._burst.sound in NETWORK:
            return self._burst.sound, self._burst.frames
        if self._steadiness.is_music(already=self.sound == "music"):
            return "music", MUSIC_FRAMES
        return self._burst.sound, self._burst.frames

    def _without_evidence(self, *, is_other: bool) -> list[SoundChange]:
        if self.sound == "none":
            return []
        self._others += is_other
        if self._others < OTHER_FRAMES[self.sound] and self._at_ms - self._heard_ms < HOLD_MS[self.sound]:
            return []
        self.sound = "none"
        return [SoundChange(sound="none", since_ms=self._heard_ms)]


class _Burst:
    """The tone that sounds now, and the rhythm of those before it."""

    def __init__(self) -> None:
        self.frames = 0  # of this tone
        self._kind: ToneKind | None = None
        self._hertz = 0.0
        self._gap = 0  # frames since the last tone
        self._short = 0  # bursts of a "cadence" tone, one soon after the other

    @property
    def sound(self) -> Sound:
        """What the tone is by now."""
        if self._kind == "cadence" and self._short >= BUSY_BURSTS and self.frames >= BUSY_FRAMES:
            return "busy"
        if self._kind is None or self.frames < FRAMES[self._kind]:
            return "none"
        return "busy" if self.frames >= ENDLESS_FRAMES else SOUNDS[self._kind]

    def hear(self, kind: ToneKind | None, hertz: float) -> None:
        """Takes the next frame: the kind of its tone, and the lower frequency."""
        if kind and kind == self._kind and abs(hertz - self._hertz) <= SAME_TONE * hertz:
            self.frames += 1
            return
        if self._kind == "cadence":
            self._short = self._short + 1 if BUSY_FRAMES <= self.frames < FRAMES["cadence"] else 0
        self._gap = 0 if kind else self._gap + 1
        if self._gap > BUSY_GAP_FRAMES:
            self._short = 0
        self._kind, self._hertz, self.frames = kind, hertz, 1


class _Steadiness:
    """How far the lines of the spectrum have stayed where they were, over some seconds."""

    def __init__(self) -> None:
        self._frames: deque[SpectralFrame] = deque(maxlen=LAG_FRAMES + 1)
        self._steady: deque[float] = deque(maxlen=MUSIC_FRAMES)  # of the frames in which something was heard
        self._audible: deque[bool] = deque(maxlen=MUSIC_FRAMES)

    def hear(self, frame: SpectralFrame, *, is_network: bool) -> None:
        """Takes the next frame; the network's tones are as steady as music, but known by their frequencies."""
        self._frames.append(frame)
        self._audible.append(frame.is_audible)
        if self._audible[-1]:
            is_known = is_network or len(self._frames) <= LAG_FRAMES
            self._steady.append(0.0 if is_known else frame.steadiness(self._frames[0]))

    def is_music(self, *, already: bool) -> bool:
        """Whether this is music; `already`: it was."""
        last = list(self._steady)[-MUSIC_GONE_FRAMES:]
        if not self._audible[-1] or sum(last) < UNSTEADY * MUSIC_GONE_FRAMES:
            return False
        return already or (sum(self._audible) >= MUSIC_AUDIBLE and sum(self._steady) >= STEADY * MUSIC_FRAMES)
