"""`voiceassist keys`: what phone systems and other programs prove themselves with. One module per verb."""

from voiceassist.cli.lazy import group

app = group(
    {
        "list": "voiceassist.cli.keys.show:list_keys",
        "add": "voiceassist.cli.keys.add:add",
        "revoke": "voiceassist.cli.keys.revoke:revoke",
    }
)


@app.callback()
def keys() -> None:
    """Look after the keys of phone systems and other programs. A server that runs follows within seconds.

    Example: voiceassist keys add pbx --scope ingest
    """
