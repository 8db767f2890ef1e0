"""Channels in the configuration file: what is read from where, and what is refused with the name of its key."""

from pathlib import Path

import pytest

from voiceassist.config import Settings, load_settings
from voiceassist.errors import ConfigError

from .told import SECRET

HOOK = f'[[notify]]\nname = "desk"\nkind = "webhook"\nurl = "https://desk.example/hook"\nsecret = "{SECRET}"\n'
MAIL = """
[[notify]]
name = "night-mail"
kind = "email"
host = "mail.example"
sender = "voiceassist@example.com"
to = ["ana@example.com"]
username = "voiceassist"
"""


def load(tmp_path: Path, text: str, **environment: str) -> Settings:
    file = tmp_path / "voiceassist.toml"
    file.write_text(text, encoding="utf-8")
    return load_settings(file, environment)


def test_channels_are_read_in_their_order_with_useful_defaults(tmp_path: Path) -> None:
    settings = load(tmp_path, HOOK + MAIL, VOICEASSIST_NOTIFY__NIGHT_MAIL__PASSWORD="s3")
    desk, mail = settings.notify
    assert (desk.levels, desk.words, desk.after_s, desk.changes) == (("warning", "critical"), "reason", 0, False)
    assert (mail.security, mail.password, mail.place) == ("starttls", "s3", "ana@example.com (mail.example)")


def test_secrets_may_stand_in_files_beside_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "mail.key").write_text("from-file\n", encoding="utf-8")
    (mail,) = load(tmp_path, f'{MAIL}password_file = "mail.key"\n').notify
    assert mail.password == "from-file"


def test_the_environment_is_stronger_than_the_file(tmp_path: Path) -> None:
    (desk,) = load(
        tmp_path, HOOK, VOICEASSIST_NOTIFY__DESK__LEVELS="critical", VOICEASSIST_NOTIFY__DESK__AFTER_S="30"
    ).notify
    assert (desk.levels, desk.after_s) == (("critical",), 30)


def test_no_secret_is_in_what_the_audit_is_told(tmp_path: Path) -> None:
    settings = load(tmp_path, HOOK + MAIL + 'password = "s3kret"\n')
    for shown in (repr(settings), repr(settings.described())):
        for secret in (SECRET, "desk.example/hook", "s3kret"):
            assert secret not in shown
    assert settings.described()["notify"][0]["place"] == "desk.example"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[notify]\n", "write `\\[\\[notify\\]\\]`"),
        ('[[notify]]\nkind = "mqtt"\n', "notify.name.*None is no name"),
        ('[[notify]]\nname = "D"\n', "'D' is no name"),
        ('[[notify]]\nname = "d"\nkind = "fax"\n', "notify.d.kind"),
        ('[[notify]]\nname = "d"\nkind = "mqtt"\n', "notify.d.kind.*mqtt.host"),
        (HOOK + HOOK, "notify.desk`: two channels"),
        (f"{HOOK}leevls = []", "notify.desk.leevls.*did you mean `levels`"),
        (f"{HOOK}levels = []", "notify.desk.levels"),
        (f'{HOOK}levels = ["loud"]', "notify.desk.levels.0"),
        (f'{HOOK}words = "all"', "notify.desk.words"),
        (f"{HOOK}after_s = -1", "notify.desk.after_s.*-1 is not between 0 and 86400"),
        (f'{HOOK}quiet_hours = "22-7"', "notify.desk.quiet_hours.*'22:00-07:00'"),
        (f"{HOOK}per_minute = 0", "notify.desk.per_minute"),
        (f"{HOOK}give_up_after_h = 1000", "notify.desk.give_up_after_h"),
        (HOOK.replace("https:", "http:"), "notify.desk.url.*https"),
        (HOOK.replace(SECRET, "secret"), "notify.desk.secret.*whsec_"),
        ('[[notify]]\nname = "d"\nkind = "slack"\n', "notify.d.url.*needed for slack"),
        (
            '[[notify]]\nname = "d"\nkind = "webhook"\nsecret_file = "none"\nurl = "x"',
            "notify.d.secret_file.*none",
        ),
        (MAIL, "notify.night-mail.password.*missing"),
        (f'{MAIL}password = "p"\nsecurity = "none"', "notify.night-mail.security.*everybody on the way"),
        (MAIL.replace("ana@example.com", "ana"), "notify.night-mail.to.*'ana' is no address"),
        (MAIL.replace('host = "mail.example"', ""), "notify.night-mail.host"),
        ('public_url = "calls.example"', "public_url.*https://calls.example.com"),
    ],
)
def test_what_cannot_work_is_refused_with_its_key(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(ConfigError, match=told):
        load(tmp_path, text)


def test_a_variable_for_a_channel_or_key_that_there_is_not_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="VOICEASSIST_NOTIFY__DESC__URL: the configuration file has no channel"):
        load(tmp_path, HOOK, VOICEASSIST_NOTIFY__DESC__URL="https://x.example")
    with pytest.raises(ConfigError, match="no setting `urll`"):
        load(tmp_path, HOOK, VOICEASSIST_NOTIFY__DESK__URLL="https://x.example")


def test_no_message_shows_the_value_of_a_secret(tmp_path: Path) -> None:
    for text in (HOOK.replace("https://desk", "ftp://s3kret"), HOOK.replace(SECRET, "s3kret")):
        with pytest.raises(ConfigError) as told:
            load(tmp_path, text)
        assert "s3kret" not in str(told.value)
