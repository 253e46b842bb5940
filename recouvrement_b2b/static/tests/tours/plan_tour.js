// Texts of the screen are not named here: the tours pass in every language.

import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("recouvrement_plan_tour", {
    steps: () => [
        {
            content: "What the customer owes is under Collection",
            trigger: ".o_notebook_headers a[name=collection]",
            run: "click",
        },
        {
            content: "Make a payment plan",
            trigger: "button[name=action_payment_plan]",
            run: "click",
        },
        {
            content: "Of four instalments",
            trigger: ".modal div[name=count] input",
            run: "edit 4",
        },
        {
            content: "The plan is told in a few words",
            trigger: ".modal .alert-info div[name=preview]:contains(4)",
        },
        {
            content: "Make it",
            trigger: ".modal button[name=action_apply]",
            run: "click",
        },
        {
            content: "Its instalments are listed",
            trigger: "div[name=instalment_ids] .o_data_row:nth-child(4)",
        },
        {
            content: "Propose it",
            trigger: ".o_statusbar_buttons button[name=action_propose]",
            run: "click",
        },
        {
            content: "The customer accepts",
            trigger: ".o_statusbar_buttons button[name=action_accept]",
            run: "click",
        },
        {
            content: "By e-mail",
            trigger: ".modal div[name=acceptance] input[data-value=email]",
            run: "click",
        },
        {
            content: "Who agreed",
            trigger: ".modal div[name=accepted_by] input",
            run: "edit Mrs Durand, managing director",
        },
        {
            content: "In these words",
            trigger: ".modal div[name=acceptance_note] textarea",
            run: "edit We agree to your plan",
        },
        {
            content: "Record it",
            trigger: ".modal button[name=action_apply]",
            run: "click",
        },
        {
            content: "It is accepted",
            trigger: "div[name=accepted_by]:contains(Mrs Durand)",
        },
    ],
});

registry.category("web_tour.tours").add("recouvrement_promise_tour", {
    steps: () => [
        {
            content: "What the customer owes is under Collection",
            trigger: ".o_notebook_headers a[name=collection]",
            run: "click",
        },
        {
            content: "Record a promise",
            trigger: "button[name=action_promise]",
            run: "click",
        },
        {
            content: "All that is overdue is promised",
            trigger: ".modal div[name=line_ids] .o_data_row",
        },
        {
            content: "Choose the date",
            trigger: ".modal div[name=date_promised] input, .modal div[name=date_promised] button",
            run: "click",
        },
        {
            content: "Today",
            trigger: ".o_datetime_picker .o_today",
            run: "click",
        },
        {
            content: "Record it",
            trigger: ".modal button[name=action_open]",
            run: "click",
        },
        {
            content: "The form is closed",
            trigger: "body:not(:has(.modal)) button[name=action_promise]",
        },
    ],
});

registry.category("web_tour.tours").add("recouvrement_penalty_tour", {
    steps: () => [
        {
            content: "What the customer owes is under Collection",
            trigger: ".o_notebook_headers a[name=collection]",
            run: "click",
        },
        {
            content: "Claim the penalties",
            trigger: "button[name=action_claim_penalties]",
            run: "click",
        },
        {
            content: "To today",
            trigger: ".modal button[name=action_apply]",
            run: "click",
        },
        {
            content: "The rows are shown",
            trigger: "div[name=line_ids] .o_data_row:nth-child(2)",
        },
        {
            content: "Claim them",
            trigger: ".o_statusbar_buttons button[name=action_claim]",
            run: "click",
        },
        {
            content: "Waive them",
            trigger: ".o_statusbar_buttons button[name=action_waive]",
            run: "click",
        },
        {
            content: "Say why",
            trigger: ".modal div[name=reason] input",
            run: "edit A good customer, first incident",
        },
        {
            content: "Waive",
            trigger: ".modal button[name=action_apply]:not(:hidden)",
            run: "click",
        },
        {
            content: "The waiver is kept with the claim",
            trigger: ".o_notebook_headers a[name=waivers]",
            run: "click",
        },
        {
            content: "With its reason",
            trigger: "div[name=waiver_ids] .o_data_row:contains(A good customer)",
        },
    ],
});

registry.category("web_tour.tours").add("recouvrement_cards_tour", {
    steps: () => [
        {
            content: "A card is shown",
            trigger: ".o_kanban_record:not(.o_kanban_ghost):contains(Boulangerie)",
        },
    ],
});

// The browser's calendar opens on the month of the tests, which stop the clock.
const stopTheClock = () => {
    luxon.Settings.now = () => Date.UTC(2026, 5, 15, 8);
};

registry.category("web_tour.tours").add("recouvrement_calendar_tour", {
    steps: () => [
        {
            content: "A calendar is shown",
            trigger: ".o_calendar_renderer .fc-daygrid-body",
        },
    ],
});

registry.category("web_tour.tours").add("recouvrement_promise_calendar_tour", {
    steps: () => [
        {
            content: "A promise is shown",
            trigger: ".o_kanban_record:not(.o_kanban_ghost):contains(Boulangerie)",
            run: stopTheClock,
        },
        {
            content: "Look at the calendar",
            trigger: ".o_control_panel .o_switch_view.o_calendar",
            run: "click",
        },
        {
            content: "It is on the day that was promised",
            trigger:
                ".o_calendar_renderer .fc-day[data-date='2026-06-19'] .fc-event:contains(Boulangerie)",
        },
    ],
});

registry.category("web_tour.tours").add("recouvrement_instalment_calendar_tour", {
    steps: () => [
        {
            content: "Open the plan",
            trigger: ".o_kanban_record:not(.o_kanban_ghost):contains(Boulangerie)",
            run: (helpers) => {
                stopTheClock();
                return helpers.click();
            },
        },
        {
            content: "Look at its instalments",
            trigger: ".oe_stat_button[name=action_view_instalments]",
            run: "click",
        },
        {
            content: "The first one is on its day",
            trigger:
                ".o_calendar_renderer .fc-day[data-date='2026-06-22'] .fc-event:contains(Boulangerie)",
        },
    ],
});
