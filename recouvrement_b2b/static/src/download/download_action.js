import { download } from "@web/core/network/download";
import { registry } from "@web/core/registry";

/**
 * Download a file, say what was done, then close the dialog or refresh the view that
 * the button is on: an `ir.actions.act_url` does neither.
 */
async function downloadAction(env, action) {
    const { url, data, message } = action.params;
    env.services.ui.block();
    try {
        await download({ url, data });
    } finally {
        env.services.ui.unblock();
    }
    if (message) {
        env.services.notification.add(message, { type: "success" });
    }
    return { type: "ir.actions.act_window_close" };
}

registry.category("actions").add("recouvrement_b2b.download", downloadAction);
