// Texts of the screen are not named here: the tours pass in every language.

import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("recouvrement_policy_tour", {
    url: "/odoo/dunning-policies",
    steps: () => [
        {
            content: "A new policy",
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            content: "Name it",
            trigger: "div[name=name] input, div[name=name] textarea",
            run: "edit Tour policy",
        },
        {
            content: "Add a level",
            trigger: "div[name=level_ids] .o_field_x2many_list_row_add a",
            run: "click",
        },
        {
            content: "Name the level",
            trigger: ".modal div[name=name] input",
            run: "edit Call",
        },
        {
            content: "A week after the due date",
            trigger: ".modal div[name=days] input",
            run: "edit 7",
        },
        {
            content: "By phone",
            trigger: ".modal div[name=make_call] input",
            run: "click",
        },
        {
            content: "Its page appears",
            trigger: ".modal .nav-link[name=call]",
        },
        {
            content: "Save the level",
            trigger: ".modal .o_form_button_save",
            run: "click",
        },
        {
            content: "It is in the list",
            trigger: "div[name=level_ids] .o_data_row:contains(Call):contains(7)",
        },
        {
            content: "Try the policy",
            trigger: "button[name=action_view_decisions]",
            run: "click",
        },
        {
            content: "Who would be chased, and why",
            trigger: ".o_group_header:eq(1) .o_group_name",
            run: "click",
        },
        {
            content: "The customer is there",
            trigger: ".o_data_row:contains(Boulangerie Durand)",
        },
        {
            content: "At another date",
            trigger: "button[name=action_open_options]",
            run: "click",
        },
        {
            content: "Show again",
            trigger: ".modal button[name=action_apply]",
            run: "click",
        },
        {
            content: "The answer is the same",
            trigger: "body:not(:has(.modal)) .o_group_header:eq(1) .o_group_name",
        },
        {
            content: "Back to the policy",
            trigger: ".breadcrumb-item:contains(Tour policy) a",
            run: "click",
        },
        {
            content: "Start it",
            trigger: "button[name=action_start]",
            run: "click",
        },
        {
            content: "It is in force",
            trigger: ".o_statusbar_status .o_arrow_button_current[data-value=running]",
        },
    ],
});
