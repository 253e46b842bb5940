from . import (
    ir_actions_report,
    recouvrement_document,
    recouvrement_layout,
    recouvrement_letter_page,
    recouvrement_penalty_claim_page,
    recouvrement_penalty_page,
    recouvrement_plan_page,
    recouvrement_statement_page,
    recouvrement_xlsx,
    recouvrement_penalty_xlsx,
    recouvrement_plan_xlsx,
)
