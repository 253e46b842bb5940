// Texts of the screen are not named here: the tours pass in every language.

import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("recouvrement_dispute_tour", {
    steps: () => [
        {
            content: "What the customer asks for is under Collection",
            trigger: ".o_notebook_headers a[name=collection]",
            run: "click",
        },
        {
            content: "Open a dispute on the invoice",
            trigger: "button[name=action_collection_dispute]",
            run: "click",
        },
        {
            content: "It is about this invoice",
            trigger: ".modal div[name=move_ids] .o_tag",
        },
        {
            content: "Choose the reason",
            trigger: ".modal div[name=reason_id] input",
            run: "edit tour reason",
        },
        {
            content: "This one",
            trigger: ".o-autocomplete--dropdown-item:contains(Tour reason) a",
            run: "click",
        },
        {
            content: "Only a part is contested",
            trigger: ".modal div[name=scope] input[data-value=part]",
            run: "click",
        },
        {
            content: "This much",
            trigger: ".modal div[name=amount] input",
            run: "edit 300",
        },
        {
            content: "What the customer says",
            trigger: ".modal div[name=description] textarea",
            run: "edit The price is not that of our order",
        },
        {
            content: "Open it",
            trigger: ".modal button[name=action_apply]",
            run: "click",
        },
        {
            content: "It is open",
            trigger:
                ".o_statusbar_status .o_arrow_button_current[data-value=open], " +
                ".o_statusbar_status .dropdown-toggle",
        },
        {
            content: "Reject it",
            trigger: ".o_statusbar_buttons button[name=action_reject]",
            run: "click",
        },
        {
            content: "With an answer",
            trigger: ".modal div[name=text] textarea",
            run: "edit Please find attached the order that you signed",
        },
        {
            content: "And its proof",
            trigger: ".modal div[name=attachment_ids] input[type=file]:not(:visible)",
            async run({ anchor }) {
                const file = new File(["%PDF-1.4 order"], "order.pdf", {
                    type: "application/pdf",
                });
                const files = new DataTransfer();
                files.items.add(file);
                anchor.files = files.files;
                anchor.dispatchEvent(new Event("change", { bubbles: true }));
            },
        },
        {
            content: "It is attached",
            trigger: ".modal .o_attachment:contains(order)",
        },
        {
            content: "Reject",
            trigger: ".modal button[name=action_apply]:visible",
            run: "click",
        },
        {
            content: "It is rejected",
            trigger: ".o_statusbar_status .o_arrow_button_current[data-value=rejected]",
        },
    ],
});

const column = (position) => `.o_kanban_group:nth-child(${position})`;

registry.category("web_tour.tours").add("recouvrement_dispute_kanban_tour", {
    url: "/odoo/collection-disputes",
    steps: () => [
        {
            content: "Drag it to those that wait for the customer",
            trigger: `${column(1)} .o_kanban_record:contains(Boulangerie Durand)`,
            run: `drag_and_drop ${column(2)}`,
        },
        {
            content: "It waits",
            trigger: `${column(2)} .o_kanban_record:contains(Boulangerie Durand)`,
        },
        // The board is drawn anew once the move is saved: not during the next one.
        {
            content: "Look at the list",
            trigger: ".o_switch_view.o_list",
            run: "click",
        },
        {
            content: "And go back to the board",
            trigger: "body:has(.o_list_view .o_list_table) .o_switch_view.o_kanban",
            run: "click",
        },
        {
            content: "Then to those that are accepted",
            trigger: `${column(2)} .o_kanban_record:contains(Boulangerie Durand)`,
            run: `drag_and_drop ${column(3)}`,
        },
        {
            content: "It waits for its credit note",
            trigger: `${column(3)} .o_kanban_record:contains(Boulangerie Durand)`,
        },
    ],
});
