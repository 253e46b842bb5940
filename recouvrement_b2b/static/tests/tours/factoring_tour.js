// Texts of the screen are not named here: the tours pass in every language.

import { registry } from "@web/core/registry";

const click = (content, trigger) => ({ content, trigger, run: "click" });

registry.category("web_tour.tours").add("recouvrement_factoring_tour", {
    steps: () => [
        click("A new remittance", ".o_list_button_add"),
        {
            content: "Of this contract",
            trigger: "div[name=factor_id] input",
            run: "edit Facto",
        },
        click("It is found", ".o-autocomplete--dropdown-item:contains(Facto)"),
        click(
            "The contract proposes what it takes",
            ".o_statusbar_buttons button[name=action_propose]"
        ),
        {
            content: "Both invoices of the customer, not the one that is over its limit",
            trigger: "div[name=line_ids]:has(.o_data_row:nth-child(2)):not(:has(.o_data_row:nth-child(3)))",
        },
        click("Confirm", ".o_statusbar_buttons button[name=action_confirm]"),
        click("Sign", ".o_statusbar_buttons button[name=action_sign]"),
        click("Surely", ".modal .btn-primary"),
        click("It goes to the factor", ".o_statusbar_buttons button[name=action_send]"),
        click("The factor has paid", ".o_statusbar_buttons button[name=action_finance]"),
        {
            content: "It took interest too",
            trigger: ".modal div[name=interest] input",
            run: "edit 10 && press Tab",
        },
        {
            content: "Which lowers what it paid",
            trigger: ".modal div[name=payment] input:value(570)",
        },
        click("Record", ".modal button[name=action_apply]"),
        click(
            "One of the customers paid",
            ".o_statusbar_buttons button[name=action_settle]"
        ),
        click(
            "The first invoice",
            ".modal .o_data_row:nth-child(1) td[name=amount]"
        ),
        {
            content: "Was paid, the second was not",
            trigger: ".modal .o_data_row:nth-child(1) td[name=amount] input",
            run: "edit 1000",
        },
        click("Record it", ".modal button[name=action_apply]"),
        {
            content: "One is paid, the other is left",
            trigger: "div[name=line_ids] .o_data_row:nth-child(1) .text-bg-success",
        },
        click("What happened is listed", ".o_notebook_headers a[name=operations]"),
        {
            content: "Assignment of both, holdback, commission, interest, payments",
            trigger: "div[name=operation_ids] .o_data_row:nth-child(7)",
        },
    ],
});
