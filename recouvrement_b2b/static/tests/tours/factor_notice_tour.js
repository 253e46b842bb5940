import { registry } from "@web/core/registry";

// What is to be told to a factor: the letter, and nothing is left to tell.
registry.category("web_tour.tours").add("recouvrement_factor_notice_tour", {
    steps: () => [
        {
            content: "two things happened",
            trigger: ".o_list_renderer:has(.o_data_row:nth-child(2))",
        },
        {
            content: "select them",
            trigger: "thead .o_list_record_selector input",
            run: "click",
        },
        {
            content: "the letter to the factor",
            trigger: "button[name=action_letter]",
            run: "click",
        },
        {
            content: "the factor was told",
            trigger: ".o_view_nocontent, .o_view_sample_data, .o_list_renderer:not(:has(.o_data_row))",
        },
    ],
});
