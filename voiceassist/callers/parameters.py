"""What a phone system's configuration passes along with a call: names and values for an address or for metadata.

Next: callers whose protocols have no fields of their own for it.
"""

from voiceassist.callers.caller import PlacedCall


def call_parameters(call: PlacedCall) -> dict[str, str]:
    """Everything that is known of a call, by the names that voiceassist understands; never the key."""
    known = {
        "call_id": call.call_id,
        "agent_id": call.agent.id,
        "agent_name": call.agent.name,
        "agent_team": call.agent.team,
        "customer_id": call.customer.id,
        "customer_name": call.customer.name,
        "tier": call.customer.tier,
        "language": call.language or "",
    }
    return {name: value for name, value in known.items() if value}
