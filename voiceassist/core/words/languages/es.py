"""Spanish, for Spain and Latin America: accents, contractions, fillers, promises, requests. Data only.

Vowels with and without an accent are one letter: recognizers confuse what sounds alike ("si" and "sí", "el" and
"él"), and phone typists leave accents out. "ñ" is a letter of its own, not an "n" with an accent: a phrase's "una"
does not take "uña". But who cannot type it writes "n", so a phrase's "ñ" takes an "n", too: "año" takes "ano".
"Este", "pues" and "bueno" carry meaning and are no fillers; verbs with pronouns ("devolverlo") stay one word, a
phrase writes `devolver*`. Numbers, addresses and what
is private: `es_private.py`. Next: `text.py`.
"""

from voiceassist.core.words.languages.es_private import SPANISH_ADDRESSES, SPANISH_NUMBERS, SPANISH_PRIVATE
from voiceassist.core.words.languages.language import Language, PromiseWords

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

# Con qué se dice lo que se quiere. "¿Puede repetir?" no es un motivo de llamada.
_REQUESTS = (
    "(quiero|quería|quisiera|querría|queremos|queríamos|necesito|necesitamos|me gustaría|nos gustaría|desearía)",
    "(llamo|llamamos|llamaba|le llamo|os llamo|les llamo) (por|porque|para|sobre|a causa de|acerca de)",
    "(tengo|tenemos|hay) (un|una|unos|unas) (problema|problemas|pregunta|duda|queja|reclamación|consulta|avería)",
    "(puedo|podemos|podría|podríamos) (*ar|*er|*ir|*arlo|*arla|*erlo|*erla|*irlo|*irla)",
    "(puede|pueden|podría|podrían|puedes|podrías) (devolver*|cancelar*|cambiar*|enviar*|abonar*|quitar*|mandar*)",
    "(puede|pueden|podría|podrían|puedes|podrías) (ayudar*|darme|darnos)",
    "(es|sería) posible|hay (alguna|una) (manera|forma|posibilidad) de",
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
    numbers=SPANISH_NUMBERS,
    addresses=SPANISH_ADDRESSES,
    private=SPANISH_PRIVATE,
    promises=_PROMISES,
    requests=_REQUESTS,
)
