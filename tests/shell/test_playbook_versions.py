"""Published playbooks and drafts in the store, and the registry that calls get theirs from."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.fakes.shared_worker import WORKER
from tests.playbook_file import test_playbook
from tests.shell import store_records as make
from tests.shell.full_disk import full_disk
from voiceassist.errors import ConflictError, PlaybookError, StoreError, UnknownNameError
from voiceassist.events import PastOffer, PromptClosed
from voiceassist.playbook_registry import PlaybookRegistry
from voiceassist.playbook_start import ConfiguredPlaybook, load_registry
from voiceassist.playbooks import read_playbook
from voiceassist.store.playbooks import Draft, read_version
from voiceassist.store.rows import microseconds
from voiceassist.store.store import Store, open_store

AT = "2026-11-21T10:00:00+00:00"
SMALL = test_playbook.SMALL.replace("words:\n  we: [i, we]\n", "")  # the built-in list has that name


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await open_store(tmp_path / "voiceassist.db")
    yield opened
    await opened.close()


def draft(text: str = SMALL, *, name: str = "small", revision: int = 0, by: str = "Kim", base: int = 1) -> Draft:
    return Draft(name=name, text=text, base=base, revision=revision, by=by, saved_at=AT)


def team(name: str, *teams: str) -> str:
    return SMALL.replace("name: small", f"name: {name}\nteams: [{', '.join(teams)}]")


def spanish(text: str = SMALL) -> str:
    return text.replace("language: en", "language: es").replace("<we> can't", "no podemos")


def base(text: str = SMALL, file: str | None = None) -> ConfiguredPlaybook:
    return ConfiguredPlaybook(text=text, playbook=read_playbook(text, "x"), file=Path(file) if file else None)


async def registry_of(store: Store, text: str = SMALL, file: str | None = None) -> PlaybookRegistry:
    return await load_registry(store.playbooks, {"en": base(text, file)}, WORKER)


async def published(
    store: Store, registry: PlaybookRegistry, text: str, name: str = "small", by: str = "Kim"
) -> str:
    saved = await store.playbooks.save_draft(draft(text, name=name))
    return (await registry.publish(name, saved.revision, note="better", by=by)).label


# ---- the store -------------------------------------------------------------------------------------------


async def test_versions_are_numbered_by_name_and_keep_their_text(store: Store) -> None:
    for text in ("one: 1\r\n", "two: \u00e4\n", "one: 1\r\n"):
        await store.playbooks.publish_text("small", text, author="Kim", note="n", at=AT)
    await store.playbooks.publish_text("other", "x", author="Kim", note="", at=AT)
    stored = await store.playbooks.versions("small")
    assert [(version.number, version.text) for version in stored] == [
        (3, "one: 1\r\n"),
        (2, "two: \u00e4\n"),
        (1, "one: 1\r\n"),
    ]
    assert stored[0].hash == stored[2].hash != stored[1].hash
    assert {name: version.label for name, version in (await store.playbooks.current()).items()} == {
        "small": "small@3",
        "other": "other@1",
    }


async def test_a_draft_that_somebody_saved_meanwhile_is_not_overwritten(store: Store) -> None:
    first = await store.playbooks.save_draft(draft("mine"))
    second = await store.playbooks.save_draft(draft("yours", revision=first.revision, by="Lee"))
    with pytest.raises(ConflictError, match=rf"Lee saved the draft of 'small' at {AT[:10]}"):
        await store.playbooks.save_draft(draft("mine again", revision=first.revision))
    assert await store.playbooks.draft("small") == second
    with pytest.raises(ConflictError):
        await store.playbooks.save_draft(draft("from nothing"))


async def test_a_draft_that_was_thrown_away_and_begun_again_is_another_one(store: Store) -> None:
    first = await store.playbooks.save_draft(draft("mine"))
    await store.playbooks.discard_draft("small", first.revision)
    with pytest.raises(ConflictError, match="thrown away"):
        await store.playbooks.save_draft(draft("mine", revision=first.revision))
    later = Draft(name="small", text="yours", base=1, revision=0, by="Lee", saved_at="2026-11-21T10:00:01+00:00")
    await store.playbooks.save_draft(later)
    with pytest.raises(ConflictError):
        await store.playbooks.publish_draft(first, author="Kim", note="", at=AT)


async def test_of_two_who_publish_one_is_told(store: Store) -> None:
    saved = await store.playbooks.save_draft(draft("text"))
    publishing = (store.playbooks.publish_draft(saved, author=who, note="", at=AT) for who in ("Kim", "Lee"))
    results = await asyncio.gather(*publishing, return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["ConflictError", "Version"]
    assert len(await store.playbooks.versions("small")) == 1
    assert await store.playbooks.draft("small") is None


async def test_what_is_not_there_is_named(store: Store) -> None:
    with pytest.raises(UnknownNameError, match="'small' has no version 3"):
        await store.playbooks.version("small", 3)
    with pytest.raises(UnknownNameError, match="'small' has no draft"):
        await store.playbooks.discard_draft("small", 7)
    with pytest.raises(ConflictError, match="published or thrown away"):
        await store.playbooks.publish_draft(draft(revision=7), author="Kim", note="", at=AT)


async def test_a_full_disk_is_told_and_the_draft_stays_to_be_published_later(store: Store, tmp_path: Path) -> None:
    saved = await store.playbooks.save_draft(draft("x" * 9_000))
    with (
        full_disk(tmp_path / "voiceassist.db-wal"),
        pytest.raises(StoreError, match=r"voiceassist\.db cannot be written"),
    ):
        await store.playbooks.publish_draft(saved, author="Kim", note="", at=AT)
    assert (await store.playbooks.draft("small")) == saved
    assert await store.playbooks.versions("small") == []
    version = await store.playbooks.publish_draft(saved, author="Kim", note="", at=AT)
    assert version.number == 1


async def test_a_version_can_be_read_beside_a_running_server(store: Store, tmp_path: Path) -> None:
    await store.playbooks.publish_text("small", SMALL, author="Kim", note="", at=AT)
    assert read_version(tmp_path / "voiceassist.db", "small", 1).text == SMALL
    with pytest.raises(UnknownNameError, match="'small' has no version 2"):
        read_version(tmp_path / "voiceassist.db", "small", 2)
    with pytest.raises(StoreError, match="there is no such database"):
        read_version(tmp_path / "nothing.db", "small", 1)


async def test_a_revision_never_comes_back_even_within_a_second(store: Store) -> None:
    seen = set()
    for _ in range(5):
        saved = await store.playbooks.save_draft(draft())
        again = await store.playbooks.save_draft(draft(revision=saved.revision))
        seen |= {saved.revision, again.revision}
        await store.playbooks.discard_draft("small", again.revision)
    assert len(seen) == 10
    assert all(0 < revision < 2**53 for revision in seen)


async def test_a_draft_that_a_colleague_saved_since_is_not_thrown_away(store: Store) -> None:
    first = await store.playbooks.save_draft(draft())
    second = await store.playbooks.save_draft(draft(revision=first.revision, by="Lee"))
    with pytest.raises(ConflictError, match="Lee saved"):
        await store.playbooks.discard_draft("small", first.revision)
    await store.playbooks.discard_draft("small", second.revision)


# ---- the start -------------------------------------------------------------------------------------------


async def test_the_first_start_publishes_the_configured_playbook_as_number_one(store: Store) -> None:
    registry = await registry_of(store, file="mine.yaml")
    assert registry.default_of("en").label == "small@1"
    (version,) = await store.playbooks.versions("small")
    assert (version.author, version.note, version.text) == ("voiceassist", "from mine.yaml", SMALL)
    assert registry.default_of("en").hash == version.hash
    await registry_of(store, file="mine.yaml")
    assert len(await store.playbooks.versions("small")) == 1


async def test_a_changed_file_becomes_the_next_version_and_a_changed_built_in_does_not(store: Store) -> None:
    await registry_of(store)
    assert (await registry_of(store, SMALL + "# new\n")).default_of("en").label == "small@1"
    assert (await registry_of(store, SMALL + "# new\n", "mine.yaml")).default_of("en").label == "small@2"


async def test_a_restart_keeps_what_people_published_until_the_file_is_changed_too(store: Store) -> None:
    registry = await registry_of(store, file="mine.yaml")
    assert await published(store, registry, SMALL + "# by Kim\n") == "small@2"
    assert (await registry_of(store, file="mine.yaml")).default_of("en").label == "small@2"
    assert (await registry_of(store, SMALL + "# operator\n", "mine.yaml")).default_of("en").label == "small@3"
    assert (await store.playbooks.version("small", 3)).note == "from mine.yaml, in place of 2 by Kim"
    assert (await registry_of(store, SMALL + "# operator\n", "mine.yaml")).default_of("en").label == "small@3"


async def test_a_draft_outlives_a_restart(store: Store) -> None:
    await registry_of(store)
    saved = await store.playbooks.save_draft(draft(SMALL + "# half done\n"))
    await registry_of(store)
    assert await store.playbooks.draft("small") == saved


async def test_two_files_of_one_name_are_refused(store: Store) -> None:
    bases = {"en": base(SMALL, "one.yaml"), "es": base(spanish(), "two.yaml")}
    with pytest.raises(PlaybookError, match=r"one\.yaml and two\.yaml are both named 'small'"):
        await load_registry(store.playbooks, bases, WORKER)


async def test_a_stored_default_that_cannot_be_used_stops_the_start_and_another_one_does_not(store: Store) -> None:
    await store.playbooks.publish_text("other", "name: other\n", author="Kim", note="", at=AT)
    assert (await registry_of(store)).default_of("en").label == "small@1"
    await store.playbooks.publish_text("small", "name: small\n", author="Kim", note="", at=AT)
    with pytest.raises(PlaybookError, match=r"small@2.*name a file with a playbook that can be used"):
        await registry_of(store)


# ---- which playbook a call gets --------------------------------------------------------------------------


async def test_a_call_gets_its_teams_playbook_else_the_default(store: Store) -> None:
    registry = await registry_of(store)
    await published(store, registry, team("returns", "Returns", "complaints"), "returns")
    labels = [registry.for_call("en", given).label for given in ("", "sales", "returns", " COMPLAINTS ")]
    assert labels == ["small@1", "small@1", "returns@1", "returns@1"]
    assert [one.name for one in registry.of_language("en")] == ["small", "returns"]


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("small", team("small", "returns"), "is the default for calls in 'en'"),
        ("small", spanish(), "this cannot be 'es'"),
        (
            "other",
            spanish(team("other", "sales")),
            "no engine here hears calls in 'es'",
        ),
        ("other", team("other", "sales", "Returns"), "team 'Returns' has 'returns' already"),
        ("other", team("another", "sales"), "must stay 'other'"),
    ],
)
async def test_a_playbook_that_no_call_could_get_is_not_published(
    store: Store, name: str, text: str, told: str
) -> None:
    registry = await registry_of(store)
    await published(store, registry, team("returns", "returns"), "returns")
    saved = await store.playbooks.save_draft(draft(text, name=name))
    with pytest.raises(ConflictError, match=told):
        await registry.publish(name, saved.revision, note="", by="Kim")
    assert await store.playbooks.draft(name) == saved


async def test_a_broken_draft_is_not_published(store: Store) -> None:
    registry = await registry_of(store)
    saved = await store.playbooks.save_draft(draft("name: small\n"))
    with pytest.raises(PlaybookError, match="policies: is missing"):
        await registry.publish("small", saved.revision, note="", by="Kim")
    assert registry.default_of("en").label == "small@1"


async def test_going_back_is_a_new_version_with_the_old_text(store: Store) -> None:
    registry = await registry_of(store)
    await published(store, registry, SMALL + "# worse\n")
    back = await registry.roll_back("small", 1, note="too many cards", by="Lee")
    assert (back.number, back.text, back.note) == (3, SMALL, "Back to version 1: too many cards")
    assert (await registry.roll_back("small", 2, note="", by="Lee")).note == "Back to version 2"
    assert registry.default_of("en").label == "small@4"
    with pytest.raises(UnknownNameError):
        await registry.roll_back("small", 9, note="", by="Lee")


async def test_only_the_text_that_was_checked_is_published(store: Store) -> None:
    registry = await registry_of(store)
    checked = await store.playbooks.save_draft(draft(SMALL + "# checked\n"))
    swapped = await store.playbooks.save_draft(draft("name: small\n", revision=checked.revision))
    with pytest.raises(ConflictError, match="Kim saved"):
        await store.playbooks.publish_draft(checked, author="Kim", note="", at=AT)
    same_number = replace(checked, revision=swapped.revision)
    with pytest.raises(ConflictError, match="is another one"):
        await store.playbooks.publish_draft(same_number, author="Kim", note="", at=AT)
    with pytest.raises(ConflictError, match="Kim saved"):
        await registry.publish("small", checked.revision, note="", by="Kim")
    assert len(await store.playbooks.versions("small")) == 1


async def test_a_draft_never_undoes_silently_what_was_published_after_it_was_begun(store: Store) -> None:
    registry = await registry_of(store)
    saved = await store.playbooks.save_draft(draft(SMALL + "# mine\n"))
    await store.playbooks.publish_text("small", SMALL + "# boss\n", author="Boss", note="", at=AT)
    with pytest.raises(
        ConflictError, match="version 2 by Boss was published after this draft was begun from version 1"
    ):
        await registry.publish("small", saved.revision, note="", by="Kim")
    assert (await registry.publish("small", saved.revision, note="", by="Kim", over=2)).number == 3


async def test_what_is_current_already_is_not_published_again(store: Store) -> None:
    registry = await registry_of(store)
    saved = await store.playbooks.save_draft(draft())
    with pytest.raises(ConflictError, match="this is the text of version 1"):
        await registry.publish("small", saved.revision, note="", by="Kim")
    with pytest.raises(ConflictError, match="this is the text of version 1"):
        await registry.roll_back("small", 1, note="", by="Kim")


async def test_a_withdrawn_playbook_gets_no_calls_until_it_is_offered_again(store: Store) -> None:
    registry = await registry_of(store)
    await published(store, registry, team("returns", "returns"), "returns")
    await registry.withdraw("returns", note="moved", by="Lee")
    assert registry.for_call("en", "returns").label == "small@1"
    registry = await registry_of(store)
    assert registry.for_call("en", "returns").label == "small@1"
    with pytest.raises(ConflictError, match="withdrawn already"):
        await registry.withdraw("returns", note="", by="Lee")
    await published(store, registry, team("returns", "Returns"), "returns")
    assert registry.for_call("en", "returns").label == "small@1"
    await registry.offer_again("returns", note="", by="Kim")
    assert registry.for_call("en", "returns").label == "returns@2"
    assert (await registry_of(store)).for_call("en", "returns").label == "returns@2"
    with pytest.raises(ConflictError, match="is not withdrawn"):
        await registry.offer_again("returns", note="", by="Lee")
    assert [(one.action, one.by, one.note) for one in await store.playbooks.choices("returns")] == [
        ("offered", "Kim", ""),
        ("withdrawn", "Lee", "moved"),
    ]


async def test_the_default_and_what_was_never_published_cannot_be_withdrawn(store: Store) -> None:
    registry = await registry_of(store)
    with pytest.raises(ConflictError, match="default for calls in 'en': make another playbook the default first"):
        await registry.withdraw("small", note="", by="Lee")
    with pytest.raises(UnknownNameError, match="never published"):
        await registry.withdraw("nothing", note="", by="Lee")


async def test_a_playbook_whose_team_has_another_by_now_is_not_offered_again(store: Store) -> None:
    registry = await registry_of(store)
    await published(store, registry, team("returns", "returns"), "returns")
    await registry.withdraw("returns", note="", by="Lee")
    await published(store, registry, team("newer", "returns"), "newer")
    with pytest.raises(ConflictError, match="team 'returns' has 'newer' already"):
        await registry.offer_again("returns", note="", by="Lee")


# ---- which one is the default ----------------------------------------------------------------------------

OTHER = SMALL.replace("name: small", "name: other")


async def test_a_chosen_default_goes_before_the_setting_and_outlives_a_restart(store: Store) -> None:
    registry = await registry_of(store)
    await published(store, registry, OTHER, "other")
    assert registry.for_call("en", "").label == "small@1"
    await registry.make_default("other", "en", note="better", by="Lee")
    assert registry.for_call("en", "").label == "other@1"
    (default,) = (await registry_of(store)).defaults()
    assert (default.name, default.setting, default.choice and default.choice.by) == ("other", "small", "Lee")
    await published(store, registry, OTHER + "# more\n", "other")
    assert (await registry_of(store)).for_call("en", "sales").label == "other@2"


async def test_making_the_settings_playbook_the_default_follows_the_setting_again(store: Store) -> None:
    registry = await registry_of(store)
    await published(store, registry, OTHER, "other")
    await registry.make_default("other", None, note="", by="Lee")
    (back,) = await registry.make_default("small", "en", note="", by="Kim")
    assert back.action == "setting"
    registry = await registry_of(store)
    assert registry.default_of("en").name == "small"
    assert registry.defaults()[0].choice is None
    assert (await load_registry(store.playbooks, {"en": base(OTHER)}, WORKER)).default_of("en").name == "other"


async def test_only_a_playbook_for_all_teams_of_that_language_becomes_the_default(store: Store) -> None:
    registry = await registry_of(store)
    await published(store, registry, team("returns", "returns"), "returns")
    await published(store, registry, OTHER, "other")
    refused = [
        ("returns", "en", "is for the teams returns"),
        ("small", "en", "is the default already"),
        ("other", "es", "no engine here hears calls in 'es'"),
        ("nothing", "en", "never published"),
    ]
    for name, language, told in refused:
        with pytest.raises((ConflictError, UnknownNameError), match=told):
            await registry.make_default(name, language, note="", by="Lee")
    await registry.withdraw("other", note="", by="Lee")
    with pytest.raises(ConflictError, match="offer it again first"):
        await registry.make_default("other", None, note="", by="Lee")
    bases = {"en": base(), "es": base(spanish(SMALL.replace("small", "corto")))}
    both = await load_registry(store.playbooks, bases, WORKER)
    with pytest.raises(ConflictError, match="not in 'es'"):
        await both.make_default("small", "es", note="", by="Lee")


async def test_a_chosen_default_that_cannot_be_used_leaves_the_setting_in_its_place(store: Store) -> None:
    registry = await registry_of(store)
    await published(store, registry, OTHER, "other")
    await registry.make_default("other", "en", note="", by="Lee")
    await store.playbooks.publish_text("other", "name: other\n", author="Kim", note="", at=AT)
    assert (await registry_of(store)).default_of("en").name == "small"


# ---- what a customer took before -------------------------------------------------------------------------


async def test_offers_that_a_customer_used_in_earlier_calls_are_found_by_day(store: Store) -> None:
    def used(alternative: str | None, at_ms: int = 1) -> PromptClosed:
        return PromptClosed(at_ms=at_ms, prompt_id="p1", outcome="used", alternative=alternative)

    dismissed = PromptClosed(at_ms=9, prompt_id="p2", outcome="dismissed")
    await store.append(make.call("old", used("credit"), started_at="2026-09-01T10:00:00+02:00"))
    await store.append(make.call("new", used(None), dismissed, used("courier"), started_at="2026-11-01T10:00:00Z"))
    await store.append(make.call("newer", used("credit"), started_at="2026-11-02T10:00:00Z"))
    found = await store.past_offers("carl", microseconds("2026-10-01T00:00:00Z"))
    assert found == (
        PastOffer(alternative="courier", on="2026-11-01"),
        PastOffer(alternative="credit", on="2026-11-02"),
    )
    assert len(await store.past_offers("carl", 0)) == 3
    assert await store.past_offers("somebody else", 0) == ()
