// Texts of the screen are not named here: the tours pass in every language.

import { registry } from "@web/core/registry";

const click = (content, trigger) => ({ content, trigger, run: "click" });
const width = ".o_data_row:nth-child(2) td[name=width]";

registry.category("web_tour.tours").add("recouvrement_factor_layout_tour", {
    steps: () => [
        click("A layout", ".o_data_row:contains(BPCE) td[name=code]"),
        {
            content: "Its columns say where they start",
            trigger: "div[name=column_ids] .o_data_row:nth-child(4) td[name=start]:contains(12)",
        },
        click("The number of the record", width),
        {
            content: "Is shorter for this factor",
            trigger: `${width} input`,
            run: "edit 5 && press Tab",
        },
        click("Keep it", ".o_form_button_save"),
        {
            content: "The record is too short now, and the layout is ours",
            trigger: ".alert-warning div[name=problem]",
        },
        {
            content: "Upgrades leave it alone",
            trigger: "div[name=is_corrected] input:checked",
        },
        click("Back to the number", width),
        {
            content: "As it was",
            trigger: `${width} input`,
            run: "edit 6 && press Tab",
        },
        click("Keep that", ".o_form_button_save"),
        {
            content: "Files can be made again",
            trigger: ".o_form_view:not(:has(div[name=problem]))",
        },
    ],
});

registry.category("web_tour.tours").add("recouvrement_assignment_files_tour", {
    steps: () => [
        click("The documents of the remittance", ".o_notebook_headers a[name=documents]"),
        click("What is to be signed", "button[name=action_print]"),
        click("Confirm", ".o_statusbar_buttons button[name=action_confirm]"),
        click("Sign", ".o_statusbar_buttons button[name=action_sign]"),
        click("Surely", ".modal .btn-primary"),
        {
            content: "Receipt, CSV, workbook and the factor's file are kept",
            trigger: "div[name=file_ids] .o_attachment:nth-child(4)",
        },
        click("For the factor", "button[name=action_download_file]"),
        click("For any system", "button[name=action_download_csv]"),
        click("For a person", "button[name=action_download_xlsx]"),
        click("For the customers", "button[name=action_print_notices]"),
        {
            content: "Nothing is refused",
            trigger: ".o_form_view:not(:has(.o_error_dialog))",
        },
    ],
});
