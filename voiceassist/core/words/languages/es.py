"""Spanish, for Spain and Latin America: accents, contractions, fillers, spoken numbers and addresses. Data only.

Vowels with and without an accent are one letter: recognizers confuse what sounds alike ("si" and "sí", "el" and
"él"), and phone typists leave accents out. "ñ" is a letter of its own, not an "n" with an accent: a phrase's "una"
does not take "uña". But who cannot type it writes "n", so a phrase's "ñ" takes an "n", too: "año" takes "ano".
"Este", "pues" and "bueno" carry meaning and are no fillers; verbs with pronouns ("devolverlo") stay one word, a
phrase writes `devolver*`. Next: `text.py`, `redact.py`.
"""

import re

from voiceassist.core.words.languages.language import Addresses, Language, Numbers, PromiseWords

_TWENTIES = ("uno", "un", "una", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve")
_HUNDREDS = (
    "doscient",
    "trescient",
    "cuatrocient",
    "quinient",
    "seiscient",
    "setecient",
    "ochocient",
    "novecient",
)

# Both ways to write thousands and cents are in use, by country. "12.345.678" is an identity card, not an amount.
_THOUSANDS = r"\d{1,3}(,\d{3})+(\.\d+)?|\d{1,3}\.\d{3}(,\d+)?|\d(\.\d{3}){2}(,\d+)?"

# A promise with a day or a time: "le llamaré antes del viernes".
_PROMISES = PromiseWords(
    words={
        "weekday": ("lunes|martes|miércoles|jueves|viernes|sábado|domingo",),
        "month": (
            "enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|setiembre|octubre|noviembre|diciembre",
        ),
        "number": (
            "uno|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce|trece|catorce|quince|dieciséis",
            "diecisiete|dieciocho|diecinueve|veinte|veinti*|treinta [y uno]|cuarenta y ocho|setenta y dos",
            "1*|2*|3*|4*|5*|6*|7*|8*|9*",
        ),
        "count": ("un|una|media|unos|unas|pocos|pocas|un par de|<number>",),
        "stretch": ("(hora|horas|día|días|semana|semanas|mes|meses) [hábiles|laborables]",),
        "hour": ("una|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce",),
        "future": ("*aré|*eré|*iré|*dré|*aremos|*eremos|*iremos|*dremos",),  # "llamaré", "enviaremos"
        "daytime": ("por la (mañana|tarde|noche)",),
        "by": ("antes de|para|hasta|el|este|antes de el|para el|hasta el",),
    },
    commits=(
        "(le|les|te|os|lo|la|los|las|se) <future>|(voy|vamos) a (*ar|*er|*ir|*arle|*erle|*irle|*arte|*arlo|*arla)",
        "(le|les|te|os) (llamo|llamamos|envío|enviamos|mando|mandamos|escribo|escribimos|confirmo|confirmamos)",
        "(un|una|mi|el|la) (compañero|compañera|colega|técnico|técnica|supervisor|supervisora|equipo) (le|les|te)",
        "recibirá|recibirás|tendrá|tendrás|(le|te) llegará|(va|vas) a recibir|me encargaré|nos encargaremos",
        "(le|te) (prometo|garantizo|aseguro)",
    ),
    when=(
        "[<by>] (hoy|mañana [<daytime>]|pasado mañana|esta (mañana|tarde|noche|semana)|este mes)",
        "[<by>] ([próximo] <weekday> [<daytime>]|fin de (semana|mes))|a primera hora",
        "[<by>] [la] (próxima semana|semana que viene)|[<by>] (próximo mes|mes que viene)",
        "(en|dentro de|antes de) [menos de|los próximos|las próximas] <count> [a|o] [<count>] <stretch>",
        "(en|dentro de) (cinco|diez|quince|veinte|treinta) minutos",
        "(a|antes de|sobre) (la|las) <hour> [y (media|cuarto)] [de la (mañana|tarde|noche)]",
        "[<by>] [día] (primero|<number>) de <month>",
    ),
    none=frozenset(
        ["no", "nunca", "nada", "ni", "cerrado", "cerrados", "abierto", "abiertos", "ayudar", "ayudarle"]
    ),
)

SPANISH = Language(
    tag="es",
    folds=str.maketrans("áéíóúüàèìòù", "aeiouuaeiou"),
    stand_ins={"ñ": "n"},
    whole={
        "del": "de el",
        "al": "a el",
        "pal": "para el",
        "pa": "para",
        "osea": "o sea",
        "talvez": "tal vez",
        "enseguida": "en seguida",
        "asimismo": "asi mismo",
        "okey": "ok",
        "okay": "ok",
    },
    fillers=frozenset(
        [
            *("eh", "ehh", "eeh", "ehm", "em", "emm", "uh", "um", "uhm", "ah", "ahh"),
            *("hm", "hmm", "mm", "mmm", "mmh", "ejem"),
        ]
    ),
    asides=frozenset(["ok", "si", "vale", "bueno", "ya", "luego", "despues", "entonces", "espere", "perdon"]),
    light=frozenset(
        [
            *(
                "el",
                "la",
                "los",
                "las",
                "un",
                "una",
                "unos",
                "unas",
                "lo",
                "le",
                "les",
                "se",
                "me",
                "te",
                "nos",
                "os",
            ),
            *(
                "yo",
                "tu",
                "usted",
                "ustedes",
                "ella",
                "nosotros",
                "ellos",
                "mi",
                "su",
                "sus",
                "esto",
                "eso",
                "esta",
            ),
            *(
                "este",
                "ese",
                "esa",
                "aqui",
                "ahi",
                "es",
                "son",
                "era",
                "ser",
                "esta",
                "estan",
                "estoy",
                "ha",
                "han",
            ),
            *(
                "he",
                "hay",
                "de",
                "del",
                "al",
                "a",
                "en",
                "con",
                "por",
                "para",
                "y",
                "o",
                "que",
                "como",
                "muy",
                "ya",
            ),
        ]
    ),
    hedges=frozenset(
        [
            *("ademas", "aun", "bueno", "entonces", "muy", "pues", "quiza", "quizas", "realmente"),
            *("se\u00f1or", "se\u00f1ora", "simplemente", "solo", "tambien", "todavia", "ya"),
        ]
    ),
    contrasts=frozenset(["pero", "aunque", "sino"]),
    pivots=(
        *("pero", "sin embargo", "no obstante", "aunque", "sino", "en cambio", "a cambio", "en su lugar"),
        *("lo que", "eso si", "ahora bien", "mas bien", "en vez"),
    ),
    numbers=Numbers(
        units=frozenset(["cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve"]),
        teens=frozenset(
            [
                *("diez", "once", "doce", "trece", "catorce", "quince"),
                *("dieciseis", "diecisiete", "dieciocho", "diecinueve"),
                *(f"veinti{unit}" for unit in _TWENTIES),
            ]
        ),
        tens=frozenset(["veinte", "treinta", "cuarenta", "cincuenta", "sesenta", "setenta", "ochenta", "noventa"]),
        # "Seiscientos doce, treinta y cuatro, ...": telephone numbers are read out in groups of three, too.
        hundreds=frozenset(["cien", "ciento", *(start + end for start in _HUNDREDS for end in ("os", "as"))]),
        repeats={"doble": 1, "triple": 2},
        glue=frozenset(["y", "guion", "raya", "espacio"]),
        amount=re.compile(rf"{_THOUSANDS}|\d+[.,]\d{{1,2}}"),
    ),
    addresses=Addresses(
        at=frozenset(["arroba"]),
        dot=frozenset(["punto"]),
        joints=frozenset(["punto", "guion", "bajo", "guionbajo", "subguion", "raya"]),  # "guion bajo" is two words
        endings=frozenset(
            [
                *("com", "con", "net", "org", "edu", "gob", "gov", "info", "io"),  # "punto con" is often heard
                *("es", "mx", "ar", "co", "cl", "pe", "uy", "ve", "ec", "bo", "py", "cr", "gt", "do", "eu", "us"),
            ]
        ),
    ),
    promises=_PROMISES,
)
