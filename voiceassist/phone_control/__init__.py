"""What supervisors do to a call in its phone system: speak to the agent, join in, put through, end.

`control.py` says what every phone system can be asked for, `asterisk.py` and `twilio.py` ask it, `visits.py` keeps
who is in which call. Never carries audio: that is the phone system's and the supervisor's own telephone's matter.
Nothing live waits for any of it. Next: `phone_calls.py` tells the calls what came of it, `server/phone.py` asks.
"""
