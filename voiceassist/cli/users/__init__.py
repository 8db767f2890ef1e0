"""`voiceassist users`: who may sign in. One module for the verbs that read, one for those that change."""

from voiceassist.cli.lazy import group

app = group(
    {
        "list": "voiceassist.cli.users.show:list_people",
        "add": "voiceassist.cli.users.change:add",
        "roles": "voiceassist.cli.users.change:roles",
        "disable": "voiceassist.cli.users.change:disable",
        "reset": "voiceassist.cli.users.change:reset",
        "sessions": "voiceassist.cli.users.show:sessions",
    }
)


@app.callback()
def users() -> None:
    """Look after the people who may sign in. A server that runs meanwhile follows within seconds.

    Example: voiceassist users add ana --role admin
    """
