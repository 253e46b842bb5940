"""Set-up that data files cannot do."""


def post_init_hook(env):
    """Give every company that has no dunning policy the shipped one."""
    policy = env.ref("recouvrement_b2b.policy_standard", raise_if_not_found=False)
    if policy:
        companies = env["res.company"].search([("collection_policy_id", "=", False)])
        companies.collection_policy_id = policy
