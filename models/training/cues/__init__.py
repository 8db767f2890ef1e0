"""What the cue classifier learns from; `voiceassist/training` is the program."""
