"""Sentences in which callers say private things, for measuring redaction, in three batches.

TUNED was looked at while the rules were written. SEEN was held out from that, and looked at when they were mended.
HELD_OUT was written before they were mended, and nobody has looked at what leaks of it.

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

SEEN: Templates = {
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

HELD_OUT: Templates = {
    "en": {
        "card": (
            "um okay I have it here the long number across the front reads {card}",
            "A: could you give me the first four please|{card_lines}",
            "can I use a different one this one starts {card_lines}",
            "A: go ahead with the card whenever you are ready|thanks {card}",
            "just charge {card} like last time",
        ),
        "security_code": (
            "A: and finally the three digit code|{code}",
            "the little number on the signature strip is {code}",
            "{code} is what it says on the reverse",
        ),
        "expiry": (
            "A: what is the expiration date|{expiry}",
            "and it runs out in {expiry} the card I mean",
            "A: valid until|{expiry}",
        ),
        "bank": (
            "please send the refund to my account it is {account} with sort code {sort}",
            "A: can you confirm your bank details|yes sort code {sort}|and the account is {account}",
            "you should have my iban already it's {iban}",
            "A: and your routing number|{account}",
        ),
        "identity": (
            "A: I just need your social security number to verify|{ssn}",
            "my national insurance number let me find it it's {nino}",
            "A: do you have your passport to hand|yes it's number {passport}",
            "the social is {ssn}",
        ),
        "birth": (
            "A: can you confirm your date of birth for me|sure {birth}",
            "my birthday is {birth}",
            "A: what's your d o b|{birth}",
            "she was born {birth} and I'm her mother",
        ),
        "phone": (
            "the best number to reach me is {phone}",
            "A: can I take a contact number|yeah it's {phone}",
            "could you text me at {phone} when it ships",
            "my mobile {phone}",
        ),
        "email": (
            "you can email it to me at {email}",
            "A: what email do you have on the account|I think it's {email}",
            "my address for mails is {email} yes",
        ),
        "password": (
            "A: what is the password on the account|{password}",
            "A: can you tell me your security word|yes that would be {password}",
            "I think I set it to {pin} the pin",
            "A: and your four digit pin|{pin}",
            "{password} that's the password",
            "my passcode used to be {pin}",
        ),
        "address": (
            "A: can I have the first line of your address|{address}",
            "the delivery address should be {address}",
            "I've just moved house it's now {address}",
            "A: what's the billing address|it's {address}",
            "please send the engineer to {address}",
        ),
    },
    "es": {
        "card": (
            "A: dígame los números de su tarjeta|apunte {card}",
            "quiero pagar con esta {card_lines}",
            "A: la numeración completa por favor|{card}",
        ),
        "security_code": ("A: y el código de atrás|es {code}", "el c v v es {code}"),
        "bank": (
            "A: me facilita su cuenta bancaria|claro {account}",
            "pueden hacer el ingreso en la cuenta {account}",
        ),
        "identity": ("A: me dice su d n i|{dni}", "el documento es {dni}"),
        "birth": (
            "A: en qué fecha nació usted|nací el {birth}",
            "cumplo años el {birth}",
            "A: fecha de nacimiento|{birth}",
        ),
        "phone": ("mi número es {phone}", "A: un teléfono de contacto|sí apunte {phone}", "llámeme al {phone}"),
        "email": ("A: a qué correo se lo envío|a {email}", "mi email es {email}"),
        "password": (
            "A: cuál es su contraseña|{password}",
            "A: dígame su pin|{pin}",
            "creo que la contraseña era {password}",
        ),
        "address": (
            "A: a qué dirección lo mandamos|a la {address}",
            "nos mudamos a {address}",
            "la dirección de entrega es {address}",
        ),
    },
}
