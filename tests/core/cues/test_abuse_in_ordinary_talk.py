"""What abuse and legal threats reach people, and what ordinary talk that uses the same words must not."""

import pytest

from tests.builders import playbook
from voiceassist.core.cues.find import Context, find_cues
from voiceassist.core.playbook.model import ABUSE_KINDS

# One turn a line, as a recogniser gives it. People say these to each other; none is aimed at the agent.
ORDINARY = {
    "anybody may be meant by you": """
        if you are lazy like me you just order in
        when you get fat you feel like a fool
        that makes you look dumb
        you could not do anything
        you smell it before you see it
        and then you are dead if you touch the wire
        you can be hurt or kill yourself on those ladders
        he is quite slow as a result
        i hate you know the waiting
    """,
    "told on": """
        he goes you stupid cow and slammed the door
        i said you are an idiot to him
        my boss was like are you stupid
        i told the kids to shut up
        the shop has shut up for the night
        put up or shut up
        if they shut it now
    """,
    "banter and rough praise": """
        you lucky bastard
        you clever dog
        damn you are good
        you are a freaking genius
        you are an idiot just kidding
        oh aren't you clever
        i could murder a curry
        i will kill her she ate my lunch
    """,
    "let, get, make, find, come": """
        i'll let you go then
        i'll get you the number
        i'll make you a cup of tea
        i'll find you a copy
        i'll hit you up later
        i'll come to your house tomorrow
        we are coming for you at six
        i know where you are now
        you had better run or you will miss the bus
    """,
    "weapons, fire and death as a subject": """
        i have a gun at home for hunting
        we carry guns in texas
        the police shot her
        they would get their prisoners and kill them
        she'd cut her leg on it
        the whole building burned down
        you'll die laughing
        your blood pressure is fine
        the tests say your death certificate is missing
        we are going to beat you on saturday
    """,
    "groups and words that sound like slurs": """
        it's all gobbledy gook
        the fighting in niger goes on
        growth is retarded by the cold
        they used to call us wogs at school
        women have to work harder for it
        the russians lost the war
        old people need more help
        they kill women and children there
        i worked with a lot of mexicans
    """,
    "bodies, beds and kisses": """
        it is really hard on the knees
        it's hard
        are you hot in that coat
        come to my house on sunday
        he would have to sleep with me
        take your clothes off it's bath time
        get on your knees and look under the sink
        send me a photo of the damage
        give granny a kiss
        can i ask you a question
        we were married i babysat for a dentist
        in your brain that is a different place
    """,
    "courts, lawyers, the press and the police as a subject": """
        i need to file a claim for my car
        i want to make a claim on my insurance
        it is against the law to text and drive
        he had to go to court for speeding
        my lawyer is very nice
        my solicitor is handling the house sale
        they are suing the city
        there was a lawsuit about that
        i tell everybody that
        make sure everybody is here
        it was on the front page
        it is going to be hard
        mostly i use it for writing papers
        i had to report it to the police when it was stolen
        the reviews were terrible so i didn't go
    """,
}

# Abuse without an ugly word, as a question, in another spelling, or by what one knows.
SAID = {
    "insult": """
        get it into your thick skull
        have you got two brain cells to use
        my five year old could do your job
        a trained monkey could do your job
        you are about as much use as a chocolate teapot
        you couldn't run a lemonade stand
        you wouldn't know good service if it hit you
        talking to you is like talking to a wall
        were you dropped on your head as a baby
        did your mother drop you
        who on earth hired you
        are you even trained
        not very bright are you
        are you on drugs
        what are you twelve
        let the grown ups talk
        i'll use small words so even you can follow
        your stupidity is unbelievable
        i can't stand the sound of your voice
        enjoy your minimum wage
        you absolute tool
        you oxygen thief
        you stupiid b*tch
        shame on you
        you can't even speak the language
        you filthy immigrant
        no wonder your wife left you
        unlike you i have a real job
        you give idiots a bad name
        did you leave your brain at home
        does it hurt to be that stupid
        go back to where you came from
    """,
    "threat": """
        how would you like a broken nose
        do you want to lose your teeth
        do you have a death wish
        want me to come over there and sort you out
        want to find out what happens to people who cross me
        say that to my face
        if you don't fix this i'll break your neck
        it wouldn't be hard to find you
        i know what car you drive
        expect a visit from me and my brothers
        i have a gun and i'm not afraid to use it
        the next technician you send gets a bullet
        i'll set my dogs on your engineer
        i'll make your life hell
        tell your manager he is a dead man
        i will dance on your grave
        when i'm done with you you'll need a wheelchair
        i know people who will find you
        you messed with the wrong guy
        don't make me come down there
        i know where you live
        you will regret this
    """,
    "slur": """
        this is what happens when you hire women
        never trust a gypsy
        you sound like a terrorist
        do you ride a camel to work
        i hope they deport you
        give me someone white
        asians all look the same
        your kind makes me sick
        go swing back to your tree
        a woman like you should stay at home
        did you just come off the boat
        they only hired you because you're black
        god hates gays
        what would a woman know about cars
    """,
    "sexual": """
        what colour are your knickers
        are you wearing any underwear
        can i get your number baby
        i bet you look good naked
        i want to touch your body
        do you like it rough
        send me a picture of you naked
        call me daddy
        i'd love to get my hands on you
        your accent gets me going
        join me in the shower
        you need a good shag
        the things i would do to you
    """,
    "legal_threat": """
        do you want this in the papers
        how would you like to be on the news
        do i have to get a lawyer involved
        are you aware i can sue for this
        let's see what a judge says about that
        there will be legal consequences
        my brother is a lawyer and he'll be in touch
        i'm filing a complaint with the state
        i'll write to my congressman about this
        you'll be hearing from my solicitor
        the whole internet will know about this
        i have fifty thousand followers
        shall i call the regulator
        i will expose your company
        you can explain that to my attorney
        you're going to get served
        otherwise i'll see you in small claims
        i wonder what the regulator would say
        my review is going to be brutal
        my channel has ten thousand subscribers
        i'm keeping this for the judge
        i will get the police involved in this
    """,
    "profanity": """
        f*ck this
        this sh*t again
        fuuuck
        where the hell is it
        what a load of crap
        this damn thing
        i don't give a shit
    """,
}


# Functions of hateful talk, and of talk that only looks like it, each with every group; `{one}` is one of it.
GROUPS = {
    "women": "woman",
    "muslims": "muslim",
    "immigrants": "immigrant",
    "gay people": "gay person",
    "disabled people": "disabled person",
}
HATEFUL = """
    i really can not stand {all}
    {all} disgust me
    a {one} is worth less than dirt
    {all} are a plague on this country
    i will hurt every {one} i meet
    {all} deserve to suffer
    {all} should not be allowed to vote
    nobody would miss {all}
    {all} are everywhere and they are all scum
    why do we even let {all} in
    honestly {all} are a burden
    kil all {all}
    you worthless {one}
"""
NOT_HATEFUL = """
    {all} are not scum
    i hope {all} are treated well
    it is wrong to call {all} animals
    he said {all} are vermin and i was shocked
    stop attacking {all}
    we are a group of {all}
    many {all} live in my street
    fucking love {all}
    as a {one} i feel ignored
"""


def lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def reaching(text: str) -> set[str]:
    """The kinds of cue in a customer's turn that reach people."""
    found = find_cues(playbook(), "customer", text.split(), Context())
    return {match.kind for match in found if match.reach != "colour"}


def reaching_alone(text: str) -> set[str]:
    """The kinds of cue in a customer's turn that reach people by a rule alone, whatever the classifier says."""
    found = find_cues(playbook(), "customer", text.split(), Context())
    return {match.kind for match in found if match.layer != "classifier" and match.alone != "colour"}


@pytest.mark.parametrize("text", [text for texts in ORDINARY.values() for text in lines(texts)])
def test_no_rule_reaches_people_with_ordinary_talk(text: str) -> None:
    assert not reaching_alone(text) & {*ABUSE_KINDS, "legal_threat"}


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in SAID.items() for text in lines(texts)])
def test_abuse_in_other_words_reaches_people(kind: str, text: str) -> None:
    assert kind in reaching(text)


def about_groups(text: str) -> list[str]:
    return [line.format(all=group, one=one) for line in lines(text) for group, one in GROUPS.items()]


@pytest.mark.parametrize("text", about_groups(HATEFUL))
def test_hate_of_a_group_reaches_people(text: str) -> None:
    assert reaching(text) & {*ABUSE_KINDS}


@pytest.mark.parametrize("text", about_groups(NOT_HATEFUL))
def test_talk_of_a_group_without_hate_reaches_nobody(text: str) -> None:
    assert not reaching_alone(text) & {*ABUSE_KINDS}


def test_one_short_swear_word_alone_only_colours() -> None:
    found = find_cues(playbook(), "customer", ["bloody", "weather"], Context())
    assert {(match.kind, match.alone) for match in found} == {("profanity", "colour")}
