"""English: how numbers, addresses and private things are said and announced. Data only.

Phrases are lists of words as `text.py` leaves them, without apostrophes. Next: `redact.py`.
"""

import re

from voiceassist.core.words.languages.language import Addresses, Numbers, PrivateWords, words

UNITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
TEENS = (
    *("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen"),
    *("sixteen", "seventeen", "eighteen", "nineteen"),
)
TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_ZEROS = ("oh", "o", "nought", "naught", "nil")
_MEASURES = (
    "dollar dollars buck bucks cent cents pound pounds pence penny pennies euro euros percent grand k "
    "million millions second seconds minute minutes hour hours day days night nights week weeks month "
    "months year years oclock am pm kilo kilos kilogram kilograms gram grams mile miles meter meters "
    "metre metres kilometer kilometers inch inches foot feet degree degrees gig gigs gigabyte gigabytes "
    "megabyte megabytes megabits megs people persons passengers guests adults children items pieces boxes "
    "units times points tickets rooms bedrooms orders calls visits customers square watts kilowatts volts "
    "liters litres gallons bags seats stops nd rd th st"
)
_ORDINALS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
    "fifteenth sixteenth seventeenth eighteenth nineteenth twentieth thirtieth"
)

ENGLISH_NUMBERS = Numbers(
    units={word: str(digit) for digit, word in enumerate(UNITS)} | dict.fromkeys(_ZEROS, "0"),
    teens={word: str(number) for number, word in enumerate(TEENS, start=10)},
    tens={word: f"{number}0" for number, word in enumerate(TENS, start=2)},
    scales={"hundred": 2, "thousand": 3},
    repeats={"double": 1, "triple": 2, "treble": 2},
    sounds_like={"for": "4", "fore": "4", "won": "1", "to": "2", "too": "2", "ate": "8", "tree": "3", "sex": "6"},
    glue=frozenset(["dash", "hyphen", "space", "minus", "slash"]),
    reading=words(
        "and then the next last first second third group groups digit digits number numbers is are it "
        "that was followed by after plus again once more no sorry actually correction mean rather wait "
        "not continuing comma period full itis thatis theyare ok okay yes yeah right so i"
    ),
    not_counted=words(
        "that this no which any every the another each new only other same wrong right first last second "
        "next old big small cheaper better good bad single long short red blue black white green not or "
        "someone"
    ),
    pronoun="one",
    measures=frozenset(_MEASURES.split()),
    amount=re.compile(r"\d{1,3}(,\d{3}){1,2}(\.\d+)?|\d+\.\d{1,2}"),
)
ENGLISH_ADDRESSES = Addresses(
    at=frozenset(["at"]),
    dot=frozenset(["dot", "point"]),
    joints=frozenset(["dot", "underscore", "dash", "hyphen"]),
    endings=words(
        "com net org edu gov info io uk de fr es it eu us ca au co app dev ai shop store online site biz "
        "me tv cloud tech xyz nl be ch at ie nz in mx pt se no dk fi pl"
    ),
    bare_endings=frozenset(["com", "org", "edu"]),
    providers=words(
        "gmail googlemail hotmail outlook yahoo icloud aol proton protonmail gmx msn ymail comcast verizon"
    ),
)
ENGLISH_PRIVATE = PrivateWords(
    announced={
        "card": (
            *("card", "card number", "debit", "visa", "mastercard", "master card", "amex", "american express"),
            *(
                "first part is",
                "first bit is",
                "first set is",
                "first block is",
                "long number",
                "discover",
                "maestro",
                "number on the front",
                "card no",
            ),
        ),
        "security_code": (
            *("security code", "cvv", "cvc", "c v v", "c v c", "csc", "cvv two", "cvv number", "code on the back"),
            *("digits on the back", "number on the back", "back of the card", "back of my card", "card code"),
            *(
                "on the back it says",
                "on the back it is",
                "on the back is",
                "the back says",
                "back of it",
                "the reverse",
            ),
            *("signature strip", "three digit code", "four digit code", "digit security code", "three digits on"),
            *("digits on the reverse", "numbers on the back", "one time code", "verification code", "passcode"),
        ),
        "expiry": (
            "expiry",
            "expiration",
            "exp date",
            "valid thru",
            "valid through",
            "expires",
            "expiring",
            "good through",
            "good thru",
            "good until",
            "good till",
            "runs out",
            "run out",
            "end date on the card",
        ),
        "bank": (
            *("iban", "i ban", "i b a n", "account number", "sort code", "routing number", "bank account"),
            *("account is", "account no", "checking account", "savings account", "swift code", "bic"),
        ),
        "identity": (
            *("social security", "social security number", "my social", "your social", "ssn", "s s n", "nino"),
            *("national insurance", "national insurance number", "passport", "passport number", "tax id"),
            *("drivers license", "driving licence", "driver license", "license number", "licence number"),
            *("social is", "n i number", "ni number", "n i", "id number", "identity card", "insurance number"),
        ),
        "birth": (
            *("date of birth", "born", "birthday", "birth date", "birthdate", "dob", "d o b", "birth"),
            *("dateofbirth", "birthdays"),
        ),
        "phone": (
            *("phone number", "my number", "telephone", "telephone number", "mobile", "mobile number", "cell"),
            *(
                "cell number",
                "call me at",
                "call me on",
                "reach me at",
                "reach me on",
                "contact number",
                "landline",
            ),
            *(
                "callback number",
                "text me at",
                "phone",
                "your number",
                "ring me on",
                "number to reach",
                "best number",
            ),
            *("phone is", "cellphone", "whatsapp"),
        ),
        "email": ("email", "e mail", "mail address", "email address", "mail me at", "gmail"),
        "password": (
            *(
                "password",
                "pass word",
                "pin",
                "pin number",
                "pin code",
                "p i n",
                "memorable word",
                "security word",
            ),
            *("secret word", "security answer", "secret answer", "passphrase", "maiden name", "pass code"),
        ),
        "address": (
            *(
                "my address",
                "address is",
                "new address",
                "moved house",
                "address should be",
                "address it is",
                "i live at",
                "living at",
                "live at",
                "postcode",
                "post code",
                "zip code",
            ),
            *("zip", "postal code", "home address", "billing address", "shipping address", "delivery address"),
            *("your address", "ship it to", "deliver it to", "send it to", "we are at", "street address"),
            *("addressis", "located at", "moved to", "mailing address", "i reside at"),
        ),
    },
    asked={
        "card": ("first four", "next four", "first six", "sixteen digits", "sixteen digit number", "card details"),
        "security_code": ("three digits", "three numbers", "four digits", "last three digits"),
        "expiry": ("valid until", "expire", "month and year"),
        "bank": ("bank details", "account details", "which account", "what account"),
        "birth": ("how old",),
        "password": ("secret", "security question", "passcode word", "code word"),
        "address": (
            *("address", "where do you live", "where you live", "where are you living", "where are you moving to"),
            *("first line of your address", "where is the property", "where are you located", "house number"),
        ),
    },
    asks=(
        *("what is", "whatis", "what was", "what are", "what would", "tell me", "give me", "confirm", "read me"),
        *("can i have", "can i get", "can i take", "could i have", "could i get", "could i take", "may i have"),
        *("may i take", "i need", "we need", "just need", "i will need", "have you got", "do you have your"),
        *(
            "do you know your",
            "what password",
            "which password",
            "when does",
            "when do",
            "where do",
            "where are",
            "verify",
        ),
        *("which address", "what address", "which number", "what number"),
    ),
    pauses=words(
        "let me think look check see find get second moment minute sec hang hold wait remember try know guess "
        "grab bear give"
    ),
    references=(
        *("order", "order number", "reference", "reference number", "ref", "ticket", "case", "case number"),
        *("booking", "booking number", "confirmation", "tracking", "invoice", "flight", "room", "extension"),
        *("model", "serial", "product", "item", "article", "part number", "claim number", "purchase order"),
        *("ticket number", "job number", "work order", "bus", "train", "channel", "gate", "seat"),
    ),
    quantities=(
        *(
            "year",
            "since",
            "until",
            "cost",
            "costs",
            "price",
            "priced",
            "pay",
            "paid",
            "total",
            "charged",
            "charge",
        ),
        *("charges", "balance", "worth", "bill", "fee", "refund", "amount", "about", "around", "approximately"),
        *("over", "under", "between", "in", "up to", "limit", "savings of", "than", "weighs", "size", "page"),
        *(
            "step",
            "version",
            "windows",
            "quote",
            "spend",
            "spent",
            "budget",
            "rent",
            "early",
            "late",
            "by",
            "from",
        ),
        *("delivery", "appointment", "meeting", "arrives"),
    ),
    street_types=words("street road lane avenue crescent terrace boulevard"),
    copulas=frozenset(["is", "was", "be", "are"]),
    streets=frozenset(["flat", "apartment", "unit", "box"]),
    denied=words(
        "not wrong incorrect expired working still no locked too being reset required in invalid right "
        "correct different the same been outdated missing donot doesnot isnot wasnot going never always "
        "fine good needed what where why how because that there when changed stored blocked old safe "
        "private only and updated forgot forget forgotten cannot lost none nothing which who whose any"
    ),
    ends=words(
        "thanks thank please but can could would will because if ok okay yes do does is it i you we what "
        "when did so right"
    ),
    dates=frozenset(
        "january february march april may june july august september october november december jan feb mar apr "
        f"jun jul aug sep sept oct nov dec of the {_ORDINALS}".split()
    ),
    spelling=words(
        "alpha alfa bravo charlie delta echo foxtrot golf hotel india juliet juliett kilo lima mike "
        "november oscar papa quebec romeo sierra tango uniform victor whiskey xray x-ray yankee zulu"
    ),
    vowels=frozenset(["a", "i", "o"]),
)
