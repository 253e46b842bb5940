// Texts of the screen are not named here: the tours pass in every language.

import { registry } from "@web/core/registry";

const click = (content, trigger) => ({ content, trigger, run: "click" });
const row = (number, field) => `.o_data_row:nth-child(${number}) td[name=${field}]`;

const STATEMENT = `Compte courant;;;;
Date;Code opération;N° facture;Débit;Crédit
13/06/2026;REG;TOUR/0001;;1 000,00
15/06/2026;REG;TYPO;;2 000,00
15/06/2026;AGI;;12,34;
`;

registry.category("web_tour.tours").add("recouvrement_factor_statement_tour", {
    steps: () => [
        click(
            "The factor sent its statement",
            ".o_statusbar_buttons button[name=action_import_statement]"
        ),
        {
            content: "Give the file",
            trigger: ".modal div[name=file] input[type=file]:not(:visible)",
            async run({ anchor }) {
                const file = new File([STATEMENT], "statement.csv", {
                    type: "text/csv",
                });
                const files = new DataTransfer();
                files.items.add(file);
                anchor.files = files.files;
                anchor.dispatchEvent(new Event("change", { bubbles: true }));
            },
        },
        {
            content: "It is there",
            trigger: ".modal div[name=file] input:value(statement.csv)",
        },
        click("Read it", ".modal button[name=action_check]:visible"),
        {
            content: "Its columns are recognised, under the title",
            trigger: ".modal div[name=column_ids] .o_data_row:nth-child(5)",
        },
        click("Look at the codes", ".modal .o_notebook_headers a[name=codes]"),
        click("The first one", `.modal div[name=code_ids] ${row(1, "kind")}`),
        click(
            "Has to be told",
            `.modal div[name=code_ids] ${row(1, "kind")} .o_select_menu input`
        ),
        click("Payments of customers", ".o_select_menu_item:eq(5)"),
        click("The other one", `.modal div[name=code_ids] ${row(2, "kind")}`),
        click(
            "Too",
            `.modal div[name=code_ids] ${row(2, "kind")} .o_select_menu input`
        ),
        click("Interest", ".o_select_menu_item:eq(2)"),
        click("Look at the rows", ".modal .o_notebook_headers a[name=preview]"),
        {
            content: "They are read as they should",
            trigger: ".modal div[name=preview] td:contains(TOUR/0001)",
        },
        click("Import it", ".modal button[name=action_import]:visible"),
        {
            content: "One row is to be solved: it comes first",
            trigger: `div[name=line_ids] ${row(1, "state")} .text-bg-warning`,
        },
        click("What the factor calls so", `div[name=line_ids] ${row(1, "line_id")}`),
        {
            content: "Is this invoice",
            trigger: `div[name=line_ids] ${row(1, "line_id")} input`,
            run: "edit TOUR/0002",
        },
        click("It is found", ".o-autocomplete--dropdown-item:contains(TOUR/0002) a"),
        click("Keep it", ".o_form_button_save"),
        {
            content: "It matches",
            trigger: "div[name=line_ids]:not(:has(.text-bg-warning)) .text-bg-info",
        },
        click("Record it all", ".o_statusbar_buttons button[name=action_apply]"),
        {
            content: "It is recorded",
            trigger: ".o_statusbar_status .o_arrow_button_current[data-value=done]",
        },
    ],
});
