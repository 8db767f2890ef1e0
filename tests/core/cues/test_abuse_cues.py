"""Abuse by customers: what demeans, threatens, attacks or sexualises, and what only sounds like it."""

import pytest

from tests.builders import playbook
from voiceassist.core.cues.find import Context, find_cues
from voiceassist.core.playbook.model import ABUSE_KINDS

# One turn a line, as a recogniser gives it.
SAID = {
    "insult": """
        you sound like a total imbecile
        how dumb can you be
        just shut up and listen
        go to hell all of you
        i hate you people
        i despise you
        what the hell is wrong with you
        listen here you little worm
        you couldn't be more useless if you tried
        don't be so stupid
        can you even speak english
        what a moron
        you are a disgrace
        you must be the biggest idiot in that building
        god you're thick
        a five year old could do this better than you
        did you even finish school
        shut the hell up
        shut it
        you piece of trash
        i can't stand you people
        not the sharpest tool in the shed are you
        do us all a favour and quit your job
        even a robot is smarter than you
        you daft cow
        you call yourself an agent you are a joke
        no wonder you work in a call centre
        thieves all of you are thieves
        you're a sad little man
        you stink at this
        do you have any brain cells left
        your english is terrible
    """,
    "threat": """
        i am going to beat you up
        i know where your kids go to school
        i'll throw a brick through your window
        you want a slap
        if i see you on the street i'm gonna knock you out
        say goodbye to your family
        i would love to see you bleed
        i hope someone shoots you
        i will make you suffer
        i'll rip your head off
        i hope you die a slow death
        die in a fire
        i swear to god i'll kill you
        i am going to kill every one of you
        you won't make it home tonight
        i'm going to burn your shop to the ground
        i'm going to smash all your windows
        kill you all
        i could just strangle somebody there
        i'm going to make you pay in blood
        i hope you rot
        i will destroy you and your family
    """,
    "slur": """
        muslims are worse than cockroaches
        all foreigners should be deported
        get these filthy foreigners out of my country
        go back to india
        you stupid retard
        fucking muslims
        the world would be better without muslims
        being gay is a disease
        look at these refugees i hate them
        i will hurt every gay person i see
        you are so gay
        i wish all immigrants would just disappear
        people with disabilities are worthless
        asians can't drive
        refugees are like rats
        we don't want your kind here
        these damn immigrants
        you're a filthy jew
        typical jew always after money
        kill all gays
        someone should wipe out all those gypsies
        you autistic freak
        women are property
        the only good muslim is a dead one
        round up the immigrants and deport them
        disabled people are useless eaters
        jews should be exterminated
        go home foreigner
    """,
    "sexual": """
        do you want to have sex with me
        i want to kiss you
        are you good in bed
        are you horny
        you dirty little slut
        i am so horny
        sit on my lap darling
        are you single
        come over to my place tonight
        are your boobs real
        spread your legs
        i'd like to bend you over
        hey sexy
        let's have sex
        hello gorgeous wanna come to my bed
    """,
}

NOT_ABUSE = {
    "criticism of a product, a process, the situation": """
        your website is a piece of crap
        what a stupid policy
        your company is a joke
        fuck this router
        the worst service ever
        the screen is cracked like hell
        this is fucking ridiculous
        you lied to me about the price
    """,
    "the customer's own mistakes": """
        i am such an idiot i forgot my password
        that was stupid of me
        i am an old fool
        do you think i am stupid
        you must think i'm an idiot
        are you saying i am a liar
        my own stupid fault
        i am so sorry
    """,
    "somebody else's words": """
        he called me an idiot
        she said i was a stupid cow
        your colleague called me a liar
        the driver told me to go to hell
        the neighbour said he would kill me
        somebody wrote that i should die
        your agent told me to go back to my country
        the guy told me to fuck off
    """,
    "denials": """
        i am not saying you are stupid
        i never called you a liar
        i don't hate you
        i'm not going to hurt you
        i would never hurt anyone
        nobody is threatening you
        i don't want to kill anybody
        i didn't mean you are dumb
    """,
    "figures of speech": """
        i would kill for that deal
        hit me with the price
        hang on a second
        let's kill some time
        burn the data to a disc
        cut me some slack
        don't shoot the messenger
        can you blow up the picture
    """,
    "a group is mentioned, praised or defended": """
        i love black people
        do you have a store for women
        immigrants are people too
        no muslim deserves to die
        women are not stupid
        calling immigrants vermin is disgusting
        it is racist to say black people are lazy
        people who hate trans people are ignorant
        stop calling women whores
        is the room suitable for disabled people
        where is the women's section
        i work with refugees
        these filthy shoes are not for women
        i hate black shoes
        i hate the white ones
        the chinese phone is garbage
    """,
    "words with another meaning": """
        the kitchen was spick and span
        i need a fire retardant blanket
        can i have a fag outside the hotel
        i have a maine coon cat
        the hotel had a cock on the roof
        it's a pain in the ass
        are you the fraud department
        are you a dog person
    """,
    "others who are no protected group": """
        bankers are scum
        i hate lawyers
        capitalists should be ashamed
        i hate mondays
        i hate cheese
        rich people are annoying
        spiders are disgusting
        landlords are parasites
    """,
    "friendly or everyday talk": """
        you are the best
        you are very smart
        are you busy
        what are you doing
        i have sex listed wrong on my passport
        do you have a date for the delivery
        i need a hotel for me and my girlfriend
        i want to touch base with you
    """,
    "ordinary service turns with such words": """
        i hate waiting
        you must be busy
        can you hit refresh
        where do you live in the states
        i want the black dress
        the french press is broken
        my date of birth and sex are wrong
        tennis balls
        it sucks
        that blows
        hot water
        i am not a robot
        you sound tired
        i feel sick
        the useless manual
        shoot
        i'll be there with my kids
        refugees need phones too
        what's the sex of the puppy
        strip mall
    """,
}

# Whom hate is aimed at makes no difference to how it is heard, and to what is none.
GROUPS = [
    "women",
    "muslims",
    "jews",
    "immigrants",
    "gay people",
    "trans people",
    "black people",
    "disabled people",
]
HATE = """
        i hate {}
        {} are vermin
        i think {} are worthless
        all {} should be shot
        fucking {}
        why are {} so stupid
        the world would be better off without {}
        {} again they should all leave
"""
NO_HATE = """
        i don't hate {}
        {} are not vermin and you know it
        saying that {} are worthless is wrong
        no {} deserve to be attacked
        i hate people who hate {}
        do you have an offer for {}
        {} suffer a lot of discrimination
"""


def lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def kinds(text: str) -> set[str]:
    return {match.kind for match in find_cues(playbook(), "customer", text.split(), Context())}


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in SAID.items() for text in lines(texts)])
def test_abuse_is_heard_as_its_kind(kind: str, text: str) -> None:
    assert kind in kinds(text)


@pytest.mark.parametrize("text", [text for texts in NOT_ABUSE.values() for text in lines(texts)])
def test_what_only_sounds_like_abuse_is_none(text: str) -> None:
    assert not kinds(text) & {*ABUSE_KINDS}


@pytest.mark.parametrize("text", [line.format(group) for line in lines(HATE) for group in GROUPS])
def test_an_attack_on_a_protected_group_is_a_slur(text: str) -> None:
    assert "slur" in kinds(text)


@pytest.mark.parametrize("text", [line.format(group) for line in lines(NO_HATE) for group in GROUPS])
def test_speaking_of_a_group_or_against_hate_is_no_abuse(text: str) -> None:
    assert not kinds(text) & {*ABUSE_KINDS}
