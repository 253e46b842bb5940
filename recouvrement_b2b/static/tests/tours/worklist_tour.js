// Texts of the screen are not named here: the tours pass in every language.

import { registry } from "@web/core/registry";

const row = (customer) => `.o_data_row:has(.o_data_cell:contains(${customer}))`;
const select = (customer) => ({
    content: `Select ${customer}`,
    trigger: `${row(customer)} .o_list_record_selector input`,
    run: "click",
});

registry.category("web_tour.tours").add("recouvrement_worklist_tour", {
    url: "/odoo/collection-worklist",
    steps: () => [
        {
            content: "The most urgent comes first, and says why",
            trigger: ".o_data_row:first:contains(Gros) .badge[data-tooltip*='36']",
        },
        select("Gros"),
        select("Moyen"),
        {
            content: "Approve both",
            trigger: ".o_control_panel button[name=action_approve_selection]",
            run: "click",
        },
        {
            content: "What was done is said",
            trigger: ".o_notification:contains(2)",
        },
        {
            content: "They have become letters to print",
            trigger: `${row("Gros")} .badge.text-bg-info`,
        },
        {
            content: "Open another",
            trigger: `${row("Petit")} .o_data_cell[name=partner_id]`,
            run: "click",
        },
        {
            content: "Skip it",
            trigger: ".o_statusbar_buttons button[name=action_skip]",
            run: "click",
        },
        {
            content: "Yes, without any contact",
            trigger: ".modal-footer .btn-primary",
            run: "click",
        },
        {
            content: "It is done",
            trigger: ".o_statusbar_status .o_arrow_button_current[data-value=done]",
        },
        {
            content: "Back to the list",
            trigger: ".breadcrumb-item a, .o_back_button",
            run: "click",
        },
        {
            content: "It has left the worklist",
            trigger: `.o_list_view:not(:has(${row("Petit")}))`,
        },
        select("Attente"),
        select("Patience"),
        {
            content: "Suspend both",
            trigger: ".o_control_panel button[name=action_hold]",
            run: "click",
        },
        {
            content: "Say why",
            trigger: ".modal div[name=note] textarea",
            run: "edit Waits for a credit note",
        },
        {
            content: "Suspend",
            trigger: ".modal button[name=action_apply]",
            run: "click",
        },
        {
            content: "The form is closed",
            trigger: "body:not(:has(.modal))",
        },
    ],
});

registry.category("web_tour.tours").add("recouvrement_call_tour", {
    url: "/odoo/collection-worklist",
    steps: () => [
        {
            content: "Open the call",
            trigger: `${row("Boulangerie Durand")} .o_data_cell[name=partner_id]`,
            run: "click",
        },
        {
            content: "The script is there to read",
            trigger: "div[name=call_script]:contains(Ask when)",
        },
        {
            content: "A call without an outcome is not done",
            trigger: "button[name=action_call_done]",
            run: "click",
        },
        {
            content: "It is said what to do",
            trigger: ".modal:has(.modal-body:contains(Boulangerie Durand)) .btn-primary",
            run: "click",
        },
        {
            content: "Choose the outcome",
            trigger: "div[name=outcome] input",
            run: "click",
        },
        {
            content: "Reached",
            trigger: ".o_select_menu_item:first",
            run: "click",
        },
        {
            content: "Note the answer",
            trigger: "div[name=first_answer] input",
            run: "edit The order number is missing",
        },
        {
            content: "The call is done",
            trigger: "button[name=action_call_done]",
            run: "click",
        },
        {
            content: "It shows",
            trigger: ".o_statusbar_status .o_arrow_button_current[data-value=done]",
        },
    ],
});
