"""Events as lines for a person at a terminal. Pure text with rich markup; prints nothing."""

from rich.markup import escape

from voiceassist.events import (
    Alert,
    AlertRepeated,
    AudioDoubted,
    AudioGap,
    CallEnded,
    CallFailed,
    CallIdentified,
    CallStarted,
    CrossTalkChanged,
    Cue,
    CueRetracted,
    Event,
    Final,
    LanguageDoubtChanged,
    LatenessChanged,
    LegMergeChanged,
    LineChange,
    LineChanged,
    LineSoundChanged,
    Prompt,
    PromptClosed,
    RefusalClosed,
)

LEVEL_STYLE = {"info": "cyan", "warning": "yellow", "critical": "bold red"}


def line_of(event: Event) -> str | None:
    """The event as a line; None for what a reader does not need."""
    text = _text(event)
    return f"[dim]{clock(_when(event))}[/]  {text}" if text else None


def _when(event: Event) -> int:
    return event.start_ms if isinstance(event, Final) else event.at_ms


def _text(event: Event) -> str | None:  # noqa: C901, PLR0912 - a table, one row per event
    match event:
        case CallIdentified():
            people = escape(f"{event.agent.name} speaks with {event.customer.name}")
            return f"[dim]{people} ({event.customer.tier}), says {escape(event.by)}[/]"
        case CallStarted():
            return f"[dim]call started · engine {event.engine} · playbook {event.playbook}[/]"
        case Final():
            style = "green" if event.speaker == "agent" else "blue"
            return f"[{style}]{event.speaker:<9}[/] {escape(event.text)}"
        case Cue():
            limit = f", {event.reach} only: {event.reach_limit.replace('_', ' ')}" if event.reach_limit else ""
            return f"  [magenta]cue[/]     {event.kind}: “{escape(event.words)}” [dim]({event.rule}{limit})[/]"
        case CueRetracted():
            return f"  [dim]cue {event.cue_id} taken back[/]"
        case Prompt():
            return _card(event)
        case PromptClosed():
            return f"  [dim]card {event.prompt_id}: {event.outcome}[/]"
        case Alert():
            return f"  [{LEVEL_STYLE[event.level]}]alert[/]   {event.level}: {escape(event.reason)}"
        case AlertRepeated():
            return f"  [dim]alert {event.incident} again: {escape(event.reason)}[/]"
        case RefusalClosed():
            return f"  [dim]refusal {event.cue_id}: {event.outcome.replace('_', ' ')}[/]"
        case AudioGap():
            within = f" in {event.within_ms} ms" if event.within_ms else ""
            return f"  [yellow]gap[/]     {event.speaker}: {event.duration_ms} ms{within} ({event.cause})"
        case AudioDoubted():
            return f"  [yellow]audio[/]   {event.code.replace('_', ' ')}: {escape(event.message)}"
        case LineChanged() | LineSoundChanged() | CrossTalkChanged() | LegMergeChanged() | LanguageDoubtChanged():
            return f"  [yellow]line[/]    {_line_change(event)}"
        case LatenessChanged():
            return f"  [yellow]late[/]    {_lateness(event)}"
        case CallEnded():
            return f"[dim]call ended ({event.reason})[/]"
        case CallFailed():
            return f"[bold red]call failed:[/] {escape(event.error)}"
    return None


def _lateness(event: LatenessChanged) -> str:
    return f"words arrive {event.behind_ms // 1000} s late" if event.behind_ms else "words arrive in time again"


def _line_change(event: LineChanged | LineChange | LanguageDoubtChanged) -> str:
    match event:
        case LineChanged():
            return f"{event.speaker}: the line is {event.state}"
        case LineSoundChanged(sound="none"):
            return f"{event.speaker}: talk or silence again"
        case LineSoundChanged():
            return f"{event.speaker}: {event.sound}"
        case CrossTalkChanged(level_db=None):
            return f"{event.speaker}: no echo of the other side any more"
        case CrossTalkChanged():
            return f"{event.speaker}: echo of the other side, {event.level_db} dB, {event.delay_ms} ms later"
        case LegMergeChanged():
            return (
                "both legs carry the same audio and are heard as one" if event.merged else "the legs differ again"
            )
        case LanguageDoubtChanged():
            return f"{event.speaker}: {'may speak another language' if event.doubted else 'is understood again'}"


def _card(event: Prompt) -> str:
    alternatives = "".join(
        f"\n{'':>17}{number}. {escape(alternative.text)}"
        for number, alternative in enumerate(event.alternatives, start=1)
    )
    return (
        f"  [bold]card[/]    {escape(event.headline)} [dim](after {event.why.latency_ms} ms{_note(event)})[/]\n"
        f"{'':>17}“{escape(event.say)}”{alternatives}"
    )


def _note(event: Prompt) -> str:
    return ", too late: a note" if event.late else ""


def clock(at_ms: int) -> str:
    """A time of the call: minutes, seconds and tenths."""
    minutes, rest_ms = divmod(at_ms, 60_000)
    return f"{minutes:02d}:{rest_ms / 1000:04.1f}"
