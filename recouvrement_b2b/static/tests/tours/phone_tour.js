// Texts of the screen are not named here: the tours pass in every language.

import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("recouvrement_phone_tour", {
    url: "/odoo/collection-worklist",
    steps: () => [
        {
            content: "Cards, not a list, on a phone",
            trigger: ".o_kanban_record:contains(Boulangerie Durand)",
            run: "click",
        },
        {
            content: "Approve",
            trigger: ".o_statusbar_buttons button[name=action_approve]",
            run: "click",
        },
        {
            content: "The letter can be printed",
            trigger: ".o_statusbar_buttons button[name=action_print]",
        },
        {
            content: "To the customer",
            trigger: ".oe_title div[name=partner_id] a",
            run: "click",
        },
        {
            content: "Its collection page",
            trigger: ".nav-link[name=collection]",
            run: "click",
        },
        {
            content: "The customer calls back",
            trigger: "button[name=action_collection_contact]",
            run: "click",
        },
        {
            content: "Note what was said",
            trigger: ".modal div[name=note] textarea",
            run: "edit Pays on Friday",
        },
        {
            content: "Record it",
            trigger: ".modal button[name=action_apply]",
            run: "click",
        },
        {
            content: "The form is closed",
            trigger: "body:not(:has(.modal))",
        },
    ],
});
