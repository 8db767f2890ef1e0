"""Spanish: how numbers, addresses and private things are said and announced. Data only.

Phrases are lists of words as `text.py` leaves them: without accents, "del" as "deel". Next: `redact.py`.
"""

import re

from voiceassist.core.words.languages.language import Addresses, Numbers, PrivateWords, words

_UNITS = ("cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve")
_TEENS = (
    *("diez", "once", "doce", "trece", "catorce", "quince"),
    *("dieciseis", "diecisiete", "dieciocho", "diecinueve"),
)
_TWENTIES = {"un": "1", "una": "1"} | {word: str(digit) for digit, word in enumerate(_UNITS) if digit}
_TENS = ("veinte", "treinta", "cuarenta", "cincuenta", "sesenta", "setenta", "ochenta", "noventa")
_HUNDREDS = (
    *("doscient", "trescient", "cuatrocient", "quinient"),
    *("seiscient", "setecient", "ochocient", "novecient"),
)
# Both ways to write thousands and cents are in use, by country. "12.345.678" is an identity card, not an amount.
_THOUSANDS = r"\d{1,3}(,\d{3}){1,2}(\.\d+)?|\d{1,3}\.\d{3}(,\d+)?|\d(\.\d{3}){2}(,\d+)?"
_MEASURES = (
    "euro euros dolar dolares peso pesos sol soles centavo centavos centimo centimos millon millones "
    "segundo segundos minuto minutos hora horas dia dias noche noches semana semanas mes meses ano anos "
    "año años kilo kilos gramo gramos metro metros kilometro kilometros grados gigas megas personas "
    "pasajeros adultos ninos niños articulos piezas cajas unidades veces puntos boletos billetes "
    "habitaciones pedidos llamadas clientes por libras quetzales lempiras colones bolivares litros "
    "paginas cuotas de"
)

SPANISH_NUMBERS = Numbers(
    units={word: str(digit) for digit, word in enumerate(_UNITS)},
    teens={word: str(number) for number, word in enumerate(_TEENS, start=10)}
    | {f"veinti{unit}": f"2{digit}" for unit, digit in _TWENTIES.items()},
    tens={word: f"{number}0" for number, word in enumerate(_TENS, start=2)},
    # "Seiscientos doce, treinta y cuatro, ...": telephone numbers are read out in groups of three, too.
    hundreds={"cien": "100", "ciento": "100"}
    | {start + end: f"{digit}00" for digit, start in enumerate(_HUNDREDS, start=2) for end in ("os", "as")},
    scales={"mil": 3},
    repeats={"doble": 1, "triple": 2},
    glue=frozenset(["y", "guion", "raya", "espacio", "barra"]),
    reading=words(
        "y luego despues los las el la siguientes siguiente siguen sigue ultimos ultimas primeros "
        "primeras grupo grupos digito digitos numero numeros cifras es son era de nuevo otra vez no "
        "perdon digo mejor dicho espere correccion coma punto ok si vale bueno ya entonces mas seguido "
        "por termina"
    ),
    measures=frozenset(_MEASURES.split()),
    amount=re.compile(rf"{_THOUSANDS}|\d+[.,]\d{{1,2}}"),
)
SPANISH_ADDRESSES = Addresses(
    at=frozenset(["arroba"]),
    dot=frozenset(["punto"]),
    joints=frozenset(["punto", "guion", "bajo", "guionbajo", "subguion", "raya"]),  # "guion bajo" is two words
    endings=words(
        "com con net org edu gob gov info io es mx ar co cl pe uy ve ec bo py cr gt do eu us app dev ai "
        "shop store online site cat gal tienda cloud tech xyz hn sv ni"
    ),
    bare_endings=frozenset(["com", "org", "edu"]),
    providers=frozenset(["gmail", "hotmail", "outlook", "yahoo", "icloud", "proton", "protonmail", "gmx", "msn"]),
)
SPANISH_PRIVATE = PrivateWords(
    announced={
        "card": ("tarjeta", "numero de tarjeta", "visa", "mastercard", "american express", "numero largo"),
        "security_code": (
            *("codigo de seguridad", "cvv", "cvc", "c v v", "codigo de verificacion", "numeros de atras"),
            *("digitos de atras", "digitos del reverso", "numeros del reverso", "codigo de atras", "el reverso"),
            *("deel reverso", "por detras", "ce uve uve", "codigo de un solo uso"),
        ),
        "expiry": ("vencimiento", "caducidad", "caduca", "vence", "expira", "fecha de expiracion", "valida hasta"),
        "bank": (
            *("iban", "numero de cuenta", "mi cuenta", "cuenta bancaria", "su cuenta", "clabe", "cuenta es"),
            *("cuenta corriente", "cuenta de ahorros", "cbu", "i b a n"),
        ),
        "identity": (
            *(
                "dni",
                "d n i",
                "nie",
                "nif",
                "pasaporte",
                "numero de pasaporte",
                "seguridad social",
                "cedula",
                "curp",
            ),
            *("documento de identidad", "carnet", "documento", "rfc", "rut", "seguro social", "licencia"),
            *("identificacion",),
        ),
        "birth": (
            "fecha de nacimiento",
            "naci",
            "nacio",
            "nacio usted",
            "cumplo años",
            "cumplo anos",
            "nacido",
            "nacida",
            "nacimiento",
            "mi cumpleaños",
            "cumpleaños",
        ),
        "phone": (
            *("telefono", "numero de telefono", "mi numero", "movil", "celular", "llameme a el", "llamarme a el"),
            *("llameme ael", "llamarme ael", "su numero", "fijo", "whatsapp", "numero de contacto", "marqueme"),
        ),
        "email": ("correo", "correo electronico", "email", "e mail", "mail"),
        "password": (
            *("contraseña", "contrasena", "clave", "mi clave", "pin", "el pin", "palabra secreta", "codigo pin"),
            *("respuesta secreta", "palabra clave", "nip"),
        ),
        "address": (
            *(
                "mi direccion",
                "direccion es",
                "vivo en",
                "domicilio",
                "codigo postal",
                "su direccion",
                "resido en",
            ),
            *("nos mudamos a", "me mudo a", "nueva direccion", "la direccion es", "direccion es"),
            *("direccion de envio", "direccion de entrega", "mandelo a", "envielo a", "me mude a", "vivimos en"),
            *("direccion de facturacion",),
        ),
    },
    asked={
        "card": ("primeros cuatro", "dieciseis digitos", "numeracion", "datos de la tarjeta"),
        "security_code": ("codigo de atras", "tres numeros", "tres digitos"),
        "bank": ("que cuenta", "datos bancarios", "cuenta"),
        "birth": ("cuando nacio", "que edad"),
        "password": ("palabra de seguridad", "pregunta de seguridad"),
        "address": ("direccion", "donde vive", "donde vive usted", "donde se encuentra"),
    },
    asks=(
        *(
            "cual",
            "que direccion",
            "que contraseña",
            "digame",
            "dime",
            "me dice",
            "me da",
            "me puede",
            "podria",
            "me facilita",
            "confirmeme",
        ),
        *("necesito", "me confirma", "indiqueme", "deme", "a que", "en que"),
    ),
    pauses=words("espere momento segundo deje dejeme deja ver busco buscar miro mirar pienso acuerdo sepa"),
    references=(
        *(
            "pedido",
            "numero de pedido",
            "referencia",
            "numero de referencia",
            "ticket",
            "caso",
            "reserva",
            "factura",
        ),
        *("seguimiento", "vuelo", "habitacion", "extension", "modelo", "serie", "producto", "articulo", "orden"),
        *("numero de orden", "folio", "localizador", "incidencia"),
    ),
    quantities=(
        *(
            "año",
            "ano",
            "desde",
            "hasta",
            "cuesta",
            "cuestan",
            "costo",
            "precio",
            "pagar",
            "pague",
            "pago",
            "total",
        ),
        *("cobro", "cobraron", "saldo", "importe", "unos", "unas", "aproximadamente", "mas de", "menos de"),
        *("entre", "entrega", "cita", "tamaño", "talla", "a las", "en", "version", "presupuesto", "alquiler"),
        *("reembolso", "cargo", "cargos"),
    ),
    copulas=frozenset(["es", "seria", "era", "son"]),
    streets=frozenset(
        ["calle", "avenida", "plaza", "paseo", "carretera", "camino", "ronda", "colonia", "avda", "c"]
    ),
    denied=words(
        "no incorrecta incorrecto mala malo caducada vencida ya correcta correcto bloqueada muy que "
        "diferente otra otro misma mismo porque donde cuando nunca siempre obligatoria invalida igual "
        "vieja y o olvide olvido olvidado ninguna ninguno cual quien"
    ),
    ends=words("gracias pero puede podria porque si ok vale por favor es usted me lo entonces bueno"),
    dates=words(
        "enero febrero marzo abril mayo junio julio agosto septiembre setiembre octubre noviembre "
        "diciembre de el deel primero mil dia a ael"
    ),
    vowels=frozenset(["a", "e", "o", "u", "y"]),
)
