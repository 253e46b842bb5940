"""Vocabulary shared by several models: one word per concept."""

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

# Who sees what collection says on customers and invoices: everybody who sees invoices.
COLLECTION_READERS = "account.group_account_invoice,account.group_account_readonly"

CHANNELS = [
    ("email", "E-mail"),
    ("letter", "Letter"),
    ("sms", "SMS"),
    ("call", "Call"),
]

ACTION_STATES = [
    ("proposed", "To approve"),
    ("approved", "To do"),
    ("sending", "Sending"),
    ("sent", "Sent"),
    ("done", "Done"),
    ("failed", "Failed"),
    ("unknown", "Result unknown"),
    ("cancelled", "Cancelled"),
]
# The contact took place (or its turn is over): the item has passed this level.
FINISHED_STATES = ("sent", "done")
# A person may still skip or cancel it.
OPEN_STATES = ("proposed", "approved", "unknown", "failed")
# Counted by the database constraint that allows one contact per item and level.
LIVE_STATES = ("proposed", "approved", "sending", "unknown", "sent", "done")

OUTCOMES = [
    ("chase", "Chase"),
    ("wait", "Wait"),
    ("hold", "On hold"),
    ("exclude", "Excluded"),
]

# Why an item is chased or not: code -> sentence for the user.
REASONS = {
    # exclude
    "no_policy": _lt("No dunning policy applies to this customer."),
    "no_followup": _lt("The invoice is excluded from follow-up."),
    "blocked": _lt("The payment of the invoice is blocked."),
    "covered": _lt("The customer's credits and unallocated payments cover this item."),
    "under_minimum": _lt("The amount is under the minimum of the policy."),
    "never_sent": _lt("The invoice was never sent to the customer: send it first."),
    # hold
    "held": _lt("Collection is suspended."),
    # wait
    "to_approve": _lt("A reminder waits for approval."),
    "waiting_action": _lt("A reminder is already under way."),
    "to_correct": _lt("The last reminder failed and waits for a correction."),
    "money_on_its_way": _lt("A payment is on its way."),
    "contacted_recently": _lt("The customer was contacted recently."),
    "level_not_reached": _lt("The next level is not reached yet."),
    "policy_completed": _lt("Every level was done: decide on the next step."),
    "closed_day": _lt("Nothing is sent today (calendar)."),
    # chase
    "due": _lt("The next level is reached."),
    "payment_rejected": _lt("A payment was rejected: collection resumes."),
}

# The factor has the invoice, and may ask for it.
HELD_STATES = ("assigned", "financed")
# An assigned invoice tells its customer so, once it is signed.
MENTIONED_STATES = (*HELD_STATES, "paid")

HOLD_REASONS = [
    ("manual", "Decision of a person"),
    ("dispute", "Dispute"),
    ("promise", "Promise to pay"),
    ("plan", "Payment plan"),
    ("factor", "Assigned to a factor"),
    ("insolvency", "Insolvency proceedings"),
    ("reply", "The customer replied"),
    ("other", "Other"),
]

CALL_OUTCOMES = [
    ("reached", "Reached"),
    ("no_answer", "No answer"),
    ("promise", "Promise to pay"),
    ("dispute", "Dispute"),
    ("wrong_contact", "Wrong contact"),
    ("plan", "Payment plan asked"),
    ("skipped", "Skipped"),
    ("missed", "Missed"),
]
# Outcomes that closed an action without anybody being contacted.
NO_CONTACT_OUTCOMES = ("skipped", "missed")

# How a dispute was made known: any channel, or what is no message of ours.
DISPUTE_CHANNELS = [
    *CHANNELS,
    ("platform", "E-invoicing platform"),
    ("meeting", "Meeting"),
]
DISPUTE_STATES = [
    ("open", "Open"),
    ("waiting", "Waiting for customer"),
    ("accepted", "Accepted"),
    ("rejected", "Rejected"),
    ("settled", "Settled"),
    ("withdrawn", "Withdrawn"),
]
# From which state to which a dispute may go.
DISPUTE_MOVES = {
    "open": ("waiting", "accepted", "rejected", "settled", "withdrawn"),
    "waiting": ("open", "accepted", "rejected", "settled", "withdrawn"),
    "accepted": ("open", "settled", "withdrawn"),
    "rejected": ("open",),
    "settled": ("open",),
    "withdrawn": ("open",),
}

FAILURES = [
    ("address", "Missing or wrong address"),
    ("bounce", "Returned by the recipient's server"),
    ("server", "Server refused or unreachable"),
    ("content", "The text could not be prepared"),
]

# What a level says of late-payment penalties.
LEVEL_PENALTIES = [
    ("none", "Nothing"),
    ("mention", "Recall the law"),
    ("show", "Recall the law and show the figures"),
    ("claim", "Claim them"),
]
PENALTIES_SHOWN = ("show", "claim")

# How far an official rate was checked.
VERIFICATIONS = [
    ("official", "Official text"),
    ("secondary", "Secondary source"),
    ("unverified", "Not verified"),
]

# Where French commercial law applies: France and its overseas departments and
# collectivities, which have country codes of their own.
FRENCH_COUNTRIES = ("FR", "GP", "MQ", "GF", "RE", "YT", "PM", "BL", "MF")
