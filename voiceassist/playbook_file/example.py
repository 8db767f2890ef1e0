"""A complete playbook file: every field that there is, with a comment. Tests hold it complete and valid.

Goes into the JSON Schema as its example and is what `voiceassist playbook schema --example` prints. Teaches the
format, not good service: the built-in playbooks do that. Next: `schema.py`.
"""

EXAMPLE = """\
name: bike-shop             # lower-case letters, digits, - and _
title: Bike shop            # what people read
language: en                # language tag of the calls
version: 1                  # for people who keep files; published versions are numbered by themselves
teams: [shop, workshop]     # whose calls it is for; left out: everybody's
tiers: [standard, gold, business]   # all tiers of customers; left out: any name will do

# Lists that phrases name as <list>. Each may use the ones before it, and the built-in ones (<we>).
words:
  bike: [bike, bicycle, e-bike]
  part: [<bike>, wheel*, (front|rear) (light|lamp)]

# Kinds of cue of one's own: their phrases are in `cues`, their card in `cards`, by the same id.
kinds:
  repair_talk:
    title: Repair               # what people call it
    speaker: customer           # who says it
    colour: teal                # violet, teal, pink, brown, olive or slate

# What a refusal or an insult sounds like is built in. This adds to it and makes exceptions. How to write phrases:
# (a|b) one of these; [a] may be there; ... up to three words between, ...6 up to six; cancel* any ending;
# ^ and $ start and end of what was said in one go. Phrases with [ ] stand on lines of their own, or in quotes.
cues:
  refusal:
    sensitivity: low                    # off, low, normal or high: the classifier beyond the phrases
    reach: alert                        # off, colour, card or alert: how far the cue may go
    off: []                             # ids of built-in rules to switch off, such as refusal.unwilling
    weak: []                            # ids of built-in rules that only colour unless the classifier agrees
    except: [no later than]             # never a refusal, however it would be found
    early: true                         # false: wait until the sentence is over
    rules:
      workshop_full:                    # a name of your choice
        phrases:
          - the workshop is [fully] booked
        except: [booked for you]        # no match that touches one of these
        unless: [but i can]             # no match when one of these is anywhere in the sentence
        after: [when ... repair*]       # the customer must have said one of these just before
        unless_after: [just asking]     # the customer must have said none of these just before
        after_kind: purchase_intent     # the customer's words just before must be this cue
        confidence: 0.8                 # 0 to 1
        early: false
        quiet: false                    # true: no cue, not even coloured, unless the classifier agrees

  repair_talk:
    reach: card
    rules:
      broken:
        phrases: [<part> (is|was) broken]

# What must be said. Not said in time, it is the cue `missing`.
missing:
  recording_notice:
    title: Notice of recording
    speaker: agent
    phrases: [(call|line) (is|may be) recorded]
    within_s: 45                        # seconds after the start of the call
  safety_recall:
    title: Notice of the recall
    speaker: agent
    phrases: [(recall*|safety notice)]
    after: [(front|rear) (light|lamp)]  # its clock starts when either side says this ...
    after_kind: purchase_intent         # ... or when this cue comes
    within_s: 60                        # seconds after that
    by_end: true                        # told at the end of the call if it was never said

# What customers ask for and may not always get.
policies:
  worn_parts:
    topic: Worn parts under warranty
    asked: [(warranty|guarantee) ...6 <part>, "[my] <part> ...3 (worn|worn out)"]  # how customers ask for it
    refused: [wear ...3 not covered]                                              # how agents refuse it
    limit: The warranty does not cover wear.
    benefit: Without wear in it, the warranty costs nothing.
    say: Wear isn't part of the warranty, but I can get you riding again.   # fifteen words at most
    avoid: You should have looked after it.
    recovery_s: 30                      # seconds for an alternative to follow, instead of limits.recovery_s
    alternatives:
      fixed_price: {text: Repair at a fixed price}
      loan_bike:
        text: A loan bike                 # six words at most: it is read while talking
        detail: A loan bike of the same size, from the day on which yours comes in   # shown on demand
        cost: medium                    # none, low, medium or high
        tiers: [gold, business]         # customer tiers that may have it; left out: everybody
        per_call: 1                     # times in one call
        per_customer: {times: 1, days: 365}
        from: 2026-03-01                # first and last day on which it may be offered
        until: 2026-10-31
  general:                              # required: for requests that fit no other
    topic: A request that can't be met
    limit: Say what is not possible, in one sentence.
    benefit: Say what that limit is good for.
    say: I can't do that, but I can look for another way. What matters most?
    avoid: There is nothing I can do.
    alternatives:                       # only what is true of any request; {} is fine
      owner: {text: A call-back from whoever can decide}

# What the agent sees: by cue, and by rung of the ladder.
cards:
  refusal:
    headline: "{topic}: say what is possible"   # {topic}: of the policy; {title}: what has not been said
    say: I can't do that, but I can look for another way.   # where no policy says it better
    priority: 60                        # 0 to 100; a higher one takes the place of a lower
    cooldown_s: 20                      # seconds until it may come again
    cap: 4                              # times in one call
    expires_s: 30                       # seconds on the screen
    not_when: [thank you for explaining]  # not when either side has just said this
    done_when: [let me show you another way]  # it leaves when the agent has said this, or most of `say`
    returns: 1                          # times it comes back while that was not done; left out: never
  missing: {headline: "{title}", say: Say it now., priority: 30}
  boundary: {headline: Set a boundary, say: I want to help you; please let us stay polite., priority: 75}
  warning: {headline: Warn once, say: "If this goes on, I will end the call.", priority: 85}

# Abuse climbs: each cue starts at its card; one that climbs takes the next rung when it comes again.
ladder:
  rungs: [boundary, warning]
  levels: {warning: critical}           # an alert from this rung is at least so urgent
  forget_s: 600                         # so long without abuse starts again at the bottom; 0: never
  steps:
    insult: {card: boundary, climbs: true}
    threat: {card: warning, climbs: true}

# What the supervisor is told: info, warning or critical.
alerts:
  insult: {level: warning, reason: The customer insults the agent., from_count: 1, cooldown_s: 60}
  missing: {level: info, reason: Something was not said in time.}

limits:
  recovery_s: 20                        # an alternative within so many seconds recovers a refusal ...
  recovery_turns: 2                     # ... or within so many turns of the agent
  cards_per_call: 8
  gap_s: 4                              # seconds between a card and the next of no higher priority
  breath_ms: 1500                       # a shorter pause does not end a turn
  silence_s: 25                         # 0: never
  overlap_ms: 2000                      # 0: never

# What callers say about themselves is masked before anybody sees it: card, security_code, expiry, bank, identity,
# birth, phone, email, password, address, and number (a long one that nothing announces). Here what is not just
# masked: drop leaves the words out, keep shows them; card, security_code, password and number are never kept.
redact: {phone: keep, card: drop}

# What supervisors may send an agent with one key: one line each, at most 300 characters.
coaching:
  ask_goal: Ask what they use the bike for before you answer.
  slow_down: Slow down a little, they cannot follow.

# Tried by `voiceassist playbook test`: what the last line must bring. Leave out what does not matter.
examples:
  - call:
      - customer: my front wheel is worn out, can you fix it for free
      - agent: I'm sorry, wear is not covered, we can't do that
    tier: gold
    on: 2026-05-04                      # the day of the call; left out: today
    cues: [refusal]                     # all cues of the last line; []: none
    card: refusal                       # or none
    topic: worn_parts                   # the policy that the card is about
"""
