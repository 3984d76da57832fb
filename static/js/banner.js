// The line under the menu that says what is out of reach, and what that means for the reader.
import { api } from "./api.js";
import { on } from "./bus.js";
import { byId } from "./dom.js";
import { texts } from "./texts.js";

// A short gap heals by itself; only a longer one is worth a word.
const PATIENCE_MS = 1500;

export function startBanner() {
  const banner = byId("banner");
  let connected = true;
  let loginServerReachable = true;
  let databaseSetAside = false;
  let patience = null;

  const show = () => {
    const causes = [[!connected, texts.banner.reconnecting], [databaseSetAside, texts.banner.setAside], [!loginServerReachable, texts.banner.loginServer]];
    const text = causes.find(([applies]) => applies)?.[1];
    banner.textContent = text ?? "";
    banner.hidden = !text;
  };

  on("connection", ({ up }) => {
    if (!up) {
      patience ??= setTimeout(() => {
        connected = false;
        show();
      }, PATIENCE_MS);
      return;
    }
    clearTimeout(patience);
    patience = null;
    connected = true;
    show();
  });
  on("login_server", ({ reachable }) => {
    loginServerReachable = reachable;
    show();
  });

  // Later changes come as events. If this fails, the connection is down and says so itself.
  api.session().then(({ login_server: loginServer, database_set_aside: setAside }) => {
    loginServerReachable = loginServer.reachable;
    databaseSetAside = setAside;
    show();
  }).catch(() => {});
}
