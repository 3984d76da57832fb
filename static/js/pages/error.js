// An error page of a signed-in user: only the menu lives here.
import { startApp } from "../app.js";
import { loadConversations } from "../state.js";

startApp().then(loadConversations).catch(() => {});
