"""The Spanish playbook: what is a cue and what is none, for Spain and Latin America."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.spanish import kinds, playbook, respelt, without_accents
from voiceassist.core.playbook.model import GENERAL, SPEAKER_OF

SAID = {
    "refusal": [
        "No puedo devolverle el dinero.",
        "No se lo puedo cambiar sin el recibo.",
        "Lo siento, no le podemos hacer un descuento.",
        "Lo siento mucho, pero nuestra política no permite devoluciones después de treinta días.",
        "La garantía no cubre los golpes.",
        "Eso no es posible, señora.",
        "No me es posible cambiarle la fecha.",
        "Lamentablemente no hay nada que podamos hacer.",
        "No hay nada más que yo pueda hacer.",
        "No aceptamos devoluciones sin recibo.",
        "No hacemos descuentos.",
        "Ya no vendemos ese plan.",
        "Eso va en contra de nuestras políticas.",
        "No estoy autorizado para hacer eso.",
        "No tengo autorización para bajarle el precio.",
        "No va a ser posible.",
        "No vamos a poder entregarlo mañana.",
        "Me temo que no.",
        "Tiene que hablar con otro departamento.",
        "Tendría que comunicarse con el departamento de ventas.",
        "Eso no depende de mí.",
        "Esa oferta es solo para clientes nuevos.",
        "Ya pasaron los treinta días.",
        "Está fuera de plazo.",
        "La garantía ya venció.",
        "No tenemos habitaciones disponibles.",
        "Ese modelo está agotado.",
        "Me temo que es imposible.",
        "No se puede hacer.",
        "Tenemos que rechazar su solicitud.",
        "Su solicitud ha sido denegada.",
        "No reúne los requisitos.",
        "Sin excepciones, lo siento.",
        "Eso lo lleva otro departamento.",
        "Vos sabés que no te puedo devolver la plata, no se puede devolver.",
    ],
    "alternative": [
        "Lo que sí puedo hacer es ofrecerle un vale.",
        "Lo que puedo hacer es enviarle otro.",
        "Le puedo ofrecer un vale de compra.",
        "Pero sí podemos repararlo.",
        "¿Le serviría un vale de compra?",
        "¿Le vendría bien el martes?",
        "¿Le parece bien si lo cambiamos por otro?",
        "¿Qué le parece si le mandamos uno nuevo?",
        "¿Y si le enviamos otro modelo?",
        "Como alternativa, tenemos el plan pequeño.",
        "Podría recogerlo en la tienda en su lugar.",
        "Tenemos otra opción para usted.",
        "La fecha más próxima es el martes.",
        "Podemos hacer una excepción.",
        "Otra opción sería cambiar de plan.",
    ],
    "profanity": [
        "¡Joder, otra vez!",
        "Esto es una mierda.",
        "La maldita caja no abre.",
        "Me vale verga el plazo.",
        "¡Coño, que no funciona!",
        "El pinche teléfono no sirve.",
    ],
    "insult": [
        "Usted es un inútil.",
        "Es usted un incompetente.",
        "¡Eres un idiota!",
        "Sos un pelotudo.",
        "Son unos ladrones.",
        "Sois unos sinvergüenzas.",
        "¡Vaya panda de inútiles!",
        "No sirves para nada.",
        "Ustedes no saben hacer nada.",
        "¡Cállese!",
        "Váyase a la mierda.",
        "Vete al diablo.",
        "¡Imbécil!",
        "Oiga, hijo de puta.",
        "Aprenda a hablar español.",
        "Vuélvase a su país.",
        "No se le entiende con ese horrible acento.",
        "¿Está usted sordo?",
        "Chinga tu madre.",
        "La concha de tu madre.",
    ],
    "threat": [
        "Te voy a matar.",
        "Voy a ir a buscarte, voy a partirte la cara.",
        "Le voy a romper las piernas.",
        "Sé dónde vives.",
        "Sé muy bien dónde trabaja usted.",
        "Cuídese la espalda.",
        "Más le vale tener cuidado.",
        "Voy a quemar su oficina.",
        "Hay una bomba en el edificio.",
        "Ojalá se muera.",
        "Tengo una pistola.",
        "Los voy a matar a todos.",
        "Te espero a la salida.",
    ],
    "legal_threat": [
        "Va a tener noticias de mi abogado.",
        "Voy a hablar con mi abogado.",
        "Los voy a demandar.",
        "Voy a denunciarlos.",
        "Voy a poner una denuncia.",
        "Tomaremos acciones legales.",
        "Nos veremos en los tribunales.",
        "Me voy a quejar en la Profeco.",
        "Voy a ir a Defensa del Consumidor.",
        "Deme una hoja de reclamaciones.",
        "Voy a ir a la prensa.",
        "Voy a poner una mala reseña.",
        "Lo voy a publicar en las redes sociales.",
    ],
    "escalation": [
        "Quiero hablar con el encargado.",
        "Páseme con su supervisor.",
        "Quiero hablar con su jefe.",
        "¿Puedo hablar con otra persona?",
        "Comuníqueme con el gerente.",
        "Póngame con un responsable.",
        "Necesito hablar con una persona de verdad.",
        "Que se ponga el responsable.",
        "Ponme con tu jefa.",
        "¿Me puede comunicar con el supervisor?",
        "Un supervisor, por favor.",
        "Quiero hablar con un humano.",
    ],
    "churn": [
        "Quiero cancelar mi contrato.",
        "Me voy a dar de baja.",
        "Quiero darme de baja.",
        "Voy a cancelar el servicio.",
        "Me cambio a otra compañía.",
        "Me voy a la competencia.",
        "Voy a pedir la portabilidad.",
        "No vuelvo a comprar aquí.",
        "Acaban de perder un cliente.",
        "Voy a devolver el recibo.",
        "Quiero dar de baja la línea.",
    ],
    "frustration": [
        "Estoy harto.",
        "Estoy muy molesta con ustedes.",
        "Esto es una vergüenza.",
        "He llamado tres veces.",
        "Llevo dos horas esperando.",
        "Llevo una semana sin internet.",
        "Es la tercera vez que llamo.",
        "Nadie me contesta.",
        "Me están haciendo perder el tiempo.",
        "Hace dos semanas que espero.",
        "¿Hasta cuándo tengo que esperar?",
        "Ya no aguanto más.",
        "Estoy hasta las narices.",
        "Todavía no me han llamado.",
    ],
}

NOT_SAID = {
    "refusal": [
        "No se preocupe.",
        "No hay problema.",
        "No hay de qué.",
        "Siento mucho lo ocurrido.",
        "Lamentablemente, eso pasa.",
        "No le oigo bien.",
        "Perdone, no puedo oírle.",
        "No encuentro su pedido, un momento.",
        "Entiendo que no puede conectarse.",
        "Si no puede abrirlo, avíseme.",
        "Puede devolverlo en treinta días.",
        "No, no tiene ningún costo.",
        "Veo que no ha llegado todavía.",
        "¿No le funciona el mando?",
        "Ningún problema, señora.",
        "No cuelgue, por favor.",
    ],
    "alternative": [
        "¿Me puede decir su número?",
        "¿Cuándo lo compró?",
        "¿Puedo ayudarle en algo más?",
        "No puedo ofrecerle eso.",
        "No hay otra opción.",
        "Eso es todo lo que puedo hacer.",
        "Voy a ver si puedo abrirlo.",
    ],
    "profanity": ["Hola, buenos días.", "Quiero un cono de helado.", "Mi computadora no funciona."],
    "insult": [
        "Este teléfono es inútil.",
        "Su página es una basura.",
        "Me siento como un idiota.",
        "Fui un tonto por comprarlo.",
        "Usted cree que soy idiota.",
        "No soy idiota.",
        "Este aparato no sirve para nada.",
        "Ustedes son muy amables.",
        "¿Usted es el encargado?",
        "La espera es ridícula.",
    ],
    "threat": [
        "Mi mujer me va a matar.",
        "Esta espera me está matando.",
        "Lo voy a buscar en el cajón.",
        "Le voy a dar mi número.",
        "Se me cayó y se rompió.",
        "Lo voy a romper en dos pagos.",
    ],
    "legal_threat": [
        "¿Dónde puedo poner una reclamación?",
        "Soy abogado.",
        "Trabajo en la prensa.",
        "Compré una hoja de papel.",
    ],
    "escalation": [
        "Mi jefe me dijo que llamara.",
        "Soy el encargado de la tienda.",
        "Tengo que hablar con mi marido.",
        "El gerente de mi banco lo sabe.",
    ],
    "churn": [
        "¿Cómo puedo cancelar mi contrato?",
        "No quiero cancelar el contrato.",
        "Quiero cancelar mi pedido.",
        "¿Qué pasa si doy de baja la línea?",
        "Me voy a la tienda ahora.",
    ],
    "frustration": [
        "No estoy molesto.",
        "Llevo dos cajas.",
        "Lo compré hace dos semanas.",
        "Gracias por esperar.",
    ],
}
ALL_SAID = [(kind, sentence) for kind, sentences in SAID.items() for sentence in sentences]
ALL = ALL_SAID + [(kind, sentence) for kind, sentences in NOT_SAID.items() for sentence in sentences]


@pytest.mark.parametrize(("kind", "sentence"), ALL_SAID)
def test_a_cue_is_found(kind: str, sentence: str) -> None:
    assert kind in kinds(kind, sentence)


@pytest.mark.parametrize(
    ("kind", "sentence"), [(kind, sentence) for kind, sentences in NOT_SAID.items() for sentence in sentences]
)
def test_what_only_sounds_like_a_cue_is_none(kind: str, sentence: str) -> None:
    assert kind not in kinds(kind, sentence)


def test_a_bare_no_refuses_only_what_was_asked_for() -> None:
    assert "refusal" in kinds("refusal", "No, señora.", before="¿Me puede hacer un descuento?")
    assert "refusal" not in kinds("refusal", "No, señora.", before="¿Tiene algún costo?")
    assert "refusal" not in kinds("refusal", "No, señora.")


@pytest.mark.parametrize(("kind", "sentence"), ALL)
def test_a_typist_without_accents_is_understood(kind: str, sentence: str) -> None:
    assert kinds(kind, without_accents(sentence)) == kinds(kind, sentence)


@given(data=st.data(), said=st.sampled_from(ALL))
def test_case_punctuation_accents_and_fillers_change_no_cue(data: st.DataObject, said: tuple[str, str]) -> None:
    kind, sentence = said
    assert kinds(kind, data.draw(respelt(sentence))) == kinds(kind, sentence)


def test_every_kind_that_brings_a_card_or_an_alert_has_rules() -> None:
    spoken = {rule.kind for rule in playbook().rules}
    assert spoken == set(SAID)
    assert (set(playbook().cards) | set(playbook().alerts)) & set(SPEAKER_OF) <= spoken
    assert set(playbook().ladder.steps) == {"profanity", "insult", "threat"}


def test_the_policies_end_with_the_one_for_everything_else() -> None:
    assert [policy.id for policy in playbook().policies] == ["late_return", "refund", "delivery", GENERAL]


def test_everything_that_an_agent_or_a_supervisor_reads_is_spanish() -> None:
    shown = [f"{card.headline} {card.say}" for card in playbook().cards.values()]
    shown += [alert.reason for alert in playbook().alerts.values()]
    for policy in playbook().policies:
        shown += [policy.topic, policy.limit, policy.benefit, policy.say, policy.avoid]
        shown += [offer.text for offer in policy.alternatives]
    words = {word for text in shown for word in text.lower().split()}
    assert not words & {"the", "you", "and", "of", "to", "is", "can", "what", "for", "with"}
    assert "help" in playbook().alerts  # else the supervisor reads the core's own words
