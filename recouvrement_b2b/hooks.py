"""Set-up that data files cannot do."""

DEFAULTS = {
    "collection_policy_id": "recouvrement_b2b.policy_standard",
    "penalty_terms_id": "recouvrement_b2b.penalty_terms_france",
}


def post_init_hook(env):
    """Give the companies that exist already the shipped policy and penalty terms."""
    for name, xml_id in DEFAULTS.items():
        record = env.ref(xml_id, raise_if_not_found=False)
        if record:
            env["res.company"].search([(name, "=", False)])[name] = record
