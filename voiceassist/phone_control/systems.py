"""The phone systems of the settings, as what supervisors act in. Next: `app.py` opens and closes them."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager

from voiceassist.phone_control.asterisk import controlling_asterisk
from voiceassist.phone_control.control import PhoneControl
from voiceassist.phone_control.twilio import controlling_twilio
from voiceassist.phone_settings import PhoneSettings


@asynccontextmanager
async def controlling(settings: PhoneSettings) -> AsyncIterator[Mapping[str, PhoneControl]]:
    """By the protocol that their calls come by; empty where the settings name none."""
    controls: dict[str, PhoneControl] = {}
    async with AsyncExitStack() as stack:
        if settings.asterisk.url is not None:
            controls["asterisk"] = await stack.enter_async_context(controlling_asterisk(settings.asterisk))
        if settings.twilio.account_sid is not None:
            controls["twilio"] = await stack.enter_async_context(controlling_twilio(settings.twilio))
        yield controls
