"""The policies of a playbook on one page: in order, each sentence rated, pressure marked."""

from dataclasses import replace

from tests.builders import playbook
from tests.core import spanish
from voiceassist.trials.policy_page import policy_page


def test_every_policy_is_there_with_what_it_is_good_for_and_what_is_possible_instead() -> None:
    page = policy_page(playbook())
    assert {policy.id for policy in page.policies} == {policy.id for policy in playbook().policies}
    assert [policy.is_general for policy in page.policies][-1]
    assert all(policy.limit and policy.benefit and policy.say for policy in page.policies)
    assert all(
        sentence.grade for policy in page.policies for sentence in policy.limit if sentence.ease is not None
    )
    assert page.formula == "Flesch"


def test_our_own_playbooks_put_no_pressure_on_anybody() -> None:
    for book in (playbook(), spanish.playbook()):
        sentences = [
            s for policy in policy_page(book).policies for s in (*policy.limit, *policy.benefit, *policy.say)
        ]
        assert sentences
        assert [sentence.text for sentence in sentences if sentence.coerces] == []


def test_a_sentence_that_coerces_is_marked_with_its_words_and_the_one_beside_it_is_not() -> None:
    book = playbook()
    say = "I understand. You have no choice but to pay today."
    pressing = replace(book, policies=(replace(book.policies[0], say=say), *book.policies[1:]))
    page = policy_page(pressing)
    changed = next(policy for policy in page.policies if policy.id == book.policies[0].id)
    fine, coerces = changed.say
    assert fine.coerces == ()
    assert "no choice" in coerces.coerces[0].lower()


def test_a_spanish_playbook_is_rated_by_the_spanish_formula() -> None:
    page = policy_page(spanish.playbook())
    assert (page.language, page.formula) == (spanish.playbook().language, "Szigriszt-Pazos, INFLESZ")
