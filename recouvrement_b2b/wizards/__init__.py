from . import (
    recouvrement_aged_balance,
    recouvrement_contact_record,
    recouvrement_download,
    recouvrement_hold_create,
    recouvrement_import,
    recouvrement_penalty_claim_create,
    recouvrement_penalty_statement,
    recouvrement_penalty_waive,
    recouvrement_preview,
    recouvrement_reassign,
    recouvrement_run_launch,
    recouvrement_statement_send,
)
