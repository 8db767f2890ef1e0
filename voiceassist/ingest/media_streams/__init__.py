"""Twilio Media Streams and the phone systems that speak it, or something like it, with words of their own."""
