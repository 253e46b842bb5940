import { registry } from "@web/core/registry";
import { BadgeField, badgeField } from "@web/views/fields/badge/badge_field";

/** The priority of a reminder, as a badge that explains its points when pointed at. */
export class PriorityField extends BadgeField {
    static template = "recouvrement_b2b.PriorityField";
}

export const priorityField = {
    ...badgeField,
    component: PriorityField,
    supportedTypes: ["integer"],
    fieldDependencies: [{ name: "priority_note", type: "char" }],
};

registry.category("fields").add("recouvrement_priority", priorityField);
