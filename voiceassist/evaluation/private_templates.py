"""Sentences in which callers say private things, for measuring redaction: half of them was never tuned on.

Lines are separated by `|`, each a final of its own; a line of the agent begins with `A:`. `{card}` is a value of
that kind. Data only. Next: `private_forms.py` says them.
"""

Templates = dict[str, dict[str, tuple[str, ...]]]  # language → kind → templates

TUNED: Templates = {
    "en": {
        "card": (
            "my card number is {card}",
            "A: can I have your card number please|sure it's {card}",
            "{card_lines}",
            "A: and the number on the card|{card_lines}|A: so that was {card_back}",
        ),
        "security_code": ("the security code is {code}", "A: and the cvv|{code}"),
        "expiry": ("my card expires {expiry}", "A: your card number and the expiry date please|okay {expiry}"),
        "bank": ("my iban is {iban}", "sort code {sort} account number {account}", "account number {account}"),
        "identity": (
            "my social security number is {ssn}",
            "national insurance {nino}",
            "passport number {passport}",
        ),
        "birth": ("my date of birth is {birth}", "A: can I take your date of birth|it's {birth}"),
        "phone": ("my phone number is {phone}", "you can call me on {phone}", "{phone}"),
        "email": ("my email is {email}", "it's {email} okay", "A: what is your email address|{email}"),
        "password": ("my pin is {pin}", "the password is {password}"),
        "address": ("my address is {address}", "A: and your address please|{address}", "I live at {address}"),
    },
    "es": {
        "card": ("mi número de tarjeta es {card}", "A: me da su número de tarjeta|{card_lines}"),
        "security_code": ("el código de seguridad es {code}",),
        "bank": ("mi número de cuenta es {account}", "el iban es {iban}"),
        "identity": ("mi dni es {dni}",),
        "birth": ("mi fecha de nacimiento es {birth}",),
        "phone": ("mi teléfono es {phone}", "{phone}"),
        "email": ("mi correo es {email}", "es {email}"),
        "password": ("mi pin es {pin}", "mi contraseña es {password}"),
        "address": ("vivo en {address}", "mi dirección es {address}"),
    },
}

HELD_OUT: Templates = {
    "en": {
        "card": (
            "let me read it to you {card} did you get all that",
            "A: what are the sixteen digits on the front|right here we go {card}",
            "I'd like to pay with my visa which is {card_lines}",
            "okay so the first part is {card_lines}|A: let me repeat {card_back}",
        ),
        "security_code": (
            "and on the back it says {code}",
            "A: now the three digits from the back of the card|that would be {code}",
        ),
        "expiry": ("the card is good through {expiry}", "A: when does the card expire|{expiry}"),
        "bank": (
            "you can pay it into {account} sort code {sort}",
            "A: which account is it|the iban {iban}",
        ),
        "identity": ("A: what's your social|{ssn}", "my n i number {nino}", "it says passport {passport} on it"),
        "birth": ("I was born on {birth}", "A: and when were you born|{birth}"),
        "phone": ("A: what is a good number for you|{phone}", "ring me back on {phone} please"),
        "email": ("send the receipt to {email}", "A: where shall I send it|to {email} please"),
        "password": ("I always use {pin} as my pin", "A: the memorable word please|it is {password}"),
        "address": (
            "could you ship it to {address}",
            "A: where do you live|{address}",
            "we moved to {address} last week",
        ),
    },
    "es": {
        "card": ("le leo la tarjeta {card}", "sí mire es la visa {card_lines}"),
        "security_code": ("A: los tres números de atrás por favor|{code}",),
        "bank": ("A: a qué cuenta se lo ingreso|a la {account}",),
        "identity": ("A: su documento por favor|sí es el {dni}",),
        "birth": ("nací el {birth}", "A: cuándo nació|el {birth}"),
        "phone": ("me puede llamar al {phone}",),
        "email": ("mándemelo a {email}",),
        "password": ("la clave es {password}", "uso el pin {pin}"),
        "address": ("mándelo a la {address}", "A: su domicilio|{address}"),
    },
}
