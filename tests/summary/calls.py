"""Calls of our own, as records: what the tests of summaries read."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from tests.builders import Line, conversation, drive, hangup, playbook, started
from tests.core import spanish
from voiceassist.core.call.call import Call
from voiceassist.events import Event, Input, Record
from voiceassist.summary.extract import Extract, extract

RETURN: tuple[Line, ...] = (
    ("agent", "hello thank you for calling this call is recorded how can i help you"),
    ("customer", "hi i would like to return the coffee machine i bought it six weeks ago"),
    ("agent", "i'm sorry we can't do that our policy is thirty days"),
    ("customer", "this is ridiculous you are an idiot"),
    ("agent", "what i can do is offer you a store credit for the full price"),
    ("customer", "okay and can you send me the receipt again"),
    ("agent", "i will send you the receipt by friday"),
    ("agent", "someone will call you back"),
    ("customer", "thank you goodbye"),
)
RETURN_ES: tuple[Line, ...] = (
    ("agent", "buenos días esta llamada se graba en qué le puedo ayudar"),
    ("customer", "buenos días quiero devolver la cafetera que compré hace seis semanas"),
    ("agent", "lo siento no podemos hacer eso"),
    ("agent", "lo que sí puedo hacer es ofrecerle un vale por el precio completo"),
    ("customer", "de acuerdo gracias"),
    ("agent", "le llamaré antes del viernes"),
)
IDLE_TALK: tuple[Line, ...] = (
    ("agent", "good morning this is anna"),
    ("customer", "good morning anna it rains again"),
    ("agent", "yes it does"),
)


def numbered(events: Iterable[Event]) -> list[Record]:
    """Events with numbers from 1 on."""
    return [Record(call_id="c-1", seq=number, event=event) for number, event in enumerate(events, start=1)]


def records_of(
    *lines: Line,
    more: Callable[[Call], list[Event]] = lambda _: [],
    end_ms: int | None = 300_000,
    es: bool = False,
) -> list[Record]:
    """What a real call makes of these lines; `more`: what people do before its end (None: it goes on)."""
    begin = replace(started(), language="es-MX", playbook=spanish.playbook().label) if es else started()
    call = Call(spanish.playbook() if es else playbook())
    inputs: list[Input] = [begin, *conversation(*lines)]
    events = drive(call, inputs)
    events += more(call)
    events += call.handle(hangup(end_ms)) if end_ms is not None else []
    return numbered(events)


def extract_of(*lines: Line, es: bool = False) -> Extract:
    """The summary of these lines."""
    return extract(records_of(*lines, es=es))
